import { CodedError } from "#kernel";
import { type Hub, announce } from "./hub.ts";
import { commentShape } from "./shapes/comment.ts";
import { issueShape } from "./shapes/pull-request.ts";
import { type Account, type Comment, type Issue, type Reaction, type Repo, mayWrite } from "./world.ts";

/** @throws CodedError `sandbox/forbidden` when the author cannot even read the repository */
export function addComment(hub: Hub, repo: Repo, issue: Issue, author: Account, body: string): Comment {
  const { world } = hub;
  if (author.type !== "Bot" && world.permissionOf(repo, author.login) === "none") {
    throw new CodedError("sandbox/forbidden", `${author.login} does not see ${repo.name}`);
  }
  const now = world.clock.now();
  const viaApp = author === world.app.bot;
  const id = world.nextId();
  const comment: Comment = { id, repo, issue, author, viaApp, createdAt: now, updatedAt: now, reactions: [], body };
  world.comments.set(comment.id, comment);
  issue.updatedAt = now;
  announceComment(hub, comment, author, "created");
  return comment;
}

export function editComment(hub: Hub, comment: Comment, actor: Account, body: string): void {
  mustOwn(hub, comment, actor);
  const from = comment.body;
  comment.body = body;
  comment.updatedAt = hub.world.clock.now();
  announceComment(hub, comment, actor, "edited", { changes: { body: { from } } });
}

export function deleteComment(hub: Hub, comment: Comment, actor: Account): void {
  mustOwn(hub, comment, actor);
  hub.world.comments.delete(comment.id);
  announceComment(hub, comment, actor, "deleted");
}

/** The same reaction of one person counts once. */
export function react(
  hub: Hub,
  comment: Comment,
  user: Account,
  content: string,
): { reaction: Reaction; isNew: boolean } {
  const known = comment.reactions.find((reaction) => reaction.user === user && reaction.content === content);
  if (known !== undefined) return { reaction: known, isNew: false };
  const reaction = { id: hub.world.nextId(), user, content, createdAt: hub.world.clock.now() };
  comment.reactions.push(reaction);
  hub.world.changed(comment.repo);
  return { reaction, isNew: true };
}

function mustOwn(hub: Hub, comment: Comment, actor: Account): void {
  if (actor === comment.author || mayWrite(hub.world.permissionOf(comment.repo, actor.login))) return;
  throw new CodedError("sandbox/forbidden", `${actor.login} may not change a comment of ${comment.author.login}`);
}

function announceComment(
  hub: Hub,
  comment: Comment,
  sender: Account,
  action: string,
  extra: Record<string, unknown> = {},
): void {
  const { world } = hub;
  announce(hub, comment.repo, {
    event: "issue_comment",
    action,
    sender,
    payload: {
      issue: issueShape(world, comment.repo, comment.issue),
      comment: commentShape(world, comment),
      ...extra,
    },
  });
}

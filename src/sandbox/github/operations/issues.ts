import { addComment, deleteComment, editComment, react } from "../comments.ts";
import {
  type Call,
  type Operation,
  actorOf,
  created,
  issueOf,
  noContent,
  notFound,
  ok,
  page,
  repoOf,
  text,
} from "../operation.ts";
import { setPullState } from "../pull-requests.ts";
import { commentShape, reactionShape } from "../shapes/comment.ts";
import { issueShape } from "../shapes/pull-request.ts";
import type { Comment, Issue } from "../world.ts";

export const issueOperations: readonly Operation[] = [
  {
    id: "issues/list-for-repo",
    method: "GET",
    path: "/repos/{owner}/{repo}/issues",
    needs: ["issues", "read"],
    handle: (call) => {
      const repo = repoOf(call);
      const state = call.query.get("state") ?? "open";
      const all = [...repo.issues.values(), ...repo.pulls.values()].sort((a, b) => b.number - a.number);
      const found = all.filter((issue) => state === "all" || issue.state === state);
      return page(call, found, (issue) => issueShape(call.hub.world, repo, issue));
    },
  },
  {
    id: "issues/create",
    method: "POST",
    path: "/repos/{owner}/{repo}/issues",
    needs: ["issues", "write"],
    handle: (call) => {
      const { world } = call.hub;
      const repo = repoOf(call);
      const now = world.clock.now();
      const issue: Issue = {
        id: world.nextId(),
        number: world.nextNumber(repo),
        author: actorOf(call),
        createdAt: now,
        title: String(call.body["title"]),
        body: text(call.body, "body"),
        state: "open",
        updatedAt: now,
        closedAt: undefined,
      };
      repo.issues.set(issue.number, issue);
      world.changed(repo);
      return created({ ...issueShape(world, repo, issue), closed_by: null });
    },
  },
  {
    id: "issues/get",
    method: "GET",
    path: "/repos/{owner}/{repo}/issues/{issue_number}",
    needs: ["issues", "read"],
    handle: (call) => {
      const [repo, issue] = issueOf(call);
      return ok({ ...issueShape(call.hub.world, repo, issue), closed_by: null });
    },
  },
  {
    id: "issues/update",
    method: "PATCH",
    path: "/repos/{owner}/{repo}/issues/{issue_number}",
    needs: ["issues", "write"],
    handle: async (call) => {
      const { world } = call.hub;
      const [repo, issue] = issueOf(call);
      issue.title = text(call.body, "title") ?? issue.title;
      issue.body = text(call.body, "body") ?? issue.body;
      issue.updatedAt = world.clock.now();
      const state = text(call.body, "state");
      const pull = repo.pulls.get(issue.number);
      if (state === "open" || state === "closed") {
        if (pull === undefined) {
          issue.state = state;
          issue.closedAt = state === "closed" ? issue.updatedAt : undefined;
        } else await setPullState(call.hub, repo, pull, state, actorOf(call));
      }
      world.changed(repo);
      return ok({ ...issueShape(world, repo, issue), closed_by: null });
    },
  },
  {
    id: "issues/list-comments",
    method: "GET",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    needs: ["issues", "read"],
    handle: (call) => {
      const [repo, issue] = issueOf(call);
      const found = since(call, call.hub.world.commentsOn(repo, issue.number));
      return page(call, found, (comment) => commentShape(call.hub.world, comment));
    },
  },
  {
    id: "issues/list-comments-for-repo",
    method: "GET",
    path: "/repos/{owner}/{repo}/issues/comments",
    needs: ["issues", "read"],
    handle: (call) => {
      const repo = repoOf(call);
      const found = since(
        call,
        [...call.hub.world.comments.values()].filter((comment) => comment.repo === repo),
      );
      const sorted = call.query.get("direction") === "desc" ? [...found].reverse() : found;
      return page(call, sorted, (comment) => commentShape(call.hub.world, comment));
    },
  },
  {
    id: "issues/get-comment",
    method: "GET",
    path: "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    needs: ["issues", "read"],
    handle: (call) => ok(commentShape(call.hub.world, commentOf(call))),
  },
  {
    id: "issues/create-comment",
    method: "POST",
    path: "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    needs: ["issues", "write"],
    handle: (call) => {
      const [repo, issue] = issueOf(call);
      const comment = addComment(call.hub, repo, issue, actorOf(call), text(call.body, "body") ?? "");
      return created(commentShape(call.hub.world, comment));
    },
  },
  {
    id: "issues/update-comment",
    method: "PATCH",
    path: "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    needs: ["issues", "write"],
    handle: (call) => {
      const comment = commentOf(call);
      editComment(call.hub, comment, actorOf(call), text(call.body, "body") ?? "");
      return ok(commentShape(call.hub.world, comment));
    },
  },
  {
    id: "issues/delete-comment",
    method: "DELETE",
    path: "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    needs: ["issues", "write"],
    handle: (call) => {
      deleteComment(call.hub, commentOf(call), actorOf(call));
      return noContent;
    },
  },
  {
    id: "reactions/list-for-issue-comment",
    method: "GET",
    path: "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
    needs: ["issues", "read"],
    handle: (call) => {
      const content = call.query.get("content");
      const found = commentOf(call).reactions.filter((it) => content === undefined || it.content === content);
      return page(call, found, (reaction) => reactionShape(call.hub.world, reaction));
    },
  },
  {
    id: "reactions/create-for-issue-comment",
    method: "POST",
    path: "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
    needs: ["issues", "write"],
    handle: (call) => {
      const content = text(call.body, "content") ?? "";
      const { reaction, isNew } = react(call.hub, commentOf(call), actorOf(call), content);
      return { status: isNew ? 201 : 200, body: reactionShape(call.hub.world, reaction) };
    },
  },
  {
    id: "reactions/delete-for-issue-comment",
    method: "DELETE",
    path: "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}",
    needs: ["issues", "write"],
    handle: (call) => {
      const comment = commentOf(call);
      const at = comment.reactions.findIndex((reaction) => reaction.id === Number(call.path["reaction_id"]));
      if (at < 0) throw notFound();
      comment.reactions.splice(at, 1);
      call.hub.world.changed(comment.repo);
      return noContent;
    },
  },
];

function commentOf(call: Call): Comment {
  const repo = repoOf(call);
  const comment = call.hub.world.comments.get(Number(call.path["comment_id"]));
  if (comment === undefined || comment.repo !== repo) throw notFound();
  return comment;
}

function since(call: Call, comments: readonly Comment[]): readonly Comment[] {
  const from = call.query.get("since");
  return from === undefined ? comments : comments.filter((comment) => comment.updatedAt >= new Date(from));
}

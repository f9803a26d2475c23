import { type Comment, type Reaction, type World, iso, nodeId } from "../world.ts";
import { type Json, integration, simpleUser } from "./account.ts";
import { association, rollup } from "./pull-request.ts";
import { repoApi, repoPage } from "./repository.ts";

export function commentShape(world: World, comment: Comment): Json {
  const { repo, issue } = comment;
  const api = `${repoApi(world, repo)}/issues/comments/${comment.id}`;
  const kind = repo.pulls.has(issue.number) ? "pull" : "issues";
  return {
    url: api,
    html_url: `${repoPage(world, repo)}/${kind}/${issue.number}#issuecomment-${comment.id}`,
    issue_url: `${repoApi(world, repo)}/issues/${issue.number}`,
    id: comment.id,
    node_id: nodeId("IssueComment", comment.id),
    user: simpleUser(world, comment.author),
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.updatedAt),
    author_association: association(repo, comment.author),
    body: comment.body,
    reactions: rollup(
      `${api}/reactions`,
      comment.reactions.map((reaction) => reaction.content),
    ),
    performed_via_github_app: comment.viaApp ? integration(world, world.app) : null,
  };
}

export function reactionShape(world: World, reaction: Reaction): Json {
  return {
    id: reaction.id,
    node_id: nodeId("Reaction", reaction.id),
    user: simpleUser(world, reaction.user),
    content: reaction.content,
    created_at: iso(reaction.createdAt),
  };
}

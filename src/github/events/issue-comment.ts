import { isOurs, readComment } from "../api/comments.ts";
import { handleComment } from "../commands/handle-comment.ts";
import { type EventHandler, boundRepository, read } from "./handler.ts";
import { commentPayload } from "./payloads.ts";

/**
 * Only `created`: an edited comment never acts. The comment is read again, and one that is gone, or says something
 * else by now, does nothing.
 */
export const issueCommentCreated: EventHandler = {
  on: "issue_comment.created",
  async handle(deps, delivery, signal) {
    const payload = read(commentPayload, delivery);
    const repository = boundRepository(deps, payload.repository);
    const isPull = payload.issue.pull_request !== undefined && payload.issue.pull_request !== null;
    // Cheap first: most comments are talk, and bots (we are one) give no commands.
    if (repository === undefined || !isPull || payload.comment.user?.type !== "User") return;
    if (!/^\//m.test(payload.comment.body ?? "")) return;
    const octokit = await deps.clients.of(repository);
    const comment = await readComment(octokit, repository, payload.comment.id);
    if (comment === undefined || comment.isBot) return;
    if (isOurs(comment, { appId: deps.clients.appId, login: await deps.clients.botLogin() })) return;
    if (comment.body !== (payload.comment.body ?? "")) {
      deps.log.info("command.void", { comment: comment.id, reason: "edited" });
      return;
    }
    await handleComment(deps, repository, payload.issue.number, comment, signal);
  },
};

import { pullsOfCommit } from "../api/pull-requests.ts";
import { bindingsOf } from "../binding.ts";
import { deployMerge } from "../deploy-merge.ts";
import { type EventHandler, boundRepository, read } from "./handler.ts";
import { pushPayload } from "./payloads.ts";

/**
 * A push to a channel branch is, as a rule, a merge: the pull request it came from is looked for, so that a lost
 * `pull_request.closed` loses nothing. A push that came from no pull request has nobody who reviewed a plan, so
 * nothing is started.
 */
export const pushed: EventHandler = {
  on: "push",
  async handle(deps, delivery) {
    const payload = read(pushPayload, delivery);
    const branch = /^refs\/heads\/(.+)$/.exec(payload.ref)?.[1];
    if (branch === undefined || payload.deleted) return;
    const repository = boundRepository(deps, payload.repository);
    if (repository === undefined || bindingsOf(deps.fleet, repository, branch).length === 0) return;
    const octokit = await deps.clients.of(repository);
    const pulls = await pullsOfCommit(octokit, repository, payload.after);
    if (pulls.length === 0) deps.log.warn("push.without-pull-request", { repository, branch, sha: payload.after });
    for (const pull of pulls) await deployMerge(deps, repository, pull.number);
  },
};

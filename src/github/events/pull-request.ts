import { deployMerge } from "../deploy-merge.ts";
import { planPull } from "../plan-pull.ts";
import { type EventHandler, boundRepository, read } from "./handler.ts";
import { pullRequestPayload } from "./payloads.ts";

/** Opened, pushed to, reopened or moved to another base: what its merge would do is planned again. Drafts too. */
const planned = (on: EventHandler["on"]): EventHandler => ({
  on,
  async handle(deps, delivery, signal) {
    const payload = read(pullRequestPayload, delivery);
    const repository = boundRepository(deps, payload.repository);
    if (repository !== undefined) await planPull(deps, repository, payload.number, signal);
  },
});

const closed: EventHandler = {
  on: "pull_request.closed",
  async handle(deps, delivery) {
    const payload = read(pullRequestPayload, delivery);
    const repository = boundRepository(deps, payload.repository);
    if (repository !== undefined) await deployMerge(deps, repository, payload.number);
  },
};

export const pullRequestHandlers: readonly EventHandler[] = [
  planned("pull_request.opened"),
  planned("pull_request.synchronize"),
  planned("pull_request.reopened"),
  planned("pull_request.edited"),
  closed,
];

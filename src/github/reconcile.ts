import type { RepositoryName } from "#config";
import type { Log } from "#kernel";
import { isOurs, commentsSince } from "./api/comments.ts";
import { redeliverFailed } from "./api/deliveries.ts";
import { codeOf } from "./api/errors.ts";
import { boundRepositories, bindingsOf } from "./binding.ts";
import { commentKind, handleComment } from "./commands/handle-comment.ts";
import { parseComment } from "./commands/parse.ts";
import { deployMerge } from "./deploy-merge.ts";
import { unseenMerges } from "./merged-pulls.ts";
import { planPull } from "./plan-pull.ts";
import { checkKind, commitSubject } from "./publish/put-check.ts";
import { PLAN_CHECK } from "./render/plan-check.ts";
import { summarise } from "./render/plan-groups.ts";
import type { GithubDeps } from "./room.ts";

const DAY_MS = 86_400_000;
/** Comments are looked for a little further back than the last look: GitHub's clock is not ours. */
const OVERLAP_MS = 120_000;

export interface ReconcileState {
  /** What is younger than this is left to its webhook, milliseconds. */
  readonly graceMs: number;
  /** Repository to the start of the last look at its comments, milliseconds since 1970. */
  readonly lookedAt: Map<string, number>;
  /** Guids asked for again, with how often. */
  readonly redelivered: Map<string, number>;
}

/**
 * Webhooks get lost and are never sent again by themselves: this compares GitHub with what we know and does what is
 * missing. One repository that fails does not keep the others from being looked at.
 */
export async function reconcileGithub(deps: GithubDeps, state: ReconcileState, signal: AbortSignal): Promise<void> {
  await attempt(deps.log, "deliveries", () => redeliverFailed(deps, state.redelivered));
  for (const { repository, branches } of boundRepositories(deps.fleet)) {
    for (const branch of branches) {
      signal.throwIfAborted();
      await attempt(deps.log, "open-pulls", () => openPulls(deps, repository, branch, state.graceMs, signal));
      await attempt(deps.log, "merged-pulls", () => mergedPulls(deps, repository, branch));
    }
    await attempt(deps.log, "comments", () => missedComments(deps, repository, state, signal));
  }
}

/** Countdowns, held times and progress are rendered from the clock: somebody must look again now and then. */
export async function refreshOpen(deps: GithubDeps): Promise<void> {
  for (const { origin } of await deps.control.deployments.list({ open: true })) {
    if (origin !== undefined) await deps.control.outbox.mark({ repository: origin.repository, pull: origin.pull });
  }
}

/** @returns whether it went well */
async function attempt(log: Log, what: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    log.warn("reconcile.failed", { what, code: codeOf(error) });
    return false;
  }
}

/** Open pull requests whose head has no full set of proposals, or whose check was never said. */
async function openPulls(
  deps: GithubDeps,
  repository: RepositoryName,
  branch: string,
  graceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const octokit = await deps.clients.of(repository);
  const pulls = await octokit.paginate(octokit.rest.pulls.list, {
    owner: repository.owner,
    repo: repository.name,
    state: "open",
    base: branch,
    per_page: 100,
  });
  const bindings = bindingsOf(deps.fleet, repository, branch);
  const young = deps.clock.now().getTime() - graceMs;
  for (const pull of pulls) {
    signal.throwIfAborted();
    if (Date.parse(pull.updated_at) > young) continue;
    const subject = { repository, pull: pull.number };
    const look = async (): Promise<void> => {
      const { missing } = summarise(bindings, await deps.control.proposals.list(subject, pull.head.sha));
      if (missing > 0) await planPull(deps, repository, pull.number, signal);
      const said = await deps.control.publications.get(commitSubject(repository), checkKind(PLAN_CHECK, pull.head.sha));
      if (said === undefined) await deps.control.outbox.mark(subject);
    };
    // One that cannot be planned must not hide those behind it.
    await attempt(deps.log, `pull ${pull.number}`, look);
  }
}

/** Merged pull requests that nobody dealt with, in their order. */
async function mergedPulls(deps: GithubDeps, repository: RepositoryName, branch: string): Promise<void> {
  // It brings those before it along, in their order.
  const last = (await unseenMerges(deps, repository, branch)).at(-1);
  if (last !== undefined) await deployMerge(deps, repository, last.number);
}

/** Commands whose webhook never came. Edited comments are left out: nobody knows what they said at first. */
async function missedComments(
  deps: GithubDeps,
  repository: RepositoryName,
  state: ReconcileState,
  signal: AbortSignal,
): Promise<void> {
  const key = `${repository.owner}/${repository.name}`.toLowerCase();
  const startedAt = deps.clock.now().getTime();
  const since = (state.lookedAt.get(key) ?? startedAt - DAY_MS) - OVERLAP_MS;
  const octokit = await deps.clients.of(repository);
  const us = { appId: deps.clients.appId, login: await deps.clients.botLogin() };
  let allHeard = true;
  for (const comment of await commentsSince(octokit, repository, new Date(since).toISOString())) {
    signal.throwIfAborted();
    if (comment.isBot || comment.isEdited || isOurs(comment, us)) continue;
    if (Date.parse(comment.createdAt) > startedAt - state.graceMs) continue;
    const parsed = parseComment(comment.body);
    if (parsed.commands.length === 0 && parsed.problems.length === 0) continue;
    const subject = { repository, pull: comment.pull };
    if ((await deps.control.publications.get(subject, commentKind(comment.id))) !== undefined) continue;
    // One that fails is looked for again, and keeps nobody else from being heard.
    const heard = await attempt(deps.log, "comment", () =>
      handleComment(deps, repository, comment.pull, comment, signal),
    );
    allHeard &&= heard;
  }
  if (allHeard) state.lookedAt.set(key, startedAt);
}

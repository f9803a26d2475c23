import { COMMAND_VERBS, decideCommand } from "#deploy";
import type { RepositoryName } from "#config";
import type { Reason } from "#kernel";
import { pullsOfCommit } from "../api/pull-requests.ts";
import { refusal } from "../commands/handle-comment.ts";
import { planPull } from "../plan-pull.ts";
import { commitSubject, forgetCheck } from "../publish/put-check.ts";
import { sayOnce } from "../publish/put-comment.ts";
import { surfaceOf } from "../publish/surface.ts";
import { code } from "../render/markdown.ts";
import { PLAN_CHECK } from "../render/plan-check.ts";
import { databaseCheckName, sealCheckName } from "../render/seal-check.ts";
import { parseSealId } from "../render/seal-id.ts";
import type { GithubDeps } from "../room.ts";
import { type EventHandler, boundRepository, read } from "./handler.ts";
import { checkActionPayload, checkRunPayload, checkSuitePayload } from "./payloads.ts";

/** A button is one vote of the person who clicked, for exactly the plans that the check showed. */
const requestedAction: EventHandler = {
  on: "check_run.requested_action",
  async handle(deps, delivery) {
    const { check_run: run, requested_action: action, sender, ...payload } = read(checkActionPayload, delivery);
    const repository = boundRepository(deps, payload.repository);
    const verb = COMMAND_VERBS.find((one) => one === action.identifier);
    const targets = parseSealId(run.external_id ?? "");
    if (repository === undefined || run.app?.id !== deps.clients.appId || verb === undefined || targets === undefined)
      return;
    const refusals: Reason[] = [];
    let pull: number | undefined;
    for (const { deployment, pin } of targets) {
      const view = await deps.control.deployments.get(deployment);
      // The check belongs to this repository; what it names must too.
      if (view?.origin === undefined || asKey(view.origin.repository) !== asKey(repository)) continue;
      pull = view.origin.pull;
      const answer = await decideCommand(deps, {
        verb,
        deployment,
        actor: sender.login,
        via: "button",
        pin,
        key: `button:${delivery.id}:${deployment}`,
      });
      if (answer.at === "refused") refusals.push(...answer.reasons);
    }
    if (pull === undefined) return;
    await deps.control.outbox.mark({ repository, pull });
    if (refusals.length === 0) return;
    const kind = `reply:${delivery.id}`;
    const marker = `<!-- sluice:${kind} -->`;
    const who = `${code(sender.login)} clicked **${verb}**:`;
    await sayOnce(await surfaceOf(deps, repository, pull), kind, marker, [marker, who, refusal(refusals)].join("\n"));
  },
};

const runRerequested: EventHandler = {
  on: "check_run.rerequested",
  async handle(deps, delivery, signal) {
    const payload = read(checkRunPayload, delivery);
    const repository = boundRepository(deps, payload.repository);
    if (repository === undefined || payload.check_run.app?.id !== deps.clients.appId) return;
    await again(deps, repository, payload.check_run.head_sha, signal);
  },
};

const suiteRerequested: EventHandler = {
  on: "check_suite.rerequested",
  async handle(deps, delivery, signal) {
    const payload = read(checkSuitePayload, delivery);
    const repository = boundRepository(deps, payload.repository);
    if (repository !== undefined) await again(deps, repository, payload.check_suite.head_sha, signal);
  },
};

/** GitHub has cleared the runs: everything on that commit is said again, and an open head is planned again. */
async function again(deps: GithubDeps, repository: RepositoryName, sha: string, signal: AbortSignal): Promise<void> {
  const octokit = await deps.clients.of(repository);
  await forgetCheck(deps, commitSubject(repository), PLAN_CHECK, sha);
  for (const { number } of await pullsOfCommit(octokit, repository, sha)) {
    const subject = { repository, pull: number };
    const views = await deps.control.deployments.list({ subject });
    const names = views.flatMap((view) => [sealCheckName(view.channel), databaseCheckName(view.database)]);
    for (const name of new Set(names)) await forgetCheck(deps, subject, name, sha);
    await deps.control.outbox.mark(subject);
    await planPull(deps, repository, number, signal);
  }
}

function asKey(repository: RepositoryName): string {
  return `${repository.owner}/${repository.name}`.toLowerCase();
}

export const checkHandlers: readonly EventHandler[] = [requestedAction, runRerequested, suiteRerequested];

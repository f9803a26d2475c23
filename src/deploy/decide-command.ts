import { CodedError, type Reason } from "#kernel";
import { authorise } from "./authorise.ts";
import type { DeployDeps } from "./deps.ts";
import { streamOf, type Act, type DeploymentEvent } from "./deployment-events.ts";
import { groupOf } from "./fleet-lookup.ts";
import { fold, viewOfKnown } from "./fold.ts";
import { whyIllegal } from "./legal-commands.ts";
import { record } from "./record.ts";
import type { CommandAnswer, CommandRequest, DeploymentView } from "./view.ts";

/** A person's command meets the driver's own events; it is decided anew this often before we give up. */
const TRIES = 20;

/**
 * The one authoriser (design D11): every door's command ends here and is decided by role, collaborator permission, pin
 * and state as they are at this moment. The same key never acts twice and always gets its first answer.
 *
 * @throws CodedError `deploy/too-busy` (retry) when the deployment kept changing under the decision
 */
export async function decideCommand(deps: DeployDeps, request: CommandRequest): Promise<CommandAnswer> {
  const earlier = await deps.control.commands.find(request.key);
  if (earlier !== undefined) return earlier;
  const answer = await decide(deps, request);
  await deps.control.commands.put(request.key, answer);
  deps.log.info("command.decided", {
    deployment: request.deployment,
    verb: request.verb,
    via: request.via,
    actor: request.actor,
    at: answer.at,
    ...(answer.at === "refused" ? { codes: answer.reasons.map((reason) => reason.code) } : {}),
  });
  // Also after a refusal: whoever asks is curious, and a wake-up costs nothing.
  deps.dispatcher.wake(request.deployment);
  return answer;
}

async function decide(deps: DeployDeps, request: CommandRequest): Promise<CommandAnswer> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const { events } = await deps.control.events.load(streamOf(request.deployment));
    const known = fold(events);
    if (known === undefined) return refused([unknownDeployment(request)]);
    const view = viewOfKnown(known);
    // The answer of an earlier delivery was lost after its event was kept.
    if (events.some((event) => keyOf(event.data) === request.key)) return accepted(view, request);
    const who = await authorise(
      { roles: deps.fleet.roles, permissions: deps.permissions, repository: repositoryOf(deps, view) },
      view,
      request,
    );
    const reasons = [...who, ...whyIllegal(view, request.verb, request.via)];
    if (reasons.length > 0) return refused(reasons);
    const after = await record(deps.control, known, eventOf(deps, request));
    if (after !== undefined) return accepted(viewOfKnown(after), request);
  }
  throw new CodedError("deploy/too-busy", `Deployment ${request.deployment} kept changing`, { next: "retry" });
}

function eventOf(deps: DeployDeps, request: CommandRequest): DeploymentEvent {
  const act: Act & { readonly at: string } = {
    at: deps.clock.now().toISOString(),
    actor: request.actor,
    via: request.via,
    key: request.key,
    ...(request.why === undefined ? {} : { why: request.why }),
  };
  switch (request.verb) {
    case "apply":
      return { type: "voted", ...act };
    case "cancel":
      return { type: "cancel-asked", ...act };
    case "revert":
      return { type: "revert-asked", ...act };
    case "finalize":
      return { type: "finalise-asked", ...act };
  }
}

function accepted(view: DeploymentView, request: CommandRequest): CommandAnswer {
  return { at: "accepted", message: storyOf(view, request) };
}

function storyOf(view: DeploymentView, request: CommandRequest): string {
  switch (request.verb) {
    case "apply": {
      const needed = view.approvals ?? 1;
      const missing = needed - view.votes.length;
      if (missing > 0 && view.at === "ready") return `Vote ${view.votes.length} of ${needed} to seal ${view.database}.`;
      return `Sealing ${view.database}.`;
    }
    case "cancel":
      return `Cancelling ${view.database}; production is untouched.`;
    case "revert":
      return `Reverting ${view.database}; writes made since the seal are kept.`;
    case "finalize":
      return `Finalising ${view.database}; it cannot be reverted after this.`;
  }
}

function refused(reasons: readonly Reason[]): CommandAnswer {
  return { at: "refused", reasons };
}

function unknownDeployment(request: CommandRequest): Reason {
  return { code: "deploy/unknown-deployment", message: `There is no deployment ${request.deployment}.` };
}

function repositoryOf(deps: DeployDeps, view: DeploymentView): { readonly owner: string; readonly name: string } {
  return view.origin?.repository ?? groupOf(deps.fleet, view.group).repository;
}

function keyOf(data: unknown): unknown {
  return typeof data === "object" && data !== null && "key" in data ? data.key : undefined;
}

import { type CommandVerb, type DeploymentView, decideCommand, legalCommands } from "#deploy";
import type { Reason } from "#kernel";
import type { CommandContext, CommandOutcome } from "./command.ts";

/**
 * Hands a verb to the one authoriser for every deployment it can mean: those of the named database, else those where
 * it is legal now. Where it is legal nowhere, the authoriser's own reasons are the answer.
 */
export async function decide(context: CommandContext, verb: CommandVerb): Promise<CommandOutcome> {
  const { command, actor, commentId, surface } = context;
  const meant = targets(context, verb);
  if (meant.length === 0) return { at: "refused", reasons: [nothingToDecide(context, verb)] };
  const refusals: Reason[] = [];
  let accepted = 0;
  for (const view of meant) {
    const answer = await decideCommand(surface.deps, {
      verb,
      deployment: view.id,
      actor,
      via: "comment",
      key: `comment:${commentId}:${command.index}:${view.id}`,
      ...(command.pin === undefined ? {} : { pin: command.pin }),
      ...(command.why === undefined ? {} : { why: command.why }),
    });
    if (answer.at === "accepted") accepted += 1;
    else refusals.push(...answer.reasons);
  }
  return accepted === meant.length ? { at: "done" } : { at: "refused", reasons: distinct(refusals) };
}

function targets({ command, deployments }: CommandContext, verb: CommandVerb): readonly DeploymentView[] {
  const named =
    command.database === undefined ? deployments : deployments.filter((view) => view.database === command.database);
  const { pin } = command;
  const pinned = pin === undefined ? [] : named.filter((view) => view.plan.fingerprint.startsWith(pin));
  const candidates = pinned.length > 0 ? pinned : named;
  const legal = candidates.filter((view) =>
    legalCommands(view).some((one) => one.verb === verb && one.reasons.length === 0),
  );
  return legal.length > 0 ? legal : candidates;
}

function nothingToDecide({ command, deployments, pull }: CommandContext, verb: CommandVerb): Reason {
  if (deployments.length > 0) {
    return {
      code: "github/unknown-database",
      message: `This pull request has no deployment to ${command.database ?? "that database"}.`,
      hint: `It has: ${deployments.map((view) => view.database).join(", ")}.`,
      paste: `/${verb} db:${deployments[0]?.database ?? ""}`,
    };
  }
  return pull.state === "open"
    ? {
        code: "github/not-merged",
        message: `There is nothing to ${verb} yet: the pull request is not merged.`,
        hint: "Merging it stages the change; nothing is sealed before.",
        paste: "/plan",
      }
    : {
        code: "github/no-deployment",
        message: `There is nothing to ${verb}: this pull request has no deployment.`,
        paste: "/status",
      };
}

function distinct(reasons: readonly Reason[]): readonly Reason[] {
  const seen = new Map(reasons.map((reason) => [JSON.stringify(reason), reason]));
  return [...seen.values()];
}

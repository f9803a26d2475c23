import { plural, type Reason } from "#kernel";
import { pasteLine } from "./paste-line.ts";
import type { DeploymentView } from "./view.ts";

/** Whether the deployment may be sealed now; shut always names every reason. */
export type Gate = { readonly at: "open" } | { readonly at: "shut"; readonly reasons: readonly Reason[] };

/** The durable decision whether staged tables may take the names. Pure: driver, comment, check, CLI and page ask it. */
export function gate(view: DeploymentView): Gate {
  const reasons = [...notStaged(view), ...unfitPlan(view), ...missingVotes(view)];
  return reasons.length === 0 ? { at: "open" } : { at: "shut", reasons };
}

function notStaged(view: DeploymentView): readonly Reason[] {
  if (view.at === "ready" && view.staged !== undefined) return [];
  return [{ code: "deploy/not-ready", message: `${view.database} is not staged: it is ${view.at}.` }];
}

function unfitPlan(view: DeploymentView): readonly Reason[] {
  const unhandled = view.plan.notHandled.map((object) => object.reason);
  return [...view.plan.refusals, ...unhandled];
}

function missingVotes(view: DeploymentView): readonly Reason[] {
  if (view.seal === "auto" && view.needsVote !== true) return [];
  const needed = view.approvals ?? 1;
  const missing = needed - view.votes.length;
  if (missing <= 0) return [];
  return [
    {
      code: "deploy/votes-missing",
      message: `${whyVote(view)} ${plural(missing, "vote")} of ${needed} missing to seal ${view.database}.`,
      hint: "Somebody with the role seal decides; the deployment is held for as long as that takes.",
      paste: pasteLine(view, "apply"),
    },
  ];
}

function whyVote(view: DeploymentView): string {
  if (view.seal === "manual") return `Channel ${view.channel} is sealed by hand:`;
  if (view.reviewedFingerprint === undefined) return "Nobody saw a plan before the merge:";
  return "The automatic seal gave up:";
}

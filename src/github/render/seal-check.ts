import { type CommandVerb, type DeploymentView, legalCommands } from "#deploy";
import { plural } from "#kernel";
import type { CheckButton, CheckConclusion, CheckFace } from "../api/checks.ts";
import { BODY_BYTES } from "./cap.ts";
import { copiedShare, extent, minutesLeft, stateWords, waitsForPerson } from "./deployment-state.ts";
import { printSealId } from "./seal-id.ts";
import { renderDeploymentComment } from "./deployment-comment.ts";

export const sealCheckName = (channel: string): string => `sluice / seal (${channel})`;
export const databaseCheckName = (database: string): string => `sluice / db / ${database}`;

const BUTTONS: Record<CommandVerb, CheckButton> = {
  apply: { label: "Apply", description: "Put the staged tables in place", identifier: "apply" },
  cancel: { label: "Cancel", description: "Remove what is staged", identifier: "cancel" },
  revert: { label: "Revert", description: "Put the old tables back, nothing lost", identifier: "revert" },
  finalize: { label: "Finalize", description: "End the revert window now", identifier: "finalize" },
};

interface Verdict {
  readonly status: CheckFace["status"];
  readonly conclusion?: CheckConclusion;
  readonly title: string;
  readonly verbs: readonly CommandVerb[];
}

/**
 * One check run for several deployments (a channel) or one (a database). A held gate is completed/action_required:
 * an unfinished run goes stale after 14 days and shows no buttons.
 */
export function renderSealCheck(
  name: string,
  headSha: string,
  views: readonly DeploymentView[],
  now: number,
  publicUrl?: string,
): CheckFace {
  const verdict = judge(views, now);
  const [only] = views;
  const comment = renderDeploymentComment(views, now, publicUrl);
  return {
    name,
    headSha,
    externalId: printSealId(views),
    status: verdict.status,
    ...(verdict.conclusion === undefined ? {} : { conclusion: verdict.conclusion }),
    title: verdict.title,
    summary: comment.slice(0, BODY_BYTES),
    annotations: [],
    buttons: verdict.verbs.filter((verb) => views.some((view) => isLegal(view, verb))).map((verb) => BUTTONS[verb]),
    ...(publicUrl === undefined || only === undefined
      ? {}
      : { detailsUrl: views.length === 1 ? `${publicUrl}/deployments/${only.id}` : `${publicUrl}/` }),
  };
}

/** The worst news first: what needs a person, what moves, what waits, what is done. */
function judge(views: readonly DeploymentView[], now: number): Verdict {
  const completed = (conclusion: CheckConclusion, title: string, ...verbs: CommandVerb[]): Verdict => ({
    status: "completed",
    conclusion,
    title,
    verbs,
  });
  const at = (...states: readonly DeploymentView["at"][]): readonly DeploymentView[] =>
    views.filter((view) => states.includes(view.at));
  const named = (some: readonly DeploymentView[], words: string): string =>
    views.length === some.length ? words : `${words} (${some.length} of ${views.length} databases)`;

  const stopped = at("failed", "blocked");
  if (stopped.length > 0) {
    const code = stopped[0]?.reasons[0]?.code;
    const words = stopped.every((view) => view.at === "failed") ? "Failed, production untouched" : "Blocked";
    return completed("failure", named(stopped, code === undefined ? words : `${words}: ${code}`), "cancel");
  }
  const moving = views.filter(
    (view) =>
      ["queued", "planning", "staging", "sealing", "unsure", "reverting", "finalising", "cancelling"].includes(
        view.at,
      ) ||
      (view.at === "ready" && !waitsForPerson(view)),
  );
  const [first] = moving;
  if (first !== undefined) {
    const staging = at("staging");
    const share = staging.reduce((sum, view) => sum + copiedShare(view), 0) / Math.max(1, staging.length);
    const words =
      staging.length > 0
        ? `Staging ${Math.floor(share * 100)} % · ${extent(staging[0] ?? first)}`
        : capital(stateWords(first, now));
    return { status: "in_progress", title: named(moving, words), verbs: [] };
  }
  const ready = at("ready");
  const [held] = ready;
  if (held !== undefined) {
    return completed("action_required", named(ready, `Ready to seal · ${extent(held)}`), "apply", "cancel");
  }
  const open = at("window");
  const [sealed] = open;
  if (sealed !== undefined) {
    // One that came out otherwise is not covered up by those that were sealed.
    const worst = at("reverted").length > 0 ? "failure" : at("cancelled").length > 0 ? "cancelled" : "success";
    return completed(worst, named(open, `Sealed · ${minutesLeft(sealed, now)} left to revert`), "revert", "finalize");
  }
  const reverted = at("reverted");
  if (reverted.length > 0) return completed("failure", named(reverted, "Reverted, no write lost"));
  const cancelled = at("cancelled");
  if (cancelled.length > 0) return completed("cancelled", named(cancelled, "Cancelled, production untouched"));
  return completed(
    "success",
    views.every((view) => view.at === "unchanged")
      ? "Nothing to change"
      : `Sealed and finalised · ${plural(views.length, "database")}`,
  );
}

function isLegal(view: DeploymentView, verb: CommandVerb): boolean {
  return legalCommands(view, "button").some((one) => one.verb === verb && one.reasons.length === 0);
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

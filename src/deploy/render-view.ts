import type { SealReport } from "#engine";
import { formatDuration, plural, shortFingerprint } from "#kernel";
import type { Deployment } from "./deployment.machine.ts";
import type { DeploymentEvent } from "./deployment-events.ts";
import type { DeploymentAt, DeploymentView, HistoryLine } from "./view.ts";

const TERMINAL: readonly DeploymentAt[] = ["finalised", "reverted", "cancelled", "failed", "unchanged"];

/** Nothing will happen to it any more. */
export function isOver(at: DeploymentAt): boolean {
  return TERMINAL.includes(at);
}

/**
 * Whether it is the one deployment that works on its database; the store keeps that at most one does. A blocked one
 * has nothing on the target and lets later merges pass; one that is cancelled only cleans its own databases.
 */
export function holdsLane(at: DeploymentAt): boolean {
  return !isOver(at) && at !== "queued" && at !== "blocked" && at !== "cancelling";
}

/** What people are shown; `queuePlace` and `progress` are filled in by the store when it is read. */
export function viewOf(
  state: Deployment,
  meta: { readonly version: number; readonly history: readonly HistoryLine[]; readonly updatedAt: string },
): DeploymentView {
  const { source: _source, reviewed, ...body } = state.body;
  return {
    ...body,
    at: state.at,
    ...(reviewed === undefined ? {} : { reviewedFingerprint: reviewed.fingerprint }),
    queuePlace: 0,
    ...("windowUntil" in state ? { windowUntil: state.windowUntil } : {}),
    history: meta.history,
    updatedAt: meta.updatedAt,
    version: meta.version,
  };
}

export function historyLine(event: DeploymentEvent): HistoryLine {
  const detail = detailOf(event);
  return {
    at: event.at,
    what: event.type,
    ...("actor" in event ? { actor: event.actor } : {}),
    ...(detail === undefined ? {} : { detail }),
  };
}

function detailOf(event: DeploymentEvent): string | undefined {
  switch (event.type) {
    case "started":
      return event.reviewed ? `plan @${shortFingerprint(event.plan.fingerprint)}` : "no reviewed plan";
    case "planned":
      return `plan @${shortFingerprint(event.plan.fingerprint)}, ${plural(event.plan.changes.length, "change")}`;
    case "replan-asked":
      return `plan @${shortFingerprint(event.plan.fingerprint)}`;
    case "staged":
      return `${plural(event.report.rows, "row")} in ${formatDuration(event.report.seconds * 1000)}, checksums equal`;
    case "seal-started":
      return `round ${event.round}`;
    case "seal-refused":
    case "seal-unsure":
    case "stage-lost":
    case "revert-refused":
      return `${event.reason.code}: ${event.reason.message}`;
    case "blocked":
    case "failed":
    case "hindered":
      return event.reasons.map((reason) => `${reason.code}: ${reason.message}`).join("; ") || "goes on";
    case "sealed":
    case "revert-done":
      return event.report === undefined ? "seen on the servers" : sealLine(event.report);
    case "reverted":
    case "finalised":
      return cleanLine(event.clean);
    case "cancelled":
      return event.clean === undefined ? "nothing was on the servers" : cleanLine(event.clean);
    case "superseded":
      return `by ${event.by}`;
    case "voted":
    case "revert-asked":
    case "finalise-asked":
    case "cancel-asked":
      return event.why;
    case "turn-came":
    case "unchanged":
    case "preflight-passed":
    case "window-opened":
    case "window-ended":
      return undefined;
  }
}

function sealLine(report: SealReport): string {
  return `${plural(report.tables, "table")} on ${plural(report.shards.length, "shard")}, locks held ${formatDuration(report.lockHeldMs)}`;
}

function cleanLine(clean: { readonly dropped: readonly string[]; readonly kept: readonly string[] }): string {
  // Shards have the same names.
  const listed = (names: readonly string[]): string => [...new Set(names)].join(", ");
  const kept = clean.kept.length === 0 ? "" : `, kept ${listed(clean.kept)}`;
  return `dropped ${clean.dropped.length === 0 ? "nothing" : listed(clean.dropped)}${kept}`;
}

import type { CleanReport, SealReport, StageReport } from "#engine";
import type { DeploymentAt } from "#deploy";
import type { Reason } from "#kernel";
import type { DeploymentEvent, DeploymentEventType } from "../../src/deploy/deployment-events.ts";
import { next, type Known } from "../../src/deploy/fold.ts";
import { idOf, planOf, started } from "./deploy-plans.ts";

const at = "2026-01-01T11:00:00.000Z";
export const reason: Reason = { code: "test/reason", message: "because" };
export const staged: StageReport = { rows: 10, seconds: 1, checksums: [] };
export const clean: CleanReport = { dropped: [], kept: [], left: [] };
export const windowUntil = "2026-01-01T11:30:00.000Z";
export const sealReport: SealReport = {
  attempts: 1,
  tables: 1,
  shards: [],
  oldTables: [],
  lockHeldMs: 10,
  oldSnapshots: 0,
  sealedAt: at,
};
const act = { actor: "ada", via: "comment", key: "k" } as const;

/** One event of every type, as it may look. */
export const EVENTS: { readonly [Type in DeploymentEventType]: Extract<DeploymentEvent, { type: Type }> } = {
  started: started(),
  "turn-came": { type: "turn-came", at },
  planned: { type: "planned", at, plan: planOf("two") },
  unchanged: { type: "unchanged", at, plan: planOf("none", { changes: [] }) },
  "preflight-passed": { type: "preflight-passed", at },
  staged: { type: "staged", at, report: staged },
  "stage-lost": { type: "stage-lost", at, reason },
  voted: { type: "voted", at, ...act },
  "seal-started": { type: "seal-started", at, round: 1 },
  "seal-refused": { type: "seal-refused", at, reason, votesSpent: false },
  "seal-unsure": { type: "seal-unsure", at, reason },
  sealed: { type: "sealed", at, report: sealReport, windowUntil },
  "window-opened": { type: "window-opened", at },
  "revert-asked": { type: "revert-asked", at, ...act },
  "revert-refused": { type: "revert-refused", at, reason, windowUntil },
  "revert-done": { type: "revert-done", at, report: sealReport },
  reverted: { type: "reverted", at, clean },
  "finalise-asked": { type: "finalise-asked", at, ...act },
  "window-ended": { type: "window-ended", at },
  finalised: { type: "finalised", at, clean },
  "cancel-asked": { type: "cancel-asked", at, ...act },
  superseded: { type: "superseded", at, by: idOf("dlater") },
  cancelled: { type: "cancelled", at, clean },
  blocked: { type: "blocked", at, reasons: [reason] },
  "replan-asked": { type: "replan-asked", at, plan: planOf("three") },
  failed: { type: "failed", at, reasons: [reason] },
  hindered: { type: "hindered", at, reasons: [reason] },
};

const TO_READY = ["turn-came", "planned", "preflight-passed", "staged"] as const;
const TO_WINDOW = [...TO_READY, "voted", "seal-started", "sealed", "window-opened"] as const;

/** The shortest way of events into every state. */
const WAY: { readonly [At in DeploymentAt]: readonly DeploymentEventType[] } = {
  queued: [],
  planning: ["turn-came"],
  staging: ["turn-came", "planned"],
  ready: TO_READY,
  sealing: [...TO_READY, "voted", "seal-started"],
  unsure: [...TO_READY, "voted", "seal-started", "seal-unsure"],
  window: TO_WINDOW,
  reverting: [...TO_WINDOW, "revert-asked"],
  finalising: [...TO_WINDOW, "window-ended"],
  cancelling: [...TO_READY, "cancel-asked"],
  blocked: ["turn-came", "blocked"],
  finalised: [...TO_WINDOW, "window-ended", "finalised"],
  reverted: [...TO_WINDOW, "revert-asked", "revert-done", "reverted"],
  cancelled: [...TO_READY, "cancel-asked", "cancelled"],
  failed: ["turn-came", "failed"],
  unchanged: ["turn-came", "unchanged"],
};

export const ALL_STATES = Object.keys(WAY) as readonly DeploymentAt[];

/** The events that lead into a state, the first one included. */
export function wayTo(state: DeploymentAt, first: Parameters<typeof started>[0] = {}): readonly DeploymentEvent[] {
  return [started(first), ...WAY[state].map((type) => EVENTS[type])];
}

export function knownAt(state: DeploymentAt, first: Parameters<typeof started>[0] = {}): Known {
  return after(undefined, ...wayTo(state, first));
}

/** What is known after more events. */
export function after(known: Known | undefined, ...events: readonly DeploymentEvent[]): Known {
  const end = events.reduce<Known | undefined>((so, event) => next(so, event), known);
  if (end === undefined) throw new Error("no event");
  return end;
}

import type { CleanReport, SealReport, StageReport } from "#engine";
import { CodedError, type DeploymentId, type Reason } from "#kernel";
import type { Plan } from "#plan";
import type { StoredEvent } from "./ports.ts";
import type { CommandVia, DeploymentOrigin } from "./view.ts";

/** A person's act as it is kept: who, from where, why, and the key that makes it act once. */
export interface Act {
  readonly actor: string;
  readonly via: CommandVia;
  readonly why?: string;
  readonly key: string;
}

/** All that may happen to a deployment. `at` is ISO 8601. */
export type DeploymentEvent = { readonly at: string } & (
  | {
      readonly type: "started";
      readonly id: DeploymentId;
      readonly group: string;
      readonly database: string;
      readonly channel: string;
      readonly seal: "auto" | "manual";
      readonly approvals: number;
      readonly origin: DeploymentOrigin;
      /** Key of the authored files in Sources. */
      readonly source: string;
      /** The reviewed plan; one without changes when there was none. */
      readonly plan: Plan;
      readonly reviewed: boolean;
    }
  | { readonly type: "turn-came" }
  /** The plan as computed at this deployment's turn; `same` tells that a person has seen these changes. */
  | { readonly type: "planned"; readonly plan: Plan }
  | { readonly type: "unchanged"; readonly plan: Plan }
  | { readonly type: "preflight-passed" }
  | { readonly type: "staged"; readonly report: StageReport }
  /** The tails ended; staging goes on from its checkpoint. */
  | { readonly type: "stage-lost"; readonly reason: Reason }
  | ({ readonly type: "voted" } & Act)
  | { readonly type: "seal-started"; readonly round: number }
  | { readonly type: "seal-refused"; readonly reason: Reason; readonly votesSpent: boolean }
  | { readonly type: "seal-unsure"; readonly reason: Reason }
  /** `report` is absent when the answer was lost and the names were looked up. */
  | { readonly type: "sealed"; readonly report?: SealReport; readonly windowUntil: string }
  | { readonly type: "window-opened" }
  | ({ readonly type: "revert-asked" } & Act)
  | { readonly type: "revert-refused"; readonly reason: Reason; readonly windowUntil: string }
  /** The old tables have their names back; what is ours is still to be cleaned away. */
  | { readonly type: "revert-done"; readonly report?: SealReport }
  | { readonly type: "reverted"; readonly clean: CleanReport }
  | ({ readonly type: "finalise-asked" } & Act)
  | { readonly type: "window-ended" }
  | { readonly type: "finalised"; readonly clean: CleanReport }
  | ({ readonly type: "cancel-asked" } & Act)
  /** A later merge carries this one's changes too. */
  | { readonly type: "superseded"; readonly by: DeploymentId }
  | { readonly type: "cancelled"; readonly clean?: CleanReport }
  /** Waits for a person; nothing of ours is on the targets. */
  | { readonly type: "blocked"; readonly reasons: readonly Reason[]; readonly plan?: Plan }
  /** A fresh plan was shown to people: it is the reviewed one now, and the deployment queues again. */
  | { readonly type: "replan-asked"; readonly plan: Plan }
  | { readonly type: "failed"; readonly reasons: readonly Reason[] }
  /** It tries on by itself; the reasons say why that takes longer. Empty: not any more. */
  | { readonly type: "hindered"; readonly reasons: readonly Reason[] }
);

export type DeploymentEventType = DeploymentEvent["type"];
export type EventOf<Type extends DeploymentEventType> = Extract<DeploymentEvent, { type: Type }>;

/** Payload versions that differ from 1, and how an older payload becomes a newer one, step by step. */
const PAYLOAD_VERSIONS: Partial<Record<DeploymentEventType, number>> = {};
const UPCASTS: Partial<Record<DeploymentEventType, readonly ((older: object) => object)[]>> = {};

export function streamOf(id: DeploymentId): string {
  return `deployment-${id}`;
}

export function toStored(event: DeploymentEvent): StoredEvent {
  const { type, at, ...data } = event;
  return { type, at, data, payload: PAYLOAD_VERSIONS[type] ?? 1 };
}

/**
 * Brings an event of any earlier release to today's shape.
 *
 * @throws CodedError `deploy/event-too-new` when a newer Sluice wrote it
 */
export function fromStored(stored: StoredEvent): DeploymentEvent {
  const type = stored.type as DeploymentEventType;
  const newest = PAYLOAD_VERSIONS[type] ?? 1;
  if (!EVENT_TYPES.includes(type) || stored.payload > newest) {
    throw new CodedError("deploy/event-too-new", `Event ${stored.type} (payload ${stored.payload}) is unknown here`, {
      hint: "A newer Sluice wrote it: run that version.",
      next: "stop",
    });
  }
  let data = stored.data as object;
  for (const upcast of (UPCASTS[type] ?? []).slice(stored.payload - 1)) data = upcast(data);
  return { ...data, type, at: stored.at } as DeploymentEvent;
}

/** Every event type, for the tables that must name them all. */
export const EVENT_TYPES: readonly DeploymentEventType[] = [
  "started",
  "turn-came",
  "planned",
  "unchanged",
  "preflight-passed",
  "staged",
  "stage-lost",
  "voted",
  "seal-started",
  "seal-refused",
  "seal-unsure",
  "sealed",
  "window-opened",
  "revert-asked",
  "revert-refused",
  "revert-done",
  "reverted",
  "finalise-asked",
  "window-ended",
  "finalised",
  "cancel-asked",
  "superseded",
  "cancelled",
  "blocked",
  "replan-asked",
  "failed",
  "hindered",
];

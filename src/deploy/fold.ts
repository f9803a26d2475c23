import { advance, CodedError } from "#kernel";
import { begin, deploymentMoves, type Deployment } from "./deployment.machine.ts";
import { fromStored, type DeploymentEvent } from "./deployment-events.ts";
import type { StoredEvent } from "./ports.ts";
import { historyLine, viewOf } from "./render-view.ts";
import type { DeploymentView, HistoryLine } from "./view.ts";

/** A deployment as its stream tells it: the state, the version it is at, and what people see. */
export interface Known {
  readonly state: Deployment;
  readonly version: number;
  readonly history: readonly HistoryLine[];
  readonly updatedAt: string;
}

/**
 * State is the fold of its events.
 *
 * @throws CodedError `deploy/illegal-event` when the stream holds a move that is not one
 */
export function fold(events: readonly StoredEvent[]): Known | undefined {
  let known: Known | undefined;
  for (const stored of events) known = next(known, fromStored(stored));
  return known;
}

/** @throws CodedError `deploy/illegal-event` */
export function next(known: Known | undefined, event: DeploymentEvent): Known {
  const state = known === undefined ? first(event) : advance(deploymentMoves, known.state, event);
  if (state === undefined) {
    throw new CodedError("deploy/illegal-event", `${event.type} is no move from ${known?.state.at ?? "nothing"}`, {
      next: "stop",
    });
  }
  return {
    state,
    version: (known?.version ?? 0) + 1,
    history: [...(known?.history ?? []), historyLine(event)],
    updatedAt: event.at,
  };
}

export function viewOfKnown(known: Known): DeploymentView {
  return viewOf(known.state, known);
}

function first(event: DeploymentEvent): Deployment | undefined {
  return event.type === "started" ? begin(event) : undefined;
}

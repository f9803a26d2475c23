import type { DeployDeps } from "../deps.ts";
import type { Known } from "../fold.ts";
import { viewOfKnown } from "../fold.ts";
import { queuePlace, supersededBy } from "../queue.ts";
import { recall, record } from "../record.ts";
import type { DeploymentView } from "../view.ts";

/**
 * Takes the database's lane when everything merged before is over; the store lets one deployment have it.
 *
 * @returns what is known then; undefined when it is not this one's turn
 */
export async function takeTurn(deps: DeployDeps, known: Known): Promise<Known | undefined> {
  const view = viewOfKnown(known);
  if (queuePlace(view, await neighbours(deps, view)) > 0) return undefined;
  return await record(deps.control, known, { type: "turn-came", at: deps.clock.now().toISOString() });
}

/** Ends blocked deployments of earlier merges, whose changes this one carries too. */
export async function supersedeEarlier(deps: DeployDeps, view: DeploymentView): Promise<void> {
  for (const earlier of supersededBy(view, await neighbours(deps, view))) {
    const known = await recall(deps.control, earlier.id);
    if (known?.state.at !== "blocked") continue;
    await record(deps.control, known, { type: "superseded", at: deps.clock.now().toISOString(), by: view.id });
  }
}

/** One is over or out of the way: the others of its database move up, and their pull requests say so. */
export async function moveUp(deps: DeployDeps, view: DeploymentView): Promise<void> {
  for (const next of await neighbours(deps, view)) {
    if (next.at !== "queued" || next.id === view.id) continue;
    if (next.origin !== undefined) await deps.control.outbox.mark(next.origin);
    deps.dispatcher.wake(next.id);
  }
}

function neighbours(deps: DeployDeps, view: DeploymentView): Promise<readonly DeploymentView[]> {
  return deps.control.deployments.list({ database: view.database, open: true, limit: 1000 });
}

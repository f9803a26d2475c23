import { holdsLane, isOver } from "./render-view.ts";
import type { DeploymentView } from "./view.ts";

/**
 * Sorts as deployments of one database are carried out: by merge, then by pull request, so that doubled or late
 * webhooks change nothing. At most 120 characters.
 */
export function queueKey(view: Pick<DeploymentView, "origin" | "createdAt" | "id">): string {
  const merged = view.origin?.mergedAt ?? view.createdAt;
  return [merged, String(view.origin?.pull ?? 0).padStart(10, "0"), view.createdAt, view.id].join("|");
}

/** How many deployments of the same database go first; 0: it is this one's turn. */
export function queuePlace(view: DeploymentView, ofDatabase: readonly DeploymentView[]): number {
  if (view.at !== "queued") return 0;
  return ofDatabase.filter((other) => other.id !== view.id && goesBefore(other, view)).length;
}

/** Blocked ones that were merged earlier: this later merge carries their changes, so they are over. */
export function supersededBy(view: DeploymentView, ofDatabase: readonly DeploymentView[]): readonly DeploymentView[] {
  return ofDatabase.filter(
    (other) => other.at === "blocked" && other.id !== view.id && queueKey(other) < queueKey(view),
  );
}

function goesBefore(other: DeploymentView, view: DeploymentView): boolean {
  if (isOver(other.at) || other.at === "blocked") return false;
  return holdsLane(other.at) || other.at === "cancelling" || queueKey(other) < queueKey(view);
}

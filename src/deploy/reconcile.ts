import type { DeployDeps } from "./deps.ts";

/** Wakes everything unfinished; called at start-up and by a plain timer, since Redis may be what is gone. */
export async function reconcileDeployments(deps: DeployDeps): Promise<number> {
  const open = await deps.control.deployments.list({ open: true, limit: 10_000 });
  for (const view of open) deps.dispatcher.wake(view.id);
  return open.length;
}

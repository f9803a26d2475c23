import type { DeployDeps } from "./deps.ts";
import { recall, record } from "./record.ts";
import type { Subject } from "./ports.ts";
import type { Proposal } from "./view.ts";

/**
 * A merged pull request was planned again (`/plan`): its blocked deployments take what was shown as the reviewed plan
 * and queue again. Whether they may be sealed is asked as ever.
 */
export async function reviewBlocked(deps: DeployDeps, subject: Subject, proposals: readonly Proposal[]): Promise<void> {
  const open = await deps.control.deployments.list({
    subject: { repository: subject.repository, pull: subject.pull },
    open: true,
  });
  for (const { id, database, at } of open) {
    const result = proposals.find((proposal) => proposal.database === database)?.result;
    if (at !== "blocked" || result?.at !== "planned") continue;
    const known = await recall(deps.control, id);
    if (known?.state.at !== "blocked") continue;
    const event = { type: "replan-asked", at: deps.clock.now().toISOString(), plan: result.plan } as const;
    if ((await record(deps.control, known, event)) !== undefined) deps.dispatcher.wake(id);
  }
}

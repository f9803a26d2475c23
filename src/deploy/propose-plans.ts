import type { RepositoryName, RepositorySettings } from "#config";
import type { AuthoredFile } from "#schema";
import type { DeployDeps } from "./deps.ts";
import { databasesOf, groupOf } from "./fleet-lookup.ts";
import { planDatabase } from "./plan-database.ts";
import { reviewBlocked } from "./review-blocked.ts";
import type { Proposal } from "./view.ts";

/** A pull request's head, and the schema folder as it would be after the merge. */
export interface ProposeRequest {
  readonly group: string;
  readonly channel: string;
  readonly repository: RepositoryName;
  readonly pull: number;
  readonly headSha: string;
  readonly files: readonly AuthoredFile[];
  readonly lint?: RepositorySettings["lint"];
}

/**
 * Plans every database of the channel against its live schema, keeps and returns the proposals. Bad SQL or a server
 * that cannot be reached is a `refused` proposal, never an exception. A blocked deployment of this pull request takes
 * the new plan as the reviewed one and queues again.
 *
 * @throws CodedError `deploy/unknown-group` when fleet.yml does not name it
 */
export async function proposePlans(
  deps: DeployDeps,
  request: ProposeRequest,
  signal: AbortSignal,
): Promise<readonly Proposal[]> {
  const databases = databasesOf(groupOf(deps.fleet, request.group), request.channel);
  const { files, lint, ...facts } = request;
  const proposals: Proposal[] = [];
  for (const database of databases) {
    const ask = { database, files, ...(lint === undefined ? {} : { lint }) };
    const planned = await planDatabase(deps, ask, signal);
    const result: Proposal["result"] = planned.at === "planned" ? planned : { at: "refused", reasons: planned.reasons };
    const proposal = { ...facts, database: database.name, result, createdAt: deps.clock.now().toISOString() };
    await deps.control.proposals.put(proposal);
    proposals.push(proposal);
  }
  await reviewBlocked(deps, request, proposals);
  return proposals;
}

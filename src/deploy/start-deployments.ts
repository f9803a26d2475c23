import type { DatabaseSettings } from "#config";
import { CodedError, fingerprintOf, newDeploymentId, type DeploymentId } from "#kernel";
import type { Plan } from "#plan";
import type { AuthoredFile } from "#schema";
import type { DeployDeps } from "./deps.ts";
import type { DeploymentEvent } from "./deployment-events.ts";
import { channelOf, databasesOf, groupOf } from "./fleet-lookup.ts";
import { record } from "./record.ts";
import type { DeploymentOrigin } from "./view.ts";

/** A merge that reached a channel's branch: where it came from, and the schema folder as it is after it. */
export interface StartRequest {
  readonly group: string;
  readonly channel: string;
  readonly origin: DeploymentOrigin;
  readonly files: readonly AuthoredFile[];
  /** Seal votes needed; absent: 1. */
  readonly approvals?: number;
}

/**
 * One deployment per database of the channel; the same merge again gives the same ids. Files are kept in Sources, so
 * that workers need no access to the forge.
 *
 * @throws CodedError `deploy/unknown-group`, `deploy/unknown-channel`, `deploy/bad-merge-time`
 */
export async function startDeployments(deps: DeployDeps, request: StartRequest): Promise<readonly DeploymentId[]> {
  const group = groupOf(deps.fleet, request.group);
  const channel = channelOf(group, request.channel);
  const origin = { ...request.origin, mergedAt: isoTime(request.origin.mergedAt) };
  const source = await deps.control.sources.put(request.files);
  const proposals = await deps.control.proposals.list(origin, origin.headSha);
  const ids: DeploymentId[] = [];
  for (const database of databasesOf(group, channel.name)) {
    const proposal = proposals.find((one) => one.database === database.name);
    const reviewed = proposal?.result.at === "planned" ? proposal.result.plan : undefined;
    ids.push(
      await startOne(deps, {
        type: "started",
        at: deps.clock.now().toISOString(),
        id: newDeploymentId(),
        group: group.name,
        database: database.name,
        channel: channel.name,
        seal: channel.seal,
        approvals: Math.max(1, request.approvals ?? 1),
        origin,
        source,
        plan: reviewed ?? unplanned(database),
        reviewed: reviewed !== undefined,
      }),
    );
  }
  for (const id of ids) deps.dispatcher.wake(id);
  return ids;
}

async function startOne(deps: DeployDeps, event: Extract<DeploymentEvent, { type: "started" }>): Promise<DeploymentId> {
  const { mergeSha } = event.origin;
  const earlier = await deps.control.deployments.findByMerge(event.database, mergeSha);
  if (earlier !== undefined) return earlier;
  if ((await record(deps.control, undefined, event)) !== undefined) {
    deps.log.info("deployment.started", { deployment: event.id, database: event.database, merge: mergeSha });
    return event.id;
  }
  // A doubled webhook was faster: the store keeps one deployment per database and merge.
  const other = await deps.control.deployments.findByMerge(event.database, mergeSha);
  if (other !== undefined) return other;
  throw new CodedError("deploy/not-started", `The deployment of ${event.database} could not be recorded`, {
    next: "retry",
  });
}

/** Stands in until the plan is computed at the deployment's turn. */
function unplanned(database: DatabaseSettings): Plan {
  const nothing = fingerprintOf({ unplanned: database.name });
  return {
    version: 1,
    fingerprint: nothing,
    flavour: database.flavour,
    serverVersion: "",
    liveSchema: nothing,
    desiredSchema: nothing,
    changes: [],
    notHandled: [],
    findings: [],
    refusals: [],
  };
}

function isoTime(text: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new CodedError("deploy/bad-merge-time", "The merge has no readable time");
  return new Date(ms).toISOString();
}

import { CodedError } from "#kernel";
import { EngineRunner } from "./life/engine-runner.ts";
import { ShardWork } from "./life/shard-work.ts";
import type { Runner, RunnerRequest } from "./runner.ts";
import { StreamHub } from "./tail/stream-hub.ts";

export interface RunnerDependencies {
  /** Shares one binlog stream per server with the other runners of this process; without it the runner has its own. */
  readonly hub?: StreamHub;
}

/**
 * A runner for one deployment. Asks every server who it is and changes nothing; a crash of an earlier runner is
 * noticed by the methods, which go on from what they find.
 *
 * @throws CodedError `drivers/cannot-connect`
 */
export async function openRunner(
  request: RunnerRequest,
  signal: AbortSignal,
  dependencies: RunnerDependencies = {},
): Promise<Runner> {
  const { targets, clock, log } = request;
  if (targets.length === 0 || request.changes.length === 0) {
    throw new CodedError("engine/nothing-to-do", "A deployment needs a shard and a change", { next: "fix-input" });
  }
  const hub = dependencies.hub ?? new StreamHub({ clock, log });
  const serverIds = await Promise.all(targets.map((target) => target.serverId(signal)));
  const shards = targets.map((target, i) => {
    const serverId = serverIds[i] ?? "";
    const isAlone = serverIds.filter((other) => other === serverId).length === 1;
    return new ShardWork(request, { target, serverId, isAlone }, hub);
  });
  return new EngineRunner(request, shards);
}

import { dropDatabases, dropFence, forgetShard, listLeft } from "../own-tables/remove.ts";
import type { CleanReport } from "../runner.ts";
import type { ShardWork } from "./shard-work.ts";

/** Which of a shard's databases stays. */
export type Keep = "nothing" | "old" | "next";

/**
 * Takes everything of the deployment off its servers: databases, then rows, then the fence, so that a crash in between
 * leaves enough for the next call to go on. Verified by listing.
 */
export async function cleanAll(shards: readonly ShardWork[], keep: Keep, signal: AbortSignal): Promise<CleanReport> {
  const dropped: string[] = [];
  const kept: string[] = [];
  const present: ShardWork[] = [];
  for (const shard of shards) {
    // The heartbeat's row goes with the stream, before the table it is in may go.
    await shard.closeStream();
    if (!(await shard.claim("find", signal))) continue;
    present.push(shard);
    const done = await dropDatabases(shard.context, keptName(shard, keep), signal);
    dropped.push(...done.dropped);
    kept.push(...done.kept);
    await forgetShard(shard.context, signal);
  }
  const servers = new Map(present.map((shard) => [shard.context.serverId, shard]));
  for (const shard of servers.values()) await dropFence(shard.context, signal);
  const left: string[] = [];
  for (const shard of shards) left.push(...(await listLeft(shard.context, keptName(shard, keep), signal)));
  return { dropped, kept, left };
}

function keptName(shard: ShardWork, keep: Keep): string | undefined {
  const { names } = shard.context;
  return { nothing: undefined, old: names.old, next: names.next }[keep];
}

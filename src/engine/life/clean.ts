import { dropDatabases, dropFence, forgetShard, type Kept, listLeft } from "../own-tables/remove.ts";
import { tablesWithOwnValues } from "../own-tables/vault.ts";
import type { CleanReport } from "../runner.ts";
import type { ShardWork } from "./shard-work.ts";

/** What of a shard's databases stays; `own-values`: of the new tables those in `vault.ts`. */
export type Keep = "nothing" | "old" | "next" | "own-values";

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
    const done = await dropDatabases(shard.context, await keptOf(shard, keep, signal), signal);
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

async function keptOf(shard: ShardWork, keep: Keep, signal: AbortSignal): Promise<Kept | undefined> {
  const database = keptName(shard, keep);
  if (database === undefined) return undefined;
  if (keep !== "own-values") return { database };
  return { database, tables: await tablesWithOwnValues(shard.context, shard.tables, signal) };
}

function keptName(shard: ShardWork, keep: Keep): string | undefined {
  const { names } = shard.context;
  return { nothing: undefined, old: names.old, next: names.next, "own-values": names.next }[keep];
}

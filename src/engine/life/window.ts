import { CodedError } from "#kernel";
import { backwardFlow } from "../flow/row-flow.ts";
import type { ShardContext } from "../shard/context.ts";
import { type ChangeTables, identityKey, isCopy } from "../shard/shard-tables.ts";
import { readShape } from "../sql/table-shape.ts";
import { BackwardTable } from "../tail/backward-table.ts";
import { ShardTail } from "../tail/shard-tail.ts";

/** A shard between seal and finalise: what is written to the new tables goes back into the retired ones. */
export interface OpenWindow {
  readonly tail: ShardTail;
  readonly tables: readonly BackwardTable[];
}

/**
 * Opens the inverse tail. It begins at the position that was read under the seal's locks: between there and the RENAME
 * nobody could write, so the first change of a new table is the first event it sees.
 */
export async function openShardWindow(
  context: ShardContext,
  changes: readonly ChangeTables[],
  onEnd: (error: unknown) => void,
  signal: AbortSignal,
): Promise<OpenWindow> {
  const row = await context.store.shard(signal);
  const from = row?.windowApplied ?? row?.sealedFrom;
  if (from === undefined) {
    throw new CodedError("engine/not-sealed", `Shard ${context.target.shard} has no record of a seal`, {
      next: "stop",
    });
  }
  const tables: BackwardTable[] = [];
  for (const one of changes) {
    if (!isCopy(one)) continue;
    const flow = backwardFlow(one.change, {
      source: one.live,
      sourceShape: await readShape(context.side, one.old, signal),
      shadow: one.next,
      shadowShape: await readShape(context.side, one.live, signal),
      key: identityKey(one.change),
      live: one.live,
      retired: one.old,
    });
    tables.push(new BackwardTable(context, flow));
  }
  const tail = new ShardTail({
    stream: context.stream,
    open: (openSignal) => context.target.open(openSignal),
    tables,
    guarded: changes.filter(({ change }) => change.kind === "create").map(({ live }) => live),
    ownPrefix: context.names.prefix,
    clock: context.clock,
    log: context.log,
    checkpoint: (applied, saveSignal) =>
      context.store.saveShard({ window_applied: JSON.stringify(applied) }, saveSignal),
    onEnd,
  });
  try {
    await tail.start(from, signal);
    await tail.flushAll(signal);
  } catch (error) {
    await tail[Symbol.asyncDispose]();
    throw error;
  }
  return { tail, tables };
}

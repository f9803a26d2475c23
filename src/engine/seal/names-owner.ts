import { CodedError } from "#kernel";
import type { TableRow } from "../own-tables/store.ts";
import type { NamesOwner } from "../runner.ts";
import type { ShardContext } from "../shard/context.ts";
import type { ChangeTables } from "../shard/shard-tables.ts";
import { readTableIds } from "../shard/table-ids.ts";
import { dictionaryName, quoted } from "../sql/names.ts";
import { endOldSealSession } from "./seal-session.ts";

/** `absent`: nothing of this deployment is recorded on the shard. */
export type ShardOwner = "original" | "sealed" | "reverted" | "absent";

/**
 * Who owns the names on one shard, by InnoDB table id: a RENAME keeps it, so it tells even after a crash in the middle.
 * An earlier runner's seal session is ended first; it could still rename.
 *
 * @throws CodedError `engine/names-lost` when a name belongs to neither table
 */
export async function lookAtShard(
  context: ShardContext,
  tables: readonly ChangeTables[],
  signal: AbortSignal,
): Promise<ShardOwner> {
  await endOldSealSession(context, signal);
  const shard = await context.store.shard(signal);
  if (shard === undefined) return "absent";
  const rows = new Map((await context.store.tables(signal)).map((row) => [row.table, row]));
  const ids = await readTableIds(
    context.side,
    tables.map(({ live }) => live),
    signal,
  );
  const owners = new Set(tables.map((one) => ownerOf(one, rows.get(one.change.table), ids, context)));
  if (owners.size > 1) {
    throw new CodedError("engine/names-lost", `Shard ${context.target.shard} has some tables sealed and some not`, {
      hint: "One RENAME moves all of them, so somebody else has renamed tables. Look at them by hand.",
      next: "ask-human",
    });
  }
  if (owners.has("sealed")) return "sealed";
  return shard.intent === "revert" ? "reverted" : "original";
}

function ownerOf(
  one: ChangeTables,
  row: TableRow | undefined,
  ids: ReadonlyMap<string, string>,
  context: ShardContext,
): "original" | "sealed" {
  const liveId = ids.get(dictionaryName(one.live));
  const owner = row === undefined ? "original" : ownerById(one, row, liveId);
  if (owner !== undefined) return owner;
  throw new CodedError(
    "engine/names-lost",
    `${quoted(one.change.table)} on shard ${context.target.shard} is neither the old table nor the new one`,
    { hint: "Somebody else has replaced it. Look at it by hand.", next: "ask-human" },
  );
}

function ownerById(one: ChangeTables, row: TableRow, liveId: string | undefined): "original" | "sealed" | undefined {
  switch (one.change.kind) {
    case "copy":
      if (liveId !== undefined && liveId === row.shadowId) return "sealed";
      return row.sourceId === undefined || liveId === row.sourceId ? "original" : undefined;
    case "create":
      return liveId !== undefined && liveId === row.shadowId ? "sealed" : "original";
    case "drop":
      if (liveId === undefined && row.sourceId !== undefined) return "sealed";
      return row.sourceId === undefined || liveId === row.sourceId ? "original" : undefined;
  }
}

/** One word for all shards. Shards that are already cleaned up do not speak against the others. */
export function ownerOfAll(owners: readonly ShardOwner[]): NamesOwner {
  const present = owners.filter((owner) => owner !== "absent");
  if (present.includes("sealed")) return present.every((owner) => owner === "sealed") ? "sealed" : "split";
  return present.includes("reverted") ? "reverted" : "original";
}

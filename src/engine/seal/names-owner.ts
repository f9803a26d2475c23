import { CodedError } from "#kernel";
import type { TableRow } from "../own-tables/store.ts";
import type { NamesOwner } from "../runner.ts";
import type { ShardContext } from "../shard/context.ts";
import type { ChangeTables } from "../shard/shard-tables.ts";
import { readTableIds } from "../shard/table-ids.ts";
import { dictionaryName, quoted, type TableRef } from "../sql/names.ts";
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
    tables.flatMap(({ live, next, old }) => [live, next, old]),
    signal,
  );
  const owners = new Set(tables.map((one) => ownerOf(one, rows.get(one.change.table), ids)));
  owners.delete("either");
  if (owners.has("lost") || owners.size > 1) {
    const lost = tables.find((one) => ownerOf(one, rows.get(one.change.table), ids) === "lost");
    throw new CodedError(
      "engine/names-lost",
      lost === undefined
        ? `Shard ${context.target.shard} has some tables sealed and some not`
        : `${quoted(lost.change.table)} on shard ${context.target.shard} is neither the old table nor the new one`,
      {
        hint: "One RENAME moves all of them, so somebody else has replaced tables. Look at them by hand.",
        next: "ask-human",
      },
    );
  }
  if (!owners.has("original")) return "sealed";
  return shard.intent === "revert" ? "reverted" : "original";
}

/**
 * Each table is looked for at every place it may be: somebody else's TRUNCATE or ALTER gives a table a new id, but the
 * other half of the pair still tells.
 */
function ownerOf(
  one: ChangeTables,
  row: TableRow | undefined,
  ids: ReadonlyMap<string, string>,
): "original" | "sealed" | "either" | "lost" {
  const idAt = (table: TableRef): string | undefined => ids.get(dictionaryName(table));
  const is = (table: TableRef, id: string | undefined): boolean => id !== undefined && idAt(table) === id;
  if (row === undefined) return "original";
  const isSourceNew = row.sourceId === undefined && one.change.kind !== "create";
  if (isSourceNew || is(one.live, row.sourceId) || is(one.next, row.shadowId)) return "original";
  if (is(one.live, row.shadowId) || is(one.old, row.sourceId)) return "sealed";
  switch (one.change.kind) {
    case "copy":
      return "lost";
    case "create":
      return row.shadowId === undefined ? "original" : "either";
    case "drop":
      return idAt(one.live) === undefined ? "either" : "original";
  }
}

/** One word for all shards. Shards that are already cleaned up do not speak against the others. */
export function ownerOfAll(owners: readonly ShardOwner[]): NamesOwner {
  const present = owners.filter((owner) => owner !== "absent");
  if (present.includes("sealed")) return present.every((owner) => owner === "sealed") ? "sealed" : "split";
  return present.includes("reverted") ? "reverted" : "original";
}

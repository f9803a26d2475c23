import { fenceTable } from "../own-tables/own-names.ts";
import type { ShardContext } from "../shard/context.ts";
import type { ChangeTables } from "../shard/shard-tables.ts";
import { quotedTable, type TableRef } from "../sql/names.ts";
import type { ShardTail } from "../tail/shard-tail.ts";
import type { TailedTable } from "../tail/tailed-table.ts";

/** Seal: new tables take the names. Revert: the retired ones take them back. */
export type Direction = "seal" | "revert";

/** One shard's part in a barrier, the same for both directions. */
export interface SealSide {
  readonly context: ShardContext;
  readonly tail: ShardTail;
  readonly tailed: readonly TailedTable[];
  readonly tables: readonly ChangeTables[];
  /** When rows were last written to the tables that come in, on the clock, as far as the tail did not do it. */
  readonly writtenAtMs: number;
}

interface NameMove {
  readonly from: TableRef;
  readonly to: TableRef;
}

/** Everything in one statement: MySQL renames all or none, also over a crash (atomic DDL). */
export function renameSql(tables: readonly ChangeTables[], direction: Direction): string {
  const moves = tables.flatMap((one) => (direction === "seal" ? sealMoves(one) : revertMoves(one)));
  return `RENAME TABLE ${moves.map(({ from, to }) => `${quotedTable(from)} TO ${quotedTable(to)}`).join(", ")}`;
}

/** WRITE on every table that moves, READ on the fence: it is read inside the locks. */
function lockSql(tables: readonly ChangeTables[], direction: Direction, fence: string): string {
  const names = tables.flatMap((one) => lockedTables(one, direction)).map((one) => `${quotedTable(one)} WRITE`);
  return `LOCK TABLES ${[...names, `${fence} READ`].join(", ")}`;
}

export function lockSqlFor(side: SealSide, direction: Direction): string {
  return lockSql(side.tables, direction, fenceTable(side.context.names));
}

export function lockedTables(one: ChangeTables, direction: Direction): readonly TableRef[] {
  const spare = direction === "seal" ? one.next : one.old;
  switch (one.change.kind) {
    case "copy":
      return [one.live, spare];
    case "create":
      return [direction === "seal" ? one.next : one.live];
    case "drop":
      return [direction === "seal" ? one.live : one.old];
  }
}

function sealMoves({ change, live, next, old }: ChangeTables): readonly NameMove[] {
  switch (change.kind) {
    case "copy":
      return [
        { from: live, to: old },
        { from: next, to: live },
      ];
    case "create":
      return [{ from: next, to: live }];
    case "drop":
      return [{ from: live, to: old }];
  }
}

function revertMoves(tables: ChangeTables): readonly NameMove[] {
  return sealMoves(tables)
    .toReversed()
    .map(({ from, to }) => ({ from: to, to: from }));
}

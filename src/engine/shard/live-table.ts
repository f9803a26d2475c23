import type { CopyChange, DropChange } from "#plan";
import { CodedError, type ShardName } from "#kernel";
import { sameTable } from "#schema";
import { ER_NO_SUCH_TABLE, errnoOf } from "../sql/errors.ts";
import { quoted, quotedTable, type TableRef } from "../sql/names.ts";
import type { Queries } from "../sql/steady-session.ts";
import { cellText } from "../sql/cell.ts";

/** SHOW CREATE TABLE, or undefined when there is no such table. */
export async function showCreate(session: Queries, table: TableRef, signal: AbortSignal): Promise<string | undefined> {
  try {
    const [row] = await session.query(`SHOW CREATE TABLE ${quotedTable(table)}`, undefined, signal);
    return cellText(row?.["Create Table"]);
  } catch (error) {
    if (errnoOf(error) === ER_NO_SUCH_TABLE) return undefined;
    throw error;
  }
}

/** @throws CodedError `engine/drift` when the live table is not the one the plan was made for */
export async function assertNoDrift(
  session: Queries,
  shard: ShardName,
  live: TableRef,
  change: CopyChange | DropChange,
  signal: AbortSignal,
): Promise<void> {
  const text = await showCreate(session, live, signal);
  if (text !== undefined && sameTable(text, change.before)) return;
  throw driftError(shard, change.table, text === undefined);
}

export function driftError(shard: ShardName, table: string, isGone: boolean): CodedError {
  return new CodedError(
    "engine/drift",
    isGone
      ? `${quoted(table)} is no longer on shard ${shard}`
      : `${quoted(table)} on shard ${shard} is not the table this plan was made for`,
    { hint: "Plan again.", next: "fix-input", details: { shard, table } },
  );
}

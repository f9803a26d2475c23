import type { PlannedChange } from "#plan";
import type { ShardContext } from "../shard/context.ts";
import type { ChangeTables } from "../shard/shard-tables.ts";
import { cellText } from "../sql/cell.ts";
import { errnoOf, isMissing } from "../sql/errors.ts";
import { quoted, quotedTable, type TableRef } from "../sql/names.ts";

/** How long one table may be looked through; one that takes longer is kept unseen. */
const LOOK_MS = 10_000;
const ER_QUERY_TIMEOUT = 3024;

/**
 * The vault: retired new tables that hold what the old shape has no place for. After a revert these are kept, so that no
 * write accepted since the seal is lost: a created table with rows in it, or a table some of whose rows have a value in
 * a column that the old one lacks (or computes). If in doubt a table is kept.
 *
 * @returns names of tables in the deployment's database of new tables
 */
export async function tablesWithOwnValues(
  context: ShardContext,
  tables: readonly ChangeTables[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  for (const { change, next } of tables) {
    if (await hasOwnValues(context, change, next, signal)) kept.add(next.table);
  }
  return kept;
}

async function hasOwnValues(
  context: ShardContext,
  change: PlannedChange,
  next: TableRef,
  signal: AbortSignal,
): Promise<boolean> {
  if (change.kind === "drop") return false;
  const condition = change.kind === "create" ? "TRUE" : await ownValueCondition(context, change, next, signal);
  if (condition === undefined) return false;
  const sql = `SELECT /*+ MAX_EXECUTION_TIME(${LOOK_MS}) */ 1 FROM ${quotedTable(next)} WHERE ${condition} LIMIT 1`;
  try {
    return (await context.side.query(sql, undefined, signal)).length > 0;
  } catch (error) {
    if (isMissing(error)) return false;
    if (errnoOf(error) === ER_QUERY_TIMEOUT) return true;
    throw error;
  }
}

/** What a row must be like to have a value of its own; undefined when no column can hold one. */
async function ownValueCondition(
  context: ShardContext,
  change: Extract<PlannedChange, { kind: "copy" }>,
  next: TableRef,
  signal: AbortSignal,
): Promise<string | undefined> {
  const goBack = new Set(change.columns.filter((pair) => !pair.fromGenerated).map((pair) => pair.to.toLowerCase()));
  const columns = await context.side.query(
    `SELECT COLUMN_NAME AS name, COLUMN_DEFAULT AS value, IS_NULLABLE AS nullable, EXTRA AS extra
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND GENERATION_EXPRESSION = ''`,
    [next.database, next.table],
    signal,
  );
  const conditions = columns
    .filter((column) => !goBack.has(String(column["name"]).toLowerCase()))
    .map((column) => {
      const name = quoted(String(column["name"]));
      const isExpression = /DEFAULT_GENERATED|auto_increment/i.test(String(column["extra"]));
      if (!isExpression && cellText(column["value"]) !== undefined) return `NOT (${name} <=> DEFAULT(${name}))`;
      return column["nullable"] === "YES" && !isExpression ? `${name} IS NOT NULL` : "TRUE";
    });
  return conditions.length === 0 ? undefined : conditions.join(" OR ");
}

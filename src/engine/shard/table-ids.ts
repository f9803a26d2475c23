import { dictionaryName, type TableRef } from "../sql/names.ts";
import type { Queries } from "../sql/steady-session.ts";

/** InnoDB's ids of tables, by dictionary name: the one thing that a RENAME does not change. Needs PROCESS. */
export async function readTableIds(
  session: Queries,
  tables: readonly TableRef[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  if (tables.length === 0) return new Map();
  const rows = await session.query(
    "SELECT NAME AS name, TABLE_ID AS id FROM information_schema.INNODB_TABLES WHERE NAME IN (?)",
    [tables.map(dictionaryName)],
    signal,
  );
  return new Map(rows.map((row) => [String(row["name"]), String(row["id"])]));
}

export async function readTableId(session: Queries, table: TableRef, signal: AbortSignal): Promise<string | undefined> {
  return (await readTableIds(session, [table], signal)).get(dictionaryName(table));
}

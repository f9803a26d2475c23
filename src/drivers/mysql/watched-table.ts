import { checkWatchable, type WatchedColumn, type WatchedTable } from "#binlog";
import type { Row, Session } from "#engine";
import { CodedError } from "#kernel";

/**
 * What the stream must know of a table: its key's columns and where they stand. Valid until the table is altered.
 *
 * @param keyColumns in key order
 * @throws CodedError `drivers/no-column`, `binlog/key-type`, `binlog/no-key`
 */
export async function watchedTable(
  session: Session,
  database: string,
  table: string,
  keyColumns: readonly string[],
  signal?: AbortSignal,
): Promise<WatchedTable> {
  const rows = await session.query(
    `SELECT COLUMN_NAME AS name, ORDINAL_POSITION AS position, DATA_TYPE AS dataType, COLUMN_TYPE AS columnType,
       CHARACTER_SET_NAME AS charset
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?`,
    [database, table],
    signal,
  );
  const watched = { schema: database, table, key: keyColumns.map((name) => watchedColumn(rows, table, name)) };
  checkWatchable(watched);
  return watched;
}

function watchedColumn(rows: readonly Row[], table: string, name: string): WatchedColumn {
  const row = rows.find((candidate) => String(candidate["name"]).toLowerCase() === name.toLowerCase());
  if (row === undefined) {
    throw new CodedError("drivers/no-column", `Table ${table} has no column ${name}`, {
      next: "fix-input",
      details: { table, column: name },
    });
  }
  const charset = row["charset"];
  return {
    name: String(row["name"]),
    ordinal: Number(row["position"]) - 1,
    dataType: String(row["dataType"]).toLowerCase(),
    unsigned: / unsigned/i.test(String(row["columnType"])),
    ...(typeof charset === "string" ? { charset } : {}),
  };
}

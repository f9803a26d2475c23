import type { ShardContext } from "./context.ts";
import type { TableMeter } from "./shard-progress.ts";
import type { CopyTables } from "./shard-tables.ts";

/** Writes down how many rows each table has by the server's statistics, before the first one is begun. */
export async function estimateRows(
  context: ShardContext,
  tables: readonly CopyTables[],
  meters: ReadonlyMap<string, TableMeter>,
  signal: AbortSignal,
): Promise<void> {
  for (const { change, live } of tables) {
    const [row] = await context.side.query(
      "SELECT TABLE_ROWS AS estimate FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
      [live.database, live.table],
      signal,
    );
    const rowsEstimated = Number(row?.["estimate"] ?? 0);
    const meter = meters.get(change.table);
    if (meter !== undefined) meter.rowsEstimated = rowsEstimated;
    await context.store.saveTable(change.table, { rows_estimated: rowsEstimated }, signal);
  }
}

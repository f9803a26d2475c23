import { again } from "../sql/again.ts";
import { ER_DUP_KEYNAME, errnoOf } from "../sql/errors.ts";
import { quotedTable } from "../sql/names.ts";
import type { Queries } from "../sql/steady-session.ts";
import type { ShardTail } from "../tail/shard-tail.ts";
import type { ShardContext } from "./context.ts";
import type { CopyTables } from "./shard-tables.ts";
import { readTableId } from "./table-ids.ts";

const TRIES_MS = 120_000;

/** ER_INNODB_ONLINE_LOG_TOO_BIG: rows came faster than the build could write them down. */
const ER_LOG_TOO_BIG = 1799;

/**
 * Secondary indexes are cheaper to build at once than row by row (research: binlog 4b). All in one atomic ALTER. Some of
 * them (FULLTEXT, functional parts) make the server rebuild the shadow under a new table id, which is written down.
 */
export async function addIndexes(
  context: ShardContext,
  session: Queries,
  tail: ShardTail,
  one: CopyTables,
  signal: AbortSignal,
): Promise<void> {
  const clauses = one.change.deferredIndexes.join(", ");
  if (clauses !== "") {
    const sql = `ALTER TABLE ${quotedTable(one.next)} ${clauses}`;
    await again(
      { clock: context.clock, forMs: TRIES_MS },
      () => context.store.guarded(() => alterOnce(session, tail, sql, signal), signal),
      signal,
    );
    const id = await readTableId(session, one.next, signal);
    await context.store.saveTable(one.change.table, { shadow_id: id ?? null }, signal);
  }
  await session.query(`ANALYZE NO_WRITE_TO_BINLOG TABLE ${quotedTable(one.next)}`, undefined, signal);
}

async function alterOnce(session: Queries, tail: ShardTail, sql: string, signal: AbortSignal): Promise<void> {
  try {
    await session.execute(sql, undefined, signal);
  } catch (error) {
    const errno = errnoOf(error);
    // An earlier runner got this far and did not live to write it down.
    if (errno === ER_DUP_KEYNAME) return;
    if (errno !== ER_LOG_TOO_BIG) throw error;
    await tail.pause();
    try {
      await session.execute(sql, undefined, signal);
    } finally {
      tail.resume();
    }
  }
}

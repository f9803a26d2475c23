import type { ShardContext } from "../shard/context.ts";
import type { Blocker } from "../runner.ts";
import { quoted, type TableRef } from "../sql/names.ts";

/** INNODB_TRX gives its times in the server's own zone. */
const SERVER_NOW = "CONVERT_TZ(UTC_TIMESTAMP(6), '+00:00', 'SYSTEM')";

const MOST = 20;

/** Whose metadata locks stand in the way of ours, longest first. Needs SELECT on performance_schema and PROCESS. */
export async function readBlockers(
  context: ShardContext,
  tables: readonly TableRef[],
  own: readonly number[],
  signal: AbortSignal,
): Promise<readonly Blocker[]> {
  const rows = await context.side.query(
    `SELECT t.PROCESSLIST_ID AS id, MAX(m.OBJECT_NAME) AS table_name, MAX(m.LOCK_TYPE) AS lock_type,
      MAX(COALESCE(TIMESTAMPDIFF(SECOND, x.trx_started, ${SERVER_NOW}), t.PROCESSLIST_TIME, 0)) AS seconds
     FROM performance_schema.metadata_locks m
     JOIN performance_schema.threads t ON t.THREAD_ID = m.OWNER_THREAD_ID
     LEFT JOIN information_schema.INNODB_TRX x ON x.trx_mysql_thread_id = t.PROCESSLIST_ID
     WHERE m.OBJECT_TYPE = 'TABLE' AND m.LOCK_STATUS = 'GRANTED' AND t.PROCESSLIST_ID IS NOT NULL
      AND t.PROCESSLIST_ID <> CONNECTION_ID() AND t.PROCESSLIST_ID NOT IN (?)
      AND (m.OBJECT_SCHEMA, m.OBJECT_NAME) IN (?)
     GROUP BY t.PROCESSLIST_ID ORDER BY seconds DESC LIMIT ${MOST}`,
    [own.length === 0 ? [0] : own, tables.map((one) => [one.database, one.table])],
    signal,
  );
  return rows.map((row) => ({
    shard: context.target.shard,
    connectionId: Number(row["id"]),
    seconds: Number(row["seconds"]),
    holds: `${String(row["lock_type"])} on ${quoted(String(row["table_name"]))}`,
  }));
}

/** A transaction that may still read as of a moment before our last write (design D8, known limit). */
export interface OldSnapshot {
  readonly trx: string;
}

/**
 * REPEATABLE READ transactions that began before our last write to the tables that come in.
 *
 * @param sinceMs how long ago that was, milliseconds
 */
export async function readOldSnapshots(
  context: ShardContext,
  sinceMs: number,
  signal: AbortSignal,
): Promise<readonly OldSnapshot[]> {
  // Start times have whole seconds, cut off: this counts one too many rather than one too few.
  const rows = await context.side.query(
    `SELECT trx_id AS id, trx_mysql_thread_id AS connection, trx_started AS started FROM information_schema.INNODB_TRX
     WHERE trx_isolation_level IN ('REPEATABLE READ', 'SERIALIZABLE') AND trx_mysql_thread_id <> CONNECTION_ID()
      AND trx_mysql_thread_id > 0 AND trx_started <= ${SERVER_NOW} - INTERVAL ? MICROSECOND`,
    [Math.max(0, Math.floor(sinceMs * 1000))],
    signal,
  );
  return rows.map((row) => ({ trx: `${String(row["connection"])}@${String(row["started"])}` }));
}

/**
 * Waits until the snapshots that are older than now are gone, at most `waitMs`. Later ones will see everything but
 * what the drain brings.
 */
export async function waitForOldSnapshots(
  contexts: readonly ShardContext[],
  waitMs: number,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    contexts.map(async (context) => {
      const { clock } = context;
      const deadline = clock.monotonicMs() + waitMs;
      const awaited = new Set((await readOldSnapshots(context, 0, signal)).map(({ trx }) => trx));
      while (awaited.size > 0 && clock.monotonicMs() < deadline) {
        await clock.sleep(100, signal);
        const now = new Set((await readOldSnapshots(context, 0, signal)).map(({ trx }) => trx));
        for (const trx of awaited) if (!now.has(trx)) awaited.delete(trx);
      }
    }),
  );
}

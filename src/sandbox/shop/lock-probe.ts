import { type Clock, systemClock } from "#kernel";
import { createConnection, type Connection, type RowDataPacket } from "mysql2/promise";

/** When a table lock that keeps clients out was seen on one shard, in `clock.monotonicMs()` time. */
interface SeenLock {
  readonly from: number;
  readonly to: number;
}

/**
 * Watches from outside, as any client could, for how long the tables of the shop are locked: asks every server's
 * performance_schema about once in `everyMs`. A lock shorter than that can be missed; the figures are good to about
 * two rounds.
 */
export interface LockProbe extends AsyncDisposable {
  /**
   * The barrier seen since this was asked last, one entry per shard: from the first lock granted on any shard to the
   * last unlock on this one. Of several attempts the last counts: between them clients were let through.
   */
  takeHeldMs(): readonly number[];
}

// What LOCK TABLES ... WRITE takes (SHARED_NO_READ_WRITE), and what its RENAME makes of it.
const QUERY = `SELECT COUNT(*) AS held FROM performance_schema.metadata_locks
  WHERE OBJECT_TYPE = 'TABLE' AND OBJECT_SCHEMA = ? AND OBJECT_NAME IN (?) AND LOCK_STATUS = 'GRANTED'
    AND LOCK_TYPE IN ('SHARED_NO_READ_WRITE', 'EXCLUSIVE')`;

/** Two looks that see a lock with more than this between them saw two locks. */
const GAP_MS = 60;

/** Starts one connection per shard; `shards` are DSNs with a database. */
export async function startLockProbe(
  shards: readonly string[],
  tables: readonly string[],
  options: { readonly everyMs?: number; readonly clock?: Clock } = {},
): Promise<LockProbe> {
  const clock = options.clock ?? systemClock;
  const ending = new AbortController();
  const seen: (SeenLock | undefined)[] = shards.map(() => undefined);
  const connections = await Promise.all(shards.map((dsn) => createConnection(dsn)));
  const watch = async (connection: Connection, shard: number): Promise<void> => {
    const database = new URL(shards[shard] ?? "").pathname.slice(1);
    while (!ending.signal.aborted) {
      const before = clock.monotonicMs();
      const rows = await look(connection, database, tables);
      // A server that went away holds no lock; whoever needs its figures sees that nothing was seen.
      if (rows === undefined) break;
      const last = seen[shard];
      const goesOn = last !== undefined && before - last.to <= GAP_MS;
      if (Number(rows[0]?.["held"]) > 0) seen[shard] = { from: goesOn ? last.from : before, to: clock.monotonicMs() };
      await clock.sleep(options.everyMs ?? 4, ending.signal).catch(ignoreAbort);
    }
    connection.destroy();
  };
  const running = connections.map(watch);
  return {
    takeHeldMs: () => {
      const locks = seen.splice(0, seen.length, ...shards.map(() => undefined));
      const first = Math.min(...locks.flatMap((lock) => (lock === undefined ? [] : [lock.from])));
      return locks.map((lock) => (lock === undefined ? 0 : Math.round((lock.to - first) * 10) / 10));
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await Promise.all(running);
    },
  };
}

async function look(
  connection: Connection,
  database: string,
  tables: readonly string[],
): Promise<RowDataPacket[] | undefined> {
  try {
    const [rows] = await connection.query<RowDataPacket[]>(QUERY, [database, tables]);
    return rows;
  } catch {
    return undefined;
  }
}

function ignoreAbort(): void {
  // The loop looks at the signal itself.
}

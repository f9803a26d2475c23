import { CodedError } from "#kernel";
import { readFence } from "../own-tables/fence.ts";
import type { Session } from "../ports.ts";
import type { ShardContext } from "../shard/context.ts";
import { isCopy } from "../shard/shard-tables.ts";
import { quotedTable } from "../sql/names.ts";
import type { TailedTable } from "../tail/tailed-table.ts";
import { type Direction, lockSqlFor, renameSql, type SealSide } from "./seal-side.ts";
import { cellText } from "../sql/cell.ts";

/** How long RENAME may take before its answer counts as lost, milliseconds. */
const RENAME_WITHIN_MS = 30_000;
/** The server ends a session that is silent for so long, seconds: should we vanish, it does not sit on locks for a day. */
const SILENT_FOR_S = 60;
const UNLOCK_WITHIN_MS = 5_000;
const OLD_SESSION_GONE_WITHIN_S = 10;

/**
 * The one connection that holds a shard's locks through a barrier. Whatever happens to it, the server drops the locks
 * with the connection; only the RENAME changes anything for good.
 */
export class SealSession implements AsyncDisposable {
  readonly side: SealSide;
  readonly #session: Session;
  readonly #direction: Direction;

  private constructor(side: SealSide, session: Session, direction: Direction) {
    this.side = side;
    this.#session = session;
    this.#direction = direction;
  }

  /** Opens it and writes down what is about to be tried, before the first lock is asked for. */
  static async open(side: SealSide, direction: Direction, signal: AbortSignal): Promise<SealSession> {
    const { context } = side;
    const session = await context.target.open(signal);
    try {
      // Under the fence, and so before the seal lock, whose holder is ended: that could be a newer runner's session.
      await context.store.saveShard({ intent: direction, seal_connection: session.connectionId }, signal);
      await takeSealLock(context, session, signal);
      for (const table of side.tailed) await table.prepare(session, signal);
      await session.execute(
        "SET SESSION autocommit = 0, lock_wait_timeout = 2, information_schema_stats_expiry = 0, foreign_key_checks = 0," +
          ` wait_timeout = ${SILENT_FOR_S}`,
        undefined,
        signal,
      );
      return new SealSession(side, session, direction);
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  }

  get connectionId(): number {
    return this.#session.connectionId;
  }

  /** Rejects when `signal` aborts first; clients no longer queue behind us then. */
  async lock(signal: AbortSignal): Promise<void> {
    await this.#session.execute(lockSqlFor(this.side, this.#direction), undefined, signal);
  }

  /**
   * Under the locks, after the barrier: brings over the last keys.
   *
   * @returns how many keys there were
   */
  async drain(signal: AbortSignal): Promise<number> {
    let keys = 0;
    for (const table of this.side.tailed) keys += await this.#drainTable(table, signal);
    return keys;
  }

  /** All keys of a table in one transaction; a failure leaves them dirty. */
  async #drainTable(table: TailedTable, signal: AbortSignal): Promise<number> {
    const { clock } = this.side.context;
    const keys = table.dirty.beginFlush();
    let isDone = false;
    try {
      if (keys.length > 0 || table.blocked.size > 0) await table.drain(this.#session, keys, signal);
      await this.#session.execute("COMMIT", undefined, signal);
      isDone = true;
      return keys.length;
    } catch (error) {
      // Neither COMMIT nor ROLLBACK gives table locks back.
      await this.#session.execute("ROLLBACK", undefined, AbortSignal.timeout(UNLOCK_WITHIN_MS)).catch(() => undefined);
      throw error;
    } finally {
      table.dirty.endFlush(isDone ? [] : keys, clock.monotonicMs());
    }
  }

  /** The counter of the table that goes out, where the one that comes in has not counted as far. */
  async carryCounters(signal: AbortSignal): Promise<void> {
    for (const one of this.side.tables.filter(isCopy)) {
      const spare = this.#direction === "seal" ? one.next : one.old;
      const rows = await this.#session.query(
        "SELECT TABLE_SCHEMA AS db, AUTO_INCREMENT AS next_value FROM information_schema.TABLES" +
          " WHERE (TABLE_SCHEMA, TABLE_NAME) IN (?)",
        [
          [
            [one.live.database, one.live.table],
            [spare.database, spare.table],
          ],
        ],
        signal,
      );
      const going = counterOf(rows.find((row) => row["db"] === one.live.database)?.["next_value"]);
      const coming = counterOf(rows.find((row) => row["db"] === spare.database)?.["next_value"]);
      if (going === undefined || coming === undefined || coming >= going) continue;
      await this.#session.execute(`ALTER TABLE ${quotedTable(spare)} AUTO_INCREMENT = ${going}`, undefined, signal);
    }
    await this.#session.execute("COMMIT", undefined, signal);
  }

  async assertFence(signal: AbortSignal): Promise<void> {
    const { names, fence } = this.side.context;
    await readFence(this.#session, names, fence, signal);
  }

  /** No caller's signal ends it: once sent, its outcome has to be known. */
  async rename(): Promise<void> {
    await this.#session.execute(
      renameSql(this.side.tables, this.#direction),
      undefined,
      AbortSignal.timeout(RENAME_WITHIN_MS),
    );
  }

  /** Takes a RENAME back while the locks are still held: nobody has seen it. */
  async renameBack(): Promise<void> {
    await this.#session.execute(
      renameSql(this.side.tables, this.#direction === "seal" ? "revert" : "seal"),
      undefined,
      AbortSignal.timeout(RENAME_WITHIN_MS),
    );
  }

  /** Never rejects: a connection that is lost holds no locks either. */
  async unlock(): Promise<void> {
    await this.#session
      .execute("UNLOCK TABLES", undefined, AbortSignal.timeout(UNLOCK_WITHIN_MS))
      .catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
}

/**
 * Ends a seal session that an earlier runner left behind: it may still rename. The user-level lock says which connection
 * it is (a recorded connection id could be somebody else's by now).
 *
 * @throws CodedError `engine/old-seal-session` when it does not go away
 */
export async function endOldSealSession(context: ShardContext, signal: AbortSignal): Promise<void> {
  const { names, target } = context;
  const [row] = await context.side.query("SELECT IS_USED_LOCK(?) AS holder", [names.sealLock], signal);
  const holder = cellText(row?.["holder"]);
  if (holder === undefined) return;
  await target.kill(Number(holder), "connection");
  const gone = await context.side.use(async (session) => {
    const [got] = await session.query(
      "SELECT GET_LOCK(?, ?) AS got",
      [names.sealLock, OLD_SESSION_GONE_WITHIN_S],
      signal,
    );
    await session.query("SELECT RELEASE_LOCK(?)", [names.sealLock], signal);
    return Number(got?.["got"]) === 1;
  }, signal);
  if (gone) return;
  throw new CodedError("engine/old-seal-session", `An earlier seal session on shard ${target.shard} does not end`, {
    hint: `Look at connection ${holder}.`,
    next: "retry",
  });
}

async function takeSealLock(context: ShardContext, session: Session, signal: AbortSignal): Promise<void> {
  const lock = context.names.sealLock;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const [row] = await session.query("SELECT GET_LOCK(?, 1) AS got", [lock], signal);
    if (Number(row?.["got"]) === 1) return;
    await endOldSealSession(context, signal);
  }
  throw new CodedError("engine/old-seal-session", `Another seal is under way on shard ${context.target.shard}`, {
    next: "retry",
  });
}

function counterOf(value: unknown): bigint | undefined {
  const text = cellText(value);
  return text === undefined ? undefined : BigInt(text);
}

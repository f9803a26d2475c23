import type { Socket } from "node:net";
import { CodedError, type Clock } from "#kernel";
import { createPool, type Pool, type PoolConnection, type RowDataPacket, type ResultSetHeader } from "mysql2/promise";
import { addressOf } from "./address.ts";

/** Values for `?` placeholders. */
export type Value = string | number | bigint | Buffer | null;
export type Row = Readonly<Record<string, unknown>>;

/** Statements on one connection. Errors are CodedErrors without the server's text, which may hold values. */
export interface Sql {
  rows(sql: string, values?: readonly Value[]): Promise<readonly Row[]>;
  /** Rows that were matched (not only those that changed). */
  run(sql: string, values?: readonly Value[]): Promise<number>;
}

const DUPLICATE = 1062;
const DEADLOCKS = [1213, 1205];
const DEADLOCK_TRIES = 8;

/** Longer than any lock wait of ours. A server or network that hangs longer than this is as good as gone. */
const ANSWER_WITHIN_MS = 25_000;

/**
 * The control database's connections. Sessions are strict, in UTC, at READ COMMITTED (no gap locks). Nothing waits for
 * ever: a statement without an answer in time is given up together with its connection.
 */
export class Database implements Sql, AsyncDisposable {
  readonly #pool: Pool;
  readonly #clock: Clock;
  readonly #answerWithinMs: number;

  constructor(dsn: string, clock: Clock, answerWithinMs = ANSWER_WITHIN_MS) {
    this.#clock = clock;
    this.#answerWithinMs = answerWithinMs;
    this.#pool = createPool({
      ...addressOf(dsn),
      charset: "utf8mb4",
      timezone: "Z",
      dateStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      connectionLimit: 8,
      maxIdle: 8,
      connectTimeout: 10_000,
      enableKeepAlive: true,
      flags: ["-LOCAL_FILES"],
    });
    this.#pool.pool.on("connection", (connection) => {
      connection.query(
        "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'," +
          " innodb_lock_wait_timeout = 10, lock_wait_timeout = 10",
        () => undefined, // a broken connection fails its first statement too
      );
      connection.query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", () => undefined);
    });
  }

  rows(sql: string, values: readonly Value[] = []): Promise<readonly Row[]> {
    return this.#alone((on) => on.rows(sql, values));
  }

  run(sql: string, values: readonly Value[] = []): Promise<number> {
    return this.#alone((on) => on.run(sql, values));
  }

  /** Runs `work` in a transaction, again from its start when the server chose it as a deadlock's victim. */
  async together<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(work);
      } catch (error) {
        if (attempt === DEADLOCK_TRIES || !DEADLOCKS.includes(errnoOf(error) ?? 0)) throw error;
        await this.#clock.sleep(5 * attempt * attempt, AbortSignal.timeout(60_000));
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Ends politely; what hangs is left to the end of the process.
    await this.#inTime(this.#pool.end()).catch(() => undefined);
  }

  async #alone<Result>(work: (on: Sql) => Promise<Result>): Promise<Result> {
    const connection = await this.#connection();
    try {
      return await work(this.#statementsOn(connection));
    } finally {
      // One that was given up is out of the pool already.
      connection.release();
    }
  }

  async #once<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    const connection = await this.#connection();
    const on = this.#statementsOn(connection);
    try {
      await on.run("START TRANSACTION");
      const result = await work(on);
      await on.run("COMMIT");
      connection.release();
      return result;
    } catch (error) {
      // A failed transaction's connection is used again only when its rollback was answered.
      await on.run("ROLLBACK").then(
        () => connection.release(),
        () => discard(connection),
      );
      throw error;
    }
  }

  async #connection(): Promise<PoolConnection> {
    const asked = this.#pool.getConnection();
    try {
      return await this.#inTime(asked);
    } catch (error) {
      // One that comes after all is for the others.
      asked.then(
        (connection) => connection.release(),
        () => undefined,
      );
      throw coded(error);
    }
  }

  #statementsOn(connection: PoolConnection): Sql {
    const ask = async <Result>(asked: Promise<[Result, unknown]>): Promise<Result> => {
      try {
        const [result] = await this.#inTime(asked);
        return result;
      } catch (error) {
        if (error instanceof CodedError) discard(connection);
        throw coded(error);
      }
    };
    return {
      rows: (sql, values = []) => ask(connection.query<RowDataPacket[]>(sql, [...values])),
      run: async (sql, values = []) => (await ask(connection.query<ResultSetHeader>(sql, [...values]))).affectedRows,
    };
  }

  /** @throws CodedError `store/unreachable` when there is no answer in time */
  async #inTime<Answer>(asked: Promise<Answer>): Promise<Answer> {
    const answered = new AbortController();
    const late = this.#clock.sleep(this.#answerWithinMs, answered.signal).then(() => {
      throw new CodedError("store/unreachable", `No answer in ${this.#answerWithinMs} ms`, { next: "retry" });
    });
    late.catch(() => undefined);
    asked.catch(() => undefined);
    try {
      return await Promise.race([asked, late]);
    } finally {
      answered.abort();
    }
  }
}

/** Closes at once: mysql2's own `destroy` waits for a server that may be gone. */
function discard(connection: PoolConnection): void {
  connection.on("error", () => undefined); // a late error of a connection nobody wants any more
  connection.destroy();
  // mysql2 has the socket public, its types do not.
  (connection as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy();
}

export function isDuplicate(error: unknown): boolean {
  return errnoOf(error) === DUPLICATE;
}

function errnoOf(error: unknown): number | undefined {
  if (!(error instanceof CodedError)) return undefined;
  const { errno } = error.details;
  return typeof errno === "number" ? errno : undefined;
}

/** Server's number and symbol only: its text may hold values. All may work at the next try, but for bad statements. */
function coded(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const { errno, code } = error as { readonly errno?: number; readonly code?: string };
  if (typeof errno === "number" && errno > 0) {
    return new CodedError("store/sql", `The control database refused a statement: ${code ?? "error"} (${errno})`, {
      details: { errno },
      next: "retry",
    });
  }
  return new CodedError("store/unreachable", `The control database does not answer: ${code ?? "no reason given"}`, {
    hint: "Check SLUICE_DATABASE and that the server runs.",
    next: "retry",
  });
}

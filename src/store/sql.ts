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

/** The control database's connections. Sessions are strict, in UTC, at READ COMMITTED (no gap locks). */
export class Database implements Sql, AsyncDisposable {
  readonly #pool: Pool;
  readonly #clock: Clock;

  constructor(dsn: string, clock: Clock) {
    this.#clock = clock;
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
          " innodb_lock_wait_timeout = 10",
        () => undefined, // a broken connection fails its first statement too
      );
      connection.query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", () => undefined);
    });
  }

  rows(sql: string, values: readonly Value[] = []): Promise<readonly Row[]> {
    return rowsOn(this.#pool, sql, values);
  }

  run(sql: string, values: readonly Value[] = []): Promise<number> {
    return runOn(this.#pool, sql, values);
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
    await this.#pool.end();
  }

  async #once<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    const connection = await this.#pool.getConnection().catch((error: unknown) => {
      throw coded(error);
    });
    try {
      await runOn(connection, "START TRANSACTION", []);
      const result = await work({
        rows: (sql, values = []) => rowsOn(connection, sql, values),
        run: (sql, values = []) => runOn(connection, sql, values),
      });
      await runOn(connection, "COMMIT", []);
      connection.release();
      return result;
    } catch (error) {
      await giveBack(connection);
      throw error;
    }
  }
}

/** A failed transaction's connection is used again only when its rollback was answered. */
async function giveBack(connection: PoolConnection): Promise<void> {
  try {
    await connection.query("ROLLBACK");
    connection.release();
  } catch {
    connection.destroy();
  }
}

export function isDuplicate(error: unknown): boolean {
  return errnoOf(error) === DUPLICATE;
}

async function rowsOn(on: Pool | PoolConnection, sql: string, values: readonly Value[]): Promise<readonly Row[]> {
  try {
    const [rows] = await on.query<RowDataPacket[]>(sql, [...values]);
    return rows;
  } catch (error) {
    throw coded(error);
  }
}

async function runOn(on: Pool | PoolConnection, sql: string, values: readonly Value[]): Promise<number> {
  try {
    const [result] = await on.query<ResultSetHeader>(sql, [...values]);
    return result.affectedRows;
  } catch (error) {
    throw coded(error);
  }
}

function errnoOf(error: unknown): number | undefined {
  if (!(error instanceof CodedError)) return undefined;
  const { errno } = error.details;
  return typeof errno === "number" ? errno : undefined;
}

/** Server's number and symbol only: its text may hold values. All may work at the next try, but for bad statements. */
function coded(error: unknown): CodedError {
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

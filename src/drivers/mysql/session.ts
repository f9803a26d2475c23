import type { Connection, QueryResult, ResultSetHeader } from "mysql2";
import type { Row, Session, SqlValue } from "#engine";
import { CodedError, type Clock } from "#kernel";
import { connect, hardClose } from "./connect.ts";
import { type Dsn, serverName } from "./dsn.ts";
import { killOnServer } from "./kill.ts";
import { connectionLost, type DriverError, errnoOf, statementError } from "./sql-error.ts";

/** NO_ZERO_DATE and NO_ZERO_IN_DATE stay out: rows that hold zero dates must be copied as they are. */
export const STRICT_SQL_MODE = "STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO";

/** How long a killed statement may take to give up before the connection is dropped instead. */
const KILL_ANSWER_WITHIN_MS = 5_000;

const QUIT_WITHIN_MS = 1_000;

const ER_QUERY_INTERRUPTED = 1317;

export interface SessionOptions {
  readonly dsn: Dsn;
  readonly database: string;
  readonly clock: Clock;
  /** More `SET SESSION` assignments, after ours. */
  readonly settings?: readonly string[];
  /** See `statementError`. */
  readonly keepMessages?: boolean;
}

/**
 * A session with every setting explicit, whatever the server's defaults: READ COMMITTED, UTC, strict, utf8mb4.
 * Statements of one session run one after another, in the order asked.
 *
 * @throws CodedError `drivers/cannot-connect`, `drivers/sql`
 */
export async function openSession(options: SessionOptions, signal: AbortSignal): Promise<Session> {
  const connection = await connect(options.dsn, options.database, signal);
  const session = new MysqlSession(connection, options);
  try {
    await session.execute("SET NAMES utf8mb4", undefined, signal);
    await session.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", undefined, signal);
    await session.execute(
      `SET SESSION ${[...STANDING_SETTINGS, ...(options.settings ?? [])].join(", ")}`,
      undefined,
      signal,
    );
    return session;
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

const STANDING_SETTINGS = [
  "time_zone = '+00:00'",
  `sql_mode = '${STRICT_SQL_MODE}'`,
  "autocommit = 1",
  "wait_timeout = 86400",
  "interactive_timeout = 86400",
  "net_read_timeout = 600",
  "net_write_timeout = 600",
  // The server's default is a year.
  "lock_wait_timeout = 30",
  "sql_safe_updates = 0",
  "sql_quote_show_create = 1",
  "foreign_key_checks = 1",
  "unique_checks = 1",
];

/** `rows` is absent when the statement gives none, which is not the same as an empty result. */
type Answer = { readonly rows?: readonly Row[]; readonly affectedRows: number; readonly warnings: number };

class MysqlSession implements Session {
  readonly connectionId: number;
  readonly #connection: Connection;
  readonly #options: SessionOptions;
  readonly #server: string;
  /** Ends when the statement before has ended, however it ended. */
  #tail: Promise<unknown> = Promise.resolve();
  #lost = false;
  /** Rejects the statement under way; mysql2 forgets its callback when we drop the connection. */
  #giveUp: ((error: CodedError) => void) | undefined;

  constructor(connection: Connection, options: SessionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#server = serverName(options.dsn);
    this.connectionId = connection.threadId ?? 0;
    // A statement under way gets its own rejection; this is for the idle connection.
    connection.on("error", () => this.#drop());
  }

  async query(sql: string, values?: readonly SqlValue[], signal?: AbortSignal): Promise<readonly Row[]> {
    return (await this.#inTurn(sql, values, signal)).rows ?? [];
  }

  async execute(
    sql: string,
    values?: readonly SqlValue[],
    signal?: AbortSignal,
  ): Promise<{ readonly affectedRows: number; readonly warnings: number }> {
    const { affectedRows, warnings } = await this.#inTurn(sql, values, signal);
    return { affectedRows, warnings };
  }

  /** On return the server has ended the session, if it can be reached: its locks are free, its transaction is undone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#lost) return;
    this.#lost = true;
    if (this.#giveUp === undefined) await this.#quit();
    else await this.#killConnection();
    this.#drop();
  }

  async #quit(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#connection.end(() => resolve());
    });
    const late = new AbortController();
    await Promise.race([ended, this.#options.clock.sleep(QUIT_WITHIN_MS, late.signal).catch(() => undefined)]);
    late.abort();
  }

  /** A statement under way would go on, and perhaps commit, after we are gone. */
  async #killConnection(): Promise<void> {
    try {
      await killOnServer(
        this.#options.dsn,
        this.connectionId,
        "connection",
        AbortSignal.timeout(KILL_ANSWER_WITHIN_MS),
      );
    } catch {
      // The server cannot be reached: it ends the session itself when it finds the connection closed.
    }
  }

  #drop(): void {
    this.#lost = true;
    hardClose(this.#connection);
    this.#giveUp?.(connectionLost(this.#server));
  }

  #inTurn(sql: string, values: readonly SqlValue[] | undefined, signal: AbortSignal | undefined): Promise<Answer> {
    const turn = this.#tail.then(() => this.#run(sql, values, signal));
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  async #run(sql: string, values: readonly SqlValue[] | undefined, signal: AbortSignal | undefined): Promise<Answer> {
    signal?.throwIfAborted();
    if (this.#lost) throw connectionLost(this.#server);
    const answered = this.#send(sql, values);
    if (signal === undefined) return answered;
    return this.#untilAborted(answered, signal);
  }

  #send(sql: string, values: readonly SqlValue[] | undefined): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const done = (error: DriverError | null, result?: QueryResult): void => {
        this.#giveUp = undefined;
        if (error === null || error === undefined) return resolve(answerFrom(result));
        const coded = statementError(error, this.#server, this.#options.keepMessages === true);
        reject(coded);
        if (isLost(coded)) this.#drop();
      };
      this.#giveUp = reject;
      if (values === undefined) this.#connection.query(sql, done);
      else this.#connection.query(sql, values as unknown[], done);
    });
  }

  /**
   * The server's own answer counts even when it comes after the abort: a COMMIT or LOCK TABLES that succeeded is
   * reported as done, never as given up. Rows are the exception: a killed SELECT can "succeed" with wrong ones.
   */
  async #untilAborted(answered: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
    let killing: Promise<void> | undefined;
    const stop = (): void => {
      killing = this.#killQuery(answered);
    };
    signal.addEventListener("abort", stop, { once: true });
    try {
      const answer = await answered;
      if (signal.aborted && answer.rows !== undefined) throw signal.reason as Error;
      return answer;
    } catch (error) {
      if (!signal.aborted) throw error;
      if (errnoOf(error) === ER_QUERY_INTERRUPTED || isLost(error)) throw signal.reason as Error;
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
      // The kill must have been answered before the next statement starts, or it would hit that one.
      await killing;
    }
  }

  async #killQuery(answered: Promise<Answer>): Promise<void> {
    const { clock, dsn } = this.#options;
    const late = new AbortController();
    const overdue = clock.sleep(KILL_ANSWER_WITHIN_MS, late.signal).then(
      () => this.#drop(),
      () => undefined,
    );
    try {
      await killOnServer(
        dsn,
        this.connectionId,
        "query",
        AbortSignal.any([late.signal, AbortSignal.timeout(KILL_ANSWER_WITHIN_MS)]),
      );
      await Promise.race([answered.catch(() => undefined), overdue]);
    } catch {
      this.#drop();
    } finally {
      late.abort();
    }
  }
}

function isLost(error: unknown): boolean {
  return error instanceof CodedError && error.code === "drivers/connection-lost";
}

function answerFrom(result: QueryResult | undefined): Answer {
  if (Array.isArray(result)) return { rows: result as unknown as readonly Row[], affectedRows: 0, warnings: 0 };
  const header = result as ResultSetHeader | undefined;
  return { affectedRows: header?.affectedRows ?? 0, warnings: header?.warningStatus ?? 0 };
}

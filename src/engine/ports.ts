import type { LogEvent, LogPosition, WatchedTable } from "#binlog";
import type { Reason, ShardName } from "#kernel";
import type { ServerFacts } from "#schema";

/** A row as read: text protocol, dates and decimals and bigints as strings, JSON as text, binary as Buffer. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * One connection with state of its own (locks, transactions, session variables).
 *
 * Abort of `signal` ends the wait by KILL QUERY from a side connection and rejects; the session stays usable when the
 * kill was answered, otherwise it is destroyed. A connection that is lost rejects with `drivers/connection-lost`: the
 * statement may or may not have taken effect.
 *
 * @throws CodedError `drivers/sql` with `details.errno` (server error number) and `details.sqlState`; never the
 * server's message, which may hold row values.
 */
export interface Session extends AsyncDisposable {
  readonly connectionId: number;
  query(sql: string, values?: readonly SqlValue[], signal?: AbortSignal): Promise<readonly Row[]>;
  /** Returns affected rows (changed or matched per CLIENT_FOUND_ROWS: matched). */
  execute(
    sql: string,
    values?: readonly SqlValue[],
    signal?: AbortSignal,
  ): Promise<{ readonly affectedRows: number; readonly warnings: number }>;
}

/** Values for `?` placeholders (escaped client-side by mysql2) . */
export type SqlValue =
  string | number | bigint | boolean | Buffer | null | readonly SqlValue[] | readonly (readonly SqlValue[])[];

/** One shard as the engine sees it: a server, and a database on it. */
export interface Target {
  readonly shard: ShardName;
  /** The database that holds the tables. */
  readonly database: string;
  /** Same value for two shards on one server: `@@server_uuid`, or host:port:server_id on MariaDB. */
  serverId(signal: AbortSignal): Promise<string>;
  facts(signal: AbortSignal): Promise<ServerFacts>;
  /** A new session: utf8mb4, time_zone +00:00, explicit isolation READ COMMITTED, strict sql_mode, long wait_timeout. */
  open(signal: AbortSignal): Promise<Session>;
  /** From a side connection; false when there is no such connection. */
  kill(connectionId: number, what: "query" | "connection"): Promise<boolean>;
  currentPosition(signal: AbortSignal): Promise<LogPosition>;
  /**
   * Starts reading the binlog from `from` for all tables of this server; the caller narrows with `watch`.
   *
   * @throws CodedError `drivers/log-purged` when the server no longer has that position
   */
  openLog(from: LogPosition, signal: AbortSignal): Promise<LogStream>;
  /** Free bytes where the tables live, when the server tells or the operator said; undefined when unknown. */
  freeDiskBytes(signal: AbortSignal): Promise<number | undefined>;
}

/**
 * An ordered stream of one server's binlog. Ends by `close`, by an error (`drivers/log-lost`, retryable: open again
 * from the last position; `binlog/*`: stop), never silently. Reading pauses while the consumer is busy.
 */
export interface LogStream extends AsyncDisposable {
  events(): AsyncIterable<LogEvent>;
  /** Replaces what is watched; takes effect for events read from now on. */
  watch(tables: readonly WatchedTable[]): void;
}

/** What the engine asks between chunks and flushes. */
export interface Throttle {
  /** Milliseconds to wait now; 0 to go on; and why, for progress. */
  pauseMs(signal: AbortSignal): Promise<{ readonly ms: number; readonly why?: Reason }>;
}

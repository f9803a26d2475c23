/** Where in a server's binlog we are. `gtidSet` is kept when the server has GTIDs; file and offset always. */
export interface LogPosition {
  readonly file: string;
  readonly offset: number;
  readonly gtidSet?: string;
}

/** A table whose changed keys are wanted. Everything else in the stream is skipped at its header. */
export interface WatchedTable {
  readonly schema: string;
  readonly table: string;
  /** The identity key's columns in key order. */
  readonly key: readonly WatchedColumn[];
}

export interface WatchedColumn {
  readonly name: string;
  /** 0-based position in the table, counting every column the binlog counts (invisible and generated ones too). */
  readonly ordinal: number;
  /** information_schema.COLUMNS.DATA_TYPE, lower case, such as `bigint` or `varchar`. */
  readonly dataType: string;
  readonly unsigned: boolean;
  /** Character set of a text column; absent otherwise. */
  readonly charset?: string;
}

/**
 * What the reader hands on. `keys` are comma-joined SQL literals in key order (`42,_utf8mb4 0x616263`), usable as they
 * are inside `(k1,k2) IN ((…),(…))`, for before and after images alike, with repeats left in.
 */
export type LogEvent =
  | { readonly type: "rows"; readonly schema: string; readonly table: string; readonly keys: readonly string[] }
  /** End of a transaction: everything before it in the stream belongs to it or to earlier ones. */
  | { readonly type: "transaction-end"; readonly position: LogPosition }
  /** A Query event that is not BEGIN/COMMIT/SAVEPOINT: DDL, TRUNCATE, or DML of a session that logs statements. */
  | { readonly type: "statement"; readonly schema: string; readonly sql: string; readonly position: LogPosition }
  /** Rows seen since the last transaction boundary belong to this prepared XA transaction and are not visible yet. */
  | { readonly type: "xa-prepared"; readonly xid: string; readonly position: LogPosition }
  | { readonly type: "xa-ended"; readonly xid: string; readonly position: LogPosition }
  /** Heartbeat of an idle server. */
  | { readonly type: "idle"; readonly position: LogPosition };

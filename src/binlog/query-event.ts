import { byteAt } from "./bytes.ts";
import { EVENT, HEADER_LENGTH } from "./event-header.ts";

export interface QueryEvent {
  /** Default database of the session, not necessarily that of the tables. */
  readonly schema: string;
  readonly sql: string;
}

const POST_HEADER = 13;
const LOAD_POST_HEADER = 13;
const STATUS_CHARSET = 4;
/** Collations of latin1; all other character sets that clients use are read as UTF-8. */
const LATIN1: ReadonlySet<number> = new Set([5, 8, 15, 31, 47, 48, 49, 94]);
/** Bytes of the status variables that may stand before the character set; a code that is missing here ends the look. */
const STATUS_WIDTH: ReadonlyMap<number, number> = new Map([
  [0, 4],
  [1, 8],
  [3, 4],
]);
const STATUS_CATALOG = 6;

/** QUERY_EVENT, or EXECUTE_LOAD_QUERY_EVENT, which has the file's place in between. */
export function readQueryEvent(event: Buffer, type: number): QueryEvent {
  const schemaLength = event.readUInt8(HEADER_LENGTH + 8);
  const statusLength = event.readUInt16LE(HEADER_LENGTH + 11);
  const statusAt = HEADER_LENGTH + POST_HEADER + (type === EVENT.executeLoadQuery ? LOAD_POST_HEADER : 0);
  const schemaAt = statusAt + statusLength;
  const encoding = isLatin1(event, statusAt, schemaAt) ? "latin1" : "utf8";
  return {
    schema: event.toString("utf8", schemaAt, schemaAt + schemaLength),
    sql: event.toString(encoding, schemaAt + schemaLength + 1),
  };
}

function isLatin1(event: Buffer, from: number, end: number): boolean {
  let at = from;
  while (at < end) {
    const code = byteAt(event, at);
    if (code === STATUS_CHARSET) return LATIN1.has(event.readUInt16LE(at + 1));
    const width = code === STATUS_CATALOG ? 1 + byteAt(event, at + 1) : STATUS_WIDTH.get(code);
    if (width === undefined) return false;
    at += 1 + width;
  }
  return false;
}

export type QueryMeaning =
  | { readonly is: "begin" | "end" | "nothing" | "statement" | "statement-and-begin" }
  | { readonly is: "xa-end"; readonly xid: string };

const XA_END = /^XA (?:COMMIT|ROLLBACK) (X'[^']*',X'[^']*',\d+)$/;

/** What a Query event is for. Those of transactions are written by the server itself, in one exact form each. */
export function meaningOf(sql: string): QueryMeaning {
  if (sql === "BEGIN" || sql.startsWith("XA START ")) return { is: "begin" };
  if (sql === "COMMIT" || sql === "ROLLBACK") return { is: "end" };
  if (/^(?:XA END |SAVEPOINT |ROLLBACK TO |RELEASE SAVEPOINT )/.test(sql)) return { is: "nothing" };
  const xid = XA_END.exec(sql)?.[1];
  if (xid !== undefined) return { is: "xa-end", xid };
  // CREATE TABLE ... SELECT: its rows follow in the same transaction.
  return { is: sql.endsWith(" START TRANSACTION") ? "statement-and-begin" : "statement" };
}

/** The xid of an XA_PREPARE event in the form that XA COMMIT and XA ROLLBACK use. */
export function readXaPrepare(event: Buffer): { readonly onePhase: boolean; readonly xid: string } {
  const at = HEADER_LENGTH + 1;
  const format = event.readUInt32LE(at);
  const global = event.readUInt32LE(at + 4);
  const branch = event.readUInt32LE(at + 8);
  const dataAt = at + 12;
  const hex = event.toString("hex", dataAt, dataAt + global + branch);
  return {
    onePhase: event.readUInt8(HEADER_LENGTH) !== 0,
    xid: `X'${hex.slice(0, global * 2)}',X'${hex.slice(global * 2)}',${format}`,
  };
}

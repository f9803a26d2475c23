import { keyAt, type KeyWalk } from "../copy/key-walk.ts";
import { keyNames, type RowFlow } from "../flow/row-flow.ts";
import type { Session } from "../ports.ts";
import { keyAfter, keyIn, type KeyLiterals, keyUpTo, literalExpression } from "../sql/key-literals.ts";
import { quoted, quotedTable } from "../sql/names.ts";
import type { ColumnShape } from "../sql/table-shape.ts";
import { rowHashes } from "./row-hash.ts";

/** A range without an upper bound ends with the tables. */
export type CheckRange = { readonly after: KeyLiterals | undefined; readonly upTo: KeyLiterals | undefined };

export interface Compared {
  /** Rows of the source in the range. */
  readonly rows: number;
  /** Keys whose rows differ or are missing on one side, as comma-joined literals. */
  readonly differing: readonly string[];
}

/**
 * One snapshot of both tables: they are on one server, so no lock is needed. The session is at REPEATABLE READ.
 */
export async function inSnapshot<Result>(
  session: Session,
  work: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  await session.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", undefined, signal);
  try {
    return await work();
  } finally {
    await session.execute("COMMIT").catch(() => undefined);
  }
}

/**
 * Cuts the next range to be compared; inside the snapshot. The last one, of fewer rows, has no upper bound: rows that
 * are added meanwhile never make a range longer than asked.
 */
export async function nextCheckRange(
  session: Session,
  flow: RowFlow,
  at: { readonly after: KeyLiterals | undefined; readonly rows: number },
  signal: AbortSignal,
): Promise<CheckRange> {
  const walk: KeyWalk = { table: flow.from, index: flow.fromIndex, key: flow.fromKey };
  return { after: at.after, upTo: await keyAt(session, walk, at, signal) };
}

export async function compareRange(
  session: Session,
  flow: RowFlow,
  range: CheckRange,
  signal: AbortSignal,
): Promise<Compared> {
  const hashes = rowHashes(flow);
  const from = side(flow, "from", where(keyNames(flow.fromKey), range), hashes.from);
  const to = side(flow, "to", where(keyNames(flow.toKey), range), hashes.to);
  const [left, right] = [await sum(session, from, signal), await sum(session, to, signal)];
  if (left.rows === right.rows && left.sum === right.sum) return { rows: left.rows, differing: [] };
  return { rows: left.rows, differing: await differences(session, from, to, signal) };
}

/** Which of `keys` differ, inside the snapshot. */
export async function compareKeys(
  session: Session,
  flow: RowFlow,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const hashes = rowHashes(flow);
  const from = side(flow, "from", keyIn(keyNames(flow.fromKey), keys), hashes.from);
  const to = side(flow, "to", keyIn(keyNames(flow.toKey), keys), hashes.to);
  return differences(session, from, to, signal);
}

interface Side {
  readonly table: string;
  readonly where: string;
  readonly key: string;
  readonly hash: string;
}

function side(flow: RowFlow, which: "from" | "to", condition: string, hash: string): Side {
  const [table, index, key] =
    which === "from" ? [flow.from, flow.fromIndex, flow.fromKey] : [flow.to, flow.toIndex, flow.toKey];
  return {
    table: `${quotedTable(table)} FORCE INDEX (${quoted(index)})`,
    where: condition,
    key: keyText(key),
    hash,
  };
}

function keyText(key: readonly ColumnShape[]): string {
  return `CONCAT_WS(',', ${key.map((column) => literalExpression(column)).join(", ")})`;
}

function where(names: readonly string[], range: CheckRange): string {
  const conditions = [
    ...(range.after === undefined ? [] : [keyAfter(names, range.after)]),
    ...(range.upTo === undefined ? [] : [keyUpTo(names, range.upTo)]),
  ];
  return conditions.length === 0 ? "TRUE" : conditions.join(" AND ");
}

async function sum(session: Session, one: Side, signal: AbortSignal): Promise<{ rows: number; sum: string }> {
  const sql =
    `SELECT COUNT(*) AS row_count, BIT_XOR(CAST(CONV(LEFT(h, 16), 16, 10) AS UNSIGNED)) AS row_sum` +
    ` FROM (SELECT ${one.hash} AS h FROM ${one.table} WHERE ${one.where}) AS d`;
  const [row] = await session.query(sql, undefined, signal);
  return { rows: Number(row?.["row_count"]), sum: String(row?.["row_sum"]) };
}

async function differences(session: Session, from: Side, to: Side, signal: AbortSignal): Promise<readonly string[]> {
  const left = await rowsOf(session, from, signal);
  const right = await rowsOf(session, to, signal);
  const keys = new Set<string>();
  for (const [key, hash] of left) if (right.get(key) !== hash) keys.add(key);
  for (const key of right.keys()) if (!left.has(key)) keys.add(key);
  return [...keys];
}

async function rowsOf(session: Session, one: Side, signal: AbortSignal): Promise<Map<string, string>> {
  const rows = await session.query(
    `SELECT ${one.key} AS row_key, ${one.hash} AS row_hash FROM ${one.table} WHERE ${one.where}`,
    undefined,
    signal,
  );
  return new Map(rows.map((row) => [String(row["row_key"]), String(row["row_hash"])]));
}

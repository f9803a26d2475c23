import type { Session } from "../ports.ts";
import { keyAfter, type KeyLiterals, keyUpTo, literalExpression } from "../sql/key-literals.ts";
import { quoted, quotedList, quotedTable, type TableRef } from "../sql/names.ts";
import type { ColumnShape } from "../sql/table-shape.ts";

/** Keys after `after` (all keys when undefined) up to and including `upTo`. */
export interface KeyRange {
  readonly after: KeyLiterals | undefined;
  readonly upTo: KeyLiterals;
}

/** A walk along a unique key, in the order of its index. */
export interface KeyWalk {
  readonly table: TableRef;
  readonly index: string;
  readonly key: readonly ColumnShape[];
}

/** The greatest key; undefined when the table is empty. */
export async function lastKey(session: Session, walk: KeyWalk, signal: AbortSignal): Promise<KeyLiterals | undefined> {
  const order = walk.key.map((column) => `${quoted(column.name)} DESC`).join(", ");
  return one(session, `${head(walk)} ORDER BY ${order} LIMIT 1`, walk, signal);
}

/** The next `rows` keys after `after`, ending at `end` at the latest. */
export async function nextRange(
  session: Session,
  walk: KeyWalk,
  range: { readonly after: KeyLiterals | undefined; readonly end: KeyLiterals; readonly rows: number },
  signal: AbortSignal,
): Promise<KeyRange> {
  const { after, end, rows } = range;
  const names = walk.key.map((column) => column.name);
  const where = rangeCondition(names, { after, upTo: end });
  const found = await one(
    session,
    `${head(walk)} WHERE ${where} ORDER BY ${quotedList(names)} LIMIT 1 OFFSET ${Math.max(0, rows - 1)}`,
    walk,
    signal,
  );
  return { after, upTo: found ?? end };
}

/** The key that ends the next `rows` rows after `after`; undefined when there are fewer. */
export async function keyAt(
  session: Session,
  walk: KeyWalk,
  place: { readonly after: KeyLiterals | undefined; readonly rows: number },
  signal: AbortSignal,
): Promise<KeyLiterals | undefined> {
  const names = walk.key.map((column) => column.name);
  const where = place.after === undefined ? "" : ` WHERE ${keyAfter(names, place.after)}`;
  const order = `ORDER BY ${quotedList(names)} LIMIT 1 OFFSET ${Math.max(0, place.rows - 1)}`;
  return one(session, `${head(walk)}${where} ${order}`, walk, signal);
}

export function rangeCondition(names: readonly string[], range: KeyRange, prefix = ""): string {
  const end = keyUpTo(names, range.upTo, prefix);
  return range.after === undefined ? end : `${keyAfter(names, range.after, prefix)} AND ${end}`;
}

export function sameLiterals(a: KeyLiterals, b: KeyLiterals): boolean {
  return a.length === b.length && a.every((literal, i) => literal === b[i]);
}

function head(walk: KeyWalk): string {
  const literals = walk.key.map((column, i) => `${literalExpression(column)} AS k${i}`).join(", ");
  return `SELECT ${literals} FROM ${quotedTable(walk.table)} FORCE INDEX (${quoted(walk.index)})`;
}

async function one(
  session: Session,
  sql: string,
  walk: KeyWalk,
  signal: AbortSignal,
): Promise<KeyLiterals | undefined> {
  const [row] = await session.query(sql, undefined, signal);
  return row === undefined ? undefined : walk.key.map((_, i) => String(row[`k${i}`]));
}

import { CodedError } from "#kernel";
import { quoted, quotedList } from "./names.ts";
import type { ColumnShape } from "./table-shape.ts";

/** One key: an SQL literal per key column, exact for every type and collation because the server wrote it. */
export type KeyLiterals = readonly string[];

const NUMBERS = new Set(["tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "year"]);
const BY_NUMBER = new Set(["enum", "set", "bit"]);
const BYTES = new Set(["binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"]);
const TEMPORAL = new Set(["date", "datetime", "timestamp", "time"]);

/** Whether a column of this type can be part of an identity key. */
export function canBeKey(column: ColumnShape): boolean {
  const { dataType } = column;
  return (
    NUMBERS.has(dataType) ||
    BY_NUMBER.has(dataType) ||
    BYTES.has(dataType) ||
    TEMPORAL.has(dataType) ||
    column.charset !== undefined
  );
}

/**
 * An expression that yields the SQL literal of the column's value, as text. Enum, set and bit go by their number, which
 * is also how their index is ordered. The log stream spells its keys in the same way (`#binlog`, key-literal.ts), so
 * that a key that comes from both is one key.
 */
export function literalExpression(column: ColumnShape, prefix = ""): string {
  const name = prefix + quoted(column.name);
  const { dataType, charset } = column;
  if (NUMBERS.has(dataType)) return `CAST(${name} AS CHAR)`;
  if (BY_NUMBER.has(dataType)) return `CAST(${name} + 0 AS CHAR)`;
  if (TEMPORAL.has(dataType)) return `CONCAT('''', ${name}, '''')`;
  if (BYTES.has(dataType)) return `CONCAT('x''', LOWER(HEX(${name})), '''')`;
  if (charset !== undefined) {
    return `IF(LENGTH(${name}) = 0, '_${charset} ''''', CONCAT('_${charset} 0x', LOWER(HEX(${name}))))`;
  }
  throw new CodedError("engine/no-shared-key", `A column of type ${dataType} cannot identify rows`);
}

/** `(a > x OR (a = x AND (b > y ...)))`: a row comparison the optimizer can use an index for. */
export function keyAfter(columns: readonly string[], literals: KeyLiterals, prefix = ""): string {
  return compare(columns, literals, prefix, ">", ">");
}

/** Up to and including. */
export function keyUpTo(columns: readonly string[], literals: KeyLiterals, prefix = ""): string {
  return compare(columns, literals, prefix, "<", "<=");
}

function compare(
  columns: readonly string[],
  literals: KeyLiterals,
  prefix: string,
  strict: "<" | ">",
  last: ">" | "<=",
): string {
  const name = prefix + quoted(columns[0] ?? "");
  const literal = literals[0] ?? "NULL";
  if (columns.length <= 1) return `${name} ${last} ${literal}`;
  const rest = compare(columns.slice(1), literals.slice(1), prefix, strict, last);
  // The first half is implied by the second; it gives the optimizer a plain range on the leading column.
  return `(${name} ${strict}= ${literal} AND (${name} ${strict} ${literal} OR (${name} = ${literal} AND ${rest})))`;
}

/** `k IN (...)` over keys as the log stream writes them: the literals of one key joined by commas. */
export function keyIn(columns: readonly string[], keys: readonly string[]): string {
  if (columns.length === 1) return `${quoted(columns[0] ?? "")} IN (${keys.join(",")})`;
  return `(${quotedList(columns)}) IN (${keys.map((key) => `(${key})`).join(",")})`;
}

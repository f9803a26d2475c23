import type { FlowColumn, RowFlow } from "../flow/row-flow.ts";
import { quoted } from "../sql/names.ts";
import type { ColumnShape } from "../sql/table-shape.ts";

const INTEGERS = new Set(["tinyint", "smallint", "mediumint", "int", "bigint", "year"]);
const REALS = new Set(["float", "double"]);
const LONG = new Set([
  "tinytext",
  "text",
  "mediumtext",
  "longtext",
  "tinyblob",
  "blob",
  "mediumblob",
  "longblob",
  "json",
]);

/**
 * Expressions over a source row and over a shadow row that are equal exactly when the shadow row is the source row in
 * the new definition. The source's values are cast to the target's types, as the copy's INSERT does.
 */
export function rowHashes(flow: RowFlow): { readonly from: string; readonly to: string } {
  const pairs = flow.columns.map(comparable);
  return { from: hash(pairs.map((pair) => pair.from)), to: hash(pairs.map((pair) => pair.to)) };
}

/** Each value with its length before it, so that no two rows give the same text; SHA2 since MySQL 9.7 has no MD5. */
function hash(values: readonly string[]): string {
  const parts = values.map((value) => `COALESCE(CONCAT(LENGTH(${value}), ':', ${value}), 'N')`);
  return `SHA2(CONCAT(${parts.join(", ")}), 256)`;
}

interface Comparable {
  readonly from: string;
  readonly to: string;
}

function comparable({ from, to }: FlowColumn): Comparable {
  const left = quoted(from.name);
  const right = quoted(to.name);
  if (from.columnType === to.columnType && from.charset === to.charset) {
    return { from: bytes(plain(from, left), from), to: bytes(plain(to, right), to) };
  }
  return { from: bytes(cast(left, from, to), to), to: bytes(asStored(right, to), to) };
}

/** A value of a type that both sides share. */
function plain(column: ColumnShape, value: string): string {
  if (REALS.has(column.dataType)) return `(${value} + 0e0)`;
  if (column.dataType === "bit") return `(${value} + 0)`;
  return isSpecial(column) ? `HEX(${value})` : value;
}

/** Geometry, vector and whatever comes: their bytes. */
function isSpecial(column: ColumnShape): boolean {
  return /^(?:geometry|point|linestring|polygon|multi\w+|geom\w*collection|vector)$/.test(column.dataType);
}

/** What the server makes of a source value when it is inserted into a column of the target's type. */
function cast(value: string, from: ColumnShape, to: ColumnShape): string {
  const { dataType } = to;
  if (INTEGERS.has(dataType)) {
    if (from.dataType === "enum" || from.dataType === "set" || from.dataType === "bit") return `(${value} + 0)`;
    return `CAST(${value} AS ${to.unsigned ? "UNSIGNED" : "SIGNED"})`;
  }
  if (dataType === "decimal") return `CAST(${value} AS DECIMAL(${to.precision ?? 10},${to.scale ?? 0}))`;
  if (dataType === "float") return `(CAST(${value} AS FLOAT) + 0e0)`;
  if (dataType === "double") return `(${value} + 0e0)`;
  if (dataType === "bit") return `(${value} + 0)`;
  if (dataType === "date") return `CAST(${value} AS DATE)`;
  if (dataType === "time") return `CAST(${value} AS TIME(${to.fraction ?? 0}))`;
  if (dataType === "datetime" || dataType === "timestamp") return `CAST(${value} AS DATETIME(${to.fraction ?? 0}))`;
  if (dataType === "json") return `CAST(${value} AS JSON)`;
  if (dataType === "binary") return `RPAD(CONVERT(${value} USING binary), ${lengthOf(to)}, x'00')`;
  if (to.charset !== undefined) return trimmed(asText(value, from, to.charset), to);
  return isSpecial(to) ? `HEX(${value})` : `CONVERT(${value} USING binary)`;
}

function asText(value: string, from: ColumnShape, charset: string): string {
  const isText = from.charset !== undefined || /binary|blob/.test(from.dataType);
  return isText ? `CONVERT(${value} USING ${charset})` : `CONVERT(CAST(${value} AS CHAR) USING ${charset})`;
}

function asStored(value: string, to: ColumnShape): string {
  return trimmed(plain(to, value), to);
}

/** CHAR loses trailing spaces when it is read. */
function trimmed(value: string, to: ColumnShape): string {
  return to.dataType === "char" ? `TRIM(TRAILING ' ' FROM ${value})` : value;
}

/** As bytes, so that no collation or character set takes part; long values by their own hash (max_allowed_packet). */
function bytes(value: string, column: ColumnShape): string {
  const raw = `CONVERT(${value} USING binary)`;
  return LONG.has(column.dataType) || isSpecial(column) ? `SHA2(${raw}, 256)` : raw;
}

function lengthOf(column: ColumnShape): number {
  return Number(/\((\d+)\)/.exec(column.columnType)?.[1] ?? 1);
}

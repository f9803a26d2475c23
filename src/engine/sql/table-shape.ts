import { CodedError } from "#kernel";
import { cellText } from "./cell.ts";
import { quotedTable, type TableRef } from "./names.ts";
import type { Queries } from "./steady-session.ts";

/** A column as information_schema describes it. */
export interface ColumnShape {
  readonly name: string;
  /** 0-based, counting every column. */
  readonly ordinal: number;
  /** Lower case, such as `bigint`. */
  readonly dataType: string;
  /** Lower case, such as `bigint unsigned` or `enum('a','b')`. */
  readonly columnType: string;
  readonly unsigned: boolean;
  readonly charset: string | undefined;
  readonly collation: string | undefined;
  readonly nullable: boolean;
  readonly generated: boolean;
  readonly autoIncrement: boolean;
  /** Whether INSERT may leave it out. */
  readonly optional: boolean;
  readonly precision: number | undefined;
  readonly scale: number | undefined;
  /** Fraction digits of a temporal type. */
  readonly fraction: number | undefined;
}

interface UniqueKey {
  readonly name: string;
  /** Undefined for a functional part. */
  readonly columns: readonly (string | undefined)[];
}

export interface TableShape {
  readonly columns: readonly ColumnShape[];
  readonly uniqueKeys: readonly UniqueKey[];
}

/** @throws CodedError `engine/no-such-table` */
export async function readShape(session: Queries, table: TableRef, signal: AbortSignal): Promise<TableShape> {
  const columns = await session.query(COLUMNS, [table.database, table.table], signal);
  if (columns.length === 0) throw new CodedError("engine/no-such-table", `There is no table ${quotedTable(table)}`);
  const parts = await session.query(UNIQUE_KEYS, [table.database, table.table], signal);
  const keys = new Map<string, (string | undefined)[]>();
  for (const part of parts) {
    const name = String(part["key_name"]);
    keys.set(name, [...(keys.get(name) ?? []), cellText(part["column_name"])]);
  }
  return {
    columns: columns.map(columnFrom),
    uniqueKeys: [...keys].map(([name, parts_]) => ({ name, columns: parts_ })),
  };
}

export function columnNamed(shape: TableShape, name: string): ColumnShape {
  const column = shape.columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (column === undefined) throw new CodedError("engine/no-such-column", `There is no column \`${name}\``);
  return column;
}

const COLUMNS = `SELECT COLUMN_NAME AS name, ORDINAL_POSITION AS position, LOWER(DATA_TYPE) AS data_type,
 LOWER(CAST(COLUMN_TYPE AS CHAR)) AS column_type, CHARACTER_SET_NAME AS charset_name, COLLATION_NAME AS collation_name,
 IS_NULLABLE AS nullable, COLUMN_DEFAULT IS NOT NULL AS has_default, EXTRA AS extra,
 NUMERIC_PRECISION AS num_precision, NUMERIC_SCALE AS num_scale, DATETIME_PRECISION AS fraction
 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`;

const UNIQUE_KEYS = `SELECT INDEX_NAME AS key_name, COLUMN_NAME AS column_name FROM information_schema.STATISTICS
 WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NON_UNIQUE = 0 ORDER BY INDEX_NAME, SEQ_IN_INDEX`;

function columnFrom(row: Readonly<Record<string, unknown>>): ColumnShape {
  const extra = String(row["extra"]).toLowerCase();
  const columnType = String(row["column_type"]);
  const nullable = row["nullable"] === "YES";
  // "DEFAULT_GENERATED" is an expression default, not a generated column.
  const generated = /\b(virtual|stored) generated\b/.test(extra);
  const autoIncrement = extra.includes("auto_increment");
  const hasDefault = Number(row["has_default"]) === 1 || extra.includes("default_generated");
  return {
    name: String(row["name"]),
    ordinal: Number(row["position"]) - 1,
    dataType: String(row["data_type"]),
    columnType,
    unsigned: /\bunsigned\b/.test(columnType.replaceAll(/'(?:[^']|'')*'/g, "")),
    charset: cellText(row["charset_name"]),
    collation: cellText(row["collation_name"]),
    nullable,
    generated,
    autoIncrement,
    optional: nullable || generated || autoIncrement || hasDefault,
    precision: numberOf(row["num_precision"]),
    scale: numberOf(row["num_scale"]),
    fraction: numberOf(row["fraction"]),
  };
}

function numberOf(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}

import type { ColumnShape } from "../sql/table-shape.ts";

const ZERO = new Set([
  "tinyint",
  "smallint",
  "mediumint",
  "int",
  "bigint",
  "decimal",
  "float",
  "double",
  "bit",
  "year",
]);
const EMPTY = new Set([
  "char",
  "varchar",
  "tinytext",
  "text",
  "mediumtext",
  "longtext",
  "binary",
  "varbinary",
  "tinyblob",
  "blob",
  "mediumblob",
  "longblob",
  "set",
]);

/**
 * What ALTER TABLE gives existing rows in an added NOT NULL column without a default. Undefined where it refuses too
 * (dates under NO_ZERO_DATE, JSON, geometry).
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html
 */
export function implicitDefault(column: ColumnShape): string | undefined {
  if (ZERO.has(column.dataType)) return "0";
  if (EMPTY.has(column.dataType)) return "''";
  // The first member of an enum.
  if (column.dataType === "enum") return "1";
  if (column.dataType === "time") return "'00:00:00'";
  return undefined;
}

import type { Column, ColumnType } from "../model.ts";
import { quoteName } from "../text/quote.ts";

/** The column as the server prints it, name included; also valid behind ADD COLUMN and MODIFY COLUMN. */
export function printColumn(column: Column): string {
  return [quoteName(column.name), printType(column.type), ...attributes(column)].join(" ");
}

export function printType(type: ColumnType): string {
  const args = type.args === undefined ? "" : `(${type.args.join(",")})`;
  return `${type.name}${args}${type.unsigned ? " unsigned" : ""}${type.zerofill ? " zerofill" : ""}`;
}

function* attributes(column: Column): Generator<string> {
  if (column.charset !== undefined) yield `CHARACTER SET ${column.charset}`;
  if (column.collation !== undefined) yield `COLLATE ${column.collation}`;
  if (column.generated !== undefined)
    yield `GENERATED ALWAYS AS ${column.generated.expression} ${column.generated.kind}`;
  if (column.nullability !== "unstated") yield column.nullability === "null" ? "NULL" : "NOT NULL";
  if (column.srid !== undefined) yield `/*!80003 SRID ${column.srid} */`;
  if (column.storage !== undefined) yield `/*!50606 STORAGE ${column.storage} */`;
  if (column.format !== undefined) yield `/*!50606 COLUMN_FORMAT ${column.format} */`;
  if (column.default !== undefined) yield `DEFAULT ${column.default.kind === "null" ? "NULL" : column.default.text}`;
  if (column.onUpdate !== undefined) yield `ON UPDATE ${column.onUpdate}`;
  if (column.autoIncrement) yield "AUTO_INCREMENT";
  if (column.invisible) yield "/*!80023 INVISIBLE */";
  if (column.engineAttribute !== undefined) yield `/*!80021 ENGINE_ATTRIBUTE ${column.engineAttribute} */`;
  if (column.secondaryEngineAttribute !== undefined) {
    yield `/*!80021 SECONDARY_ENGINE_ATTRIBUTE ${column.secondaryEngineAttribute} */`;
  }
  if (column.comment !== undefined) yield `COMMENT ${column.comment}`;
}

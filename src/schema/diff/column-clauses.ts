import { charsetOf, tableCharset } from "../charset.ts";
import type { Column, Table } from "../model.ts";
import { printColumn } from "../print/print-column.ts";
import { quoteName } from "../text/quote.ts";
import type { ClauseOf } from "./clause.ts";
import { conversionOf } from "./conversion.ts";

/** Where a column goes: behind another one, first, or (undefined) where it stands or at the end. */
export type Position = { readonly after: string } | "first" | undefined;

function printPosition(position: Position): string {
  if (position === undefined) return "";
  return position === "first" ? " FIRST" : ` AFTER ${quoteName(position.after)}`;
}

/** An inherited collation may be printed without its charset; written so, it would count as named. */
function definition(table: Table, column: Column): string {
  const isInherited = column.charset === undefined && column.collation === tableCharset(table).collation;
  if (!isInherited) return printColumn(column);
  const { collation: _inherited, ...rest } = column;
  return printColumn(rest);
}

export function addColumn(table: Table, column: Column, position: Position): ClauseOf<"add-column"> {
  return {
    kind: "add-column",
    column,
    sql: `ADD COLUMN ${definition(table, column)}${printPosition(position)}`,
    inverse: `DROP COLUMN ${quoteName(column.name)}`,
    danger: "none",
    summary: `add column ${definition(table, column)}`,
  };
}

/** @param back where the column stood, for the way back */
export function dropColumn(table: Table, column: Column, back: Position): ClauseOf<"drop-column"> {
  return {
    kind: "drop-column",
    column,
    sql: `DROP COLUMN ${quoteName(column.name)}`,
    inverse: `ADD COLUMN ${definition(table, column)}${printPosition(back)}`,
    // A virtual column's values are computed; nothing is lost with it.
    danger: column.generated?.kind === "VIRTUAL" ? "none" : "loses-values",
    summary: `drop column ${quoteName(column.name)}`,
  };
}

export interface ColumnMove {
  readonly from: Column;
  readonly to: Column;
  readonly fromTable: Table;
  readonly toTable: Table;
  /** Undefined when it keeps its place. */
  readonly position: Position;
  readonly back: Position;
}

export function modifyColumn({ from, to, fromTable, toTable, position, back }: ColumnMove): ClauseOf<"modify-column"> {
  const renamed = from.name !== to.name;
  const verb = (old: Column, table: Table, now: Column): string =>
    renamed
      ? `CHANGE COLUMN ${quoteName(old.name)} ${definition(table, now)}`
      : `MODIFY COLUMN ${definition(table, now)}`;
  return {
    kind: "modify-column",
    from,
    to,
    moved: position !== undefined,
    sql: verb(from, toTable, to) + printPosition(position),
    inverse: verb(to, fromTable, from) + (position === undefined ? "" : printPosition(back)),
    danger: conversionOf(from, to, charsetOf(fromTable, from), charsetOf(toTable, to)).danger,
    summary: summarise(from, to, position, charsetOf(fromTable, from)?.collation !== charsetOf(toTable, to)?.collation),
  };
}

function summarise(from: Column, to: Column, position: Position, recollated: boolean): string {
  const what = from.name === to.name ? "" : `rename column ${quoteName(from.name)} to ${quoteName(to.name)}`;
  const before = printColumn(from).slice(quoteName(from.name).length + 1);
  const after = printColumn(to).slice(quoteName(to.name).length + 1);
  const parts = what === "" ? [] : [what];
  if (before !== after) parts.push(`change column ${quoteName(to.name)} from ${before} to ${after}`);
  else if (recollated) parts.push(`convert column ${quoteName(to.name)} to the table's new charset`);
  if (position !== undefined)
    parts.push(
      `move column ${quoteName(to.name)}${printPosition(position)
        .toLowerCase()
        .replace(/`.*`/, position === "first" ? "" : quoteName(position.after))}`,
    );
  return parts.join("; ");
}

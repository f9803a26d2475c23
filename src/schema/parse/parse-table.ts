import { CodedError, type Reason } from "#kernel";
import type { Check, Column, ForeignKey, Key, Table } from "../model.ts";
import { printTable } from "../print/print-table.ts";
import { Cursor } from "./cursor.ts";
import { parseColumn } from "./parse-column.ts";
import { parseConstraint, parseKey } from "./parse-key.ts";
import { parseOptions } from "./parse-options.ts";

export type ParsedTable =
  | { readonly at: "table"; readonly table: Table }
  /** We can create and drop it, but never say what differs: printing it again would not give the same bytes. */
  | { readonly at: "opaque"; readonly reason: Reason };

/** Reads canonical SHOW CREATE TABLE text of MySQL. The printed result equals the text byte for byte, or it is opaque. */
export function parseTable(sql: string): ParsedTable {
  let table: Table;
  try {
    table = readTable(new Cursor(sql));
  } catch (error) {
    if (error instanceof CodedError && error.code === "schema/unreadable")
      return { at: "opaque", reason: error.toReason() };
    throw error;
  }
  if (printTable(table) === sql) return { at: "table", table };
  const reason: Reason = {
    code: "schema/unreadable",
    message: `The text of ${table.name} does not survive reading and printing`,
  };
  return { at: "opaque", reason };
}

function readTable(cursor: Cursor): Table {
  cursor.expect("CREATE TABLE ");
  const name = cursor.name();
  cursor.expect(" (\n");
  const columns: Column[] = [];
  const keys: Key[] = [];
  const foreignKeys: ForeignKey[] = [];
  const checks: Check[] = [];
  do {
    cursor.expect("  ");
    if (cursor.startsWith("`")) columns.push(parseColumn(cursor));
    else if (cursor.startsWith("CONSTRAINT ")) {
      const constraint = parseConstraint(cursor);
      if ("check" in constraint) checks.push(constraint.check);
      else foreignKeys.push(constraint.foreignKey);
    } else {
      const key = parseKey(cursor);
      if (key === undefined) throw cursor.unexpected("a column, key or constraint");
      keys.push(key);
    }
  } while (cursor.take(",\n"));
  cursor.expect("\n)");
  const options = parseOptions(cursor);
  const partition = cursor.take("\n") ? cursor.rest() : undefined;
  if (partition !== undefined && !/^\/\*!\d{5} PARTITION BY /.test(partition))
    throw cursor.unexpected("a partition clause");
  return { name, columns, keys, foreignKeys, checks, options, ...(partition === undefined ? {} : { partition }) };
}

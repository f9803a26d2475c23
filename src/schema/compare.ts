import type { CanonicalObject, CanonicalSchema } from "./canonical.ts";
import { charsetOf } from "./charset.ts";
import type { Column, Key, Table } from "./model.ts";
import { parseTable } from "./parse/parse-table.ts";
import { printTable } from "./print/print-table.ts";

/**
 * The text two objects are compared by. Not part of an object's shape: where a table's AUTO_INCREMENT counter stands,
 * the order of its keys, whether a column's charset was named or inherited, who defined a view or program (the scratch
 * account differs from the live one), a semicolon behind a program's body (it depends on the client that sent it), and
 * the moment an event was created as its start.
 */
export function comparableText(object: CanonicalObject): string {
  switch (object.kind) {
    case "table":
      return comparableTable(object.sql);
    case "event":
      return withoutEnd(withoutDefiner(object.sql)).replace(/ STARTS '[^']*'/, "");
    case "trigger":
    case "procedure":
    case "function":
      return withoutEnd(withoutDefiner(object.sql));
    case "view":
    case "sequence":
      return withoutDefiner(object.sql);
  }
}

/** Whether two SHOW CREATE TABLE texts describe the same shape. */
export function sameTable(a: string, b: string): boolean {
  return withoutAutoIncrement(a) === withoutAutoIncrement(b) || comparableTable(a) === comparableTable(b);
}

function comparableTable(sql: string): string {
  const parsed = parseTable(sql);
  return parsed.at === "table" ? printTable(plainTable(parsed.table)) : withoutAutoIncrement(sql);
}

function plainTable(table: Table): Table {
  const byName = (a: Key, b: Key): number => (a.name < b.name ? -1 : 1);
  return {
    ...table,
    columns: table.columns.map((column) => plainColumn(table, column)),
    keys: table.keys.map(plainKey).sort(byName),
    checks: table.checks.map((check) => ({ ...check, expression: plainExpression(check.expression) })),
    options: table.options.filter((option) => option.name !== "AUTO_INCREMENT"),
  };
}

/** The column with the charset it really has: SHOW CREATE TABLE names an inherited one or not, depending on history. */
export function plainColumn(table: Table, column: Column): Column {
  const { generated } = column;
  return {
    ...column,
    ...charsetOf(table, column),
    ...(generated === undefined
      ? {}
      : { generated: { ...generated, expression: plainExpression(generated.expression) } }),
    ...(column.default?.kind === "expression"
      ? { default: { kind: "expression", text: plainExpression(column.default.text) } }
      : {}),
  };
}

export function plainKey(key: Key): Key {
  const parts = key.parts.map((part) =>
    part.kind === "column" ? part : { ...part, expression: plainExpression(part.expression) },
  );
  return { ...key, parts };
}

const LITERAL_OR_NAME = /`(?:[^`]|``)*`|(_[a-z0-9]+)?('(?:[^'\\]|''|\\[\s\S])*')/g;

/** Introducers that make another value or another comparison of the same ASCII bytes. */
const MEANS_MORE = new Set(["_binary", "_ucs2", "_utf16", "_utf16le", "_utf32"]);

/**
 * The expression without charset introducers before ASCII literals. Which one the server prints depends on the session
 * that wrote it (`_utf8mb4'x'` becomes `_latin1'x'` when its own text is run again), so it is no difference.
 */
export function plainExpression(text: string): string {
  return text.replace(LITERAL_OR_NAME, (all, introducer: string | undefined, literal: string | undefined) => {
    if (introducer === undefined || literal === undefined || MEANS_MORE.has(introducer)) return all;
    return /^[\x20-\x7e]*$/.test(literal) ? literal : all;
  });
}

/** SHOW CREATE TABLE text without ` AUTO_INCREMENT=n` among the table options. */
export function withoutAutoIncrement(sql: string): string {
  const options = sql.lastIndexOf("\n) ");
  if (options === -1) return sql;
  return (
    sql.slice(0, options) + sql.slice(options).replace(/^(\n\) (?:\/\*.*?\*\/ )*ENGINE=\w+) AUTO_INCREMENT=\d+/, "$1")
  );
}

function withoutEnd(sql: string): string {
  return sql
    .trimEnd()
    .replace(/(?:;\s*)+$/, "")
    .trimEnd();
}

function withoutDefiner(sql: string): string {
  return sql.replace(/^(CREATE(?: ALGORITHM=\w+)?) DEFINER=(?:`(?:[^`]|``)*`|\S+?)@(?:`(?:[^`]|``)*`|\S+)/, "$1");
}

/** All objects' names and comparable texts in a fixed order: equal for equal shapes, whoever reads them and when. */
export function schemaShape(schema: CanonicalSchema): readonly (readonly [kind: string, name: string, sql: string])[] {
  return schema.objects
    .map((object) => [object.kind, object.name, comparableText(object)] as const)
    .sort(([kindA, nameA], [kindB, nameB]) => compare(kindA, kindB) || compare(nameA, nameB));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

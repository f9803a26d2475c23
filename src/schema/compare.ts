import type { CanonicalObject, CanonicalSchema } from "./canonical.ts";

/**
 * The text two objects are compared by. Not part of an object's shape: where a table's AUTO_INCREMENT counter stands,
 * who defined a view or program (the scratch account differs from the live one), and the moment an event was created
 * as its start.
 */
export function comparableText(object: CanonicalObject): string {
  switch (object.kind) {
    case "table":
      return withoutAutoIncrement(object.sql);
    case "event":
      return withoutDefiner(object.sql).replace(/ STARTS '[^']*'/, "");
    case "view":
    case "trigger":
    case "procedure":
    case "function":
    case "sequence":
      return withoutDefiner(object.sql);
  }
}

/** SHOW CREATE TABLE text without ` AUTO_INCREMENT=n` among the table options. */
export function withoutAutoIncrement(sql: string): string {
  const options = sql.lastIndexOf("\n) ");
  if (options === -1) return sql;
  return (
    sql.slice(0, options) + sql.slice(options).replace(/^(\n\) (?:\/\*.*?\*\/ )*ENGINE=\w+) AUTO_INCREMENT=\d+/, "$1")
  );
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

import type { CanonicalObject } from "../canonical.ts";

const NAME = "(?:`(?:[^`]|``)+`|[\\w$]+)";
const HEAD = new RegExp(
  `\\bTRIGGER\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?(?:${NAME}\\.)?${NAME}\\s+(?:BEFORE|AFTER)\\s+(?:INSERT|UPDATE|DELETE)\\s+ON\\s+(?:${NAME}\\.)?(${NAME})`,
  "i",
);

/** The table a trigger stands on, unquoted; undefined when the object is no trigger. */
export function triggerTable(object: CanonicalObject): string | undefined {
  if (object.kind !== "trigger") return undefined;
  const table = HEAD.exec(object.sql)?.[1];
  return table?.startsWith("`") === true ? table.slice(1, -1).replaceAll("``", "`") : table;
}

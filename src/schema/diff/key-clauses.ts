import type { Key } from "../model.ts";
import { printKey } from "../print/print-key.ts";
import { quoteName } from "../text/quote.ts";
import type { ClauseOf } from "./clause.ts";

const isUnique = (key: Key): boolean => key.kind === "primary" || key.kind === "unique";
const addSql = (key: Key): string => `ADD ${printKey(key).trimEnd()}`;
const dropSql = (key: Key): string => (key.kind === "primary" ? "DROP PRIMARY KEY" : `DROP KEY ${quoteName(key.name)}`);

const describe = (key: Key): string =>
  printKey(key)
    .trimEnd()
    .replace(/^[A-Z]+( KEY)?/, (head) => head.toLowerCase());

export function addKey(key: Key): ClauseOf<"add-key"> {
  return {
    kind: "add-key",
    key,
    sql: addSql(key),
    inverse: dropSql(key),
    danger: isUnique(key) ? "may-not-fit" : "none",
    summary: `add ${describe(key)}`,
  };
}

export function dropKey(key: Key): ClauseOf<"drop-key"> {
  return {
    kind: "drop-key",
    key,
    sql: dropSql(key),
    inverse: addSql(key),
    danger: isUnique(key) ? "gives-up-guarantee" : "none",
    summary:
      key.kind === "primary"
        ? "drop the primary key"
        : `drop ${key.kind === "plain" ? "" : `${key.kind} `}key ${quoteName(key.name)}`,
  };
}

export function renameKey(from: Key, to: Key): ClauseOf<"rename-key"> {
  const sql = (old: Key, now: Key): string => `RENAME INDEX ${quoteName(old.name)} TO ${quoteName(now.name)}`;
  return {
    kind: "rename-key",
    from,
    to,
    sql: sql(from, to),
    inverse: sql(to, from),
    danger: "none",
    summary: `rename key ${quoteName(from.name)} to ${quoteName(to.name)}`,
  };
}

/** @param key as it shall be */
export function keyVisibility(key: Key): ClauseOf<"key-visibility"> {
  const sql = (invisible: boolean): string =>
    `ALTER INDEX ${quoteName(key.name)} ${invisible ? "INVISIBLE" : "VISIBLE"}`;
  return {
    kind: "key-visibility",
    key,
    sql: sql(key.invisible),
    inverse: sql(!key.invisible),
    danger: "none",
    summary: `make key ${quoteName(key.name)} ${key.invisible ? "invisible" : "visible"}`,
  };
}

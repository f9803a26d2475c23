import { charsetOf, columnOf, sameName, type Column, type Key, type Table } from "#schema";
import type { ColumnPair, IdentityKey } from "./plan.ts";

/**
 * The unique key that names a row on both sides: primary first, then the shortest. Its columns are NOT NULL, whole,
 * exact and stored, and exist in the shadow with the same type family and the same collation, so that equal here means
 * equal there. When both sides' primary keys have nothing in common, any such unique key of both does.
 */
export function chooseIdentityKey(from: Table, to: Table, columns: readonly ColumnPair[]): IdentityKey | undefined {
  const renamed = new Map(columns.map((pair) => [pair.from.toLowerCase(), pair.to]));
  const candidates: IdentityKey[] = [];
  for (const source of from.keys) {
    const sourceColumns = identityColumns(from, source);
    if (sourceColumns === undefined) continue;
    const shadowColumns = sourceColumns.map((name) => renamed.get(name.toLowerCase()));
    if (!shadowColumns.every((name) => name !== undefined)) continue;
    const shadow = to.keys.find((key) => sameSet(identityColumns(to, key), shadowColumns));
    if (shadow === undefined) continue;
    if (!sourceColumns.every((name, at) => sameValues(from, name, to, shadowColumns[at] ?? name))) continue;
    candidates.push({ sourceIndex: source.name, shadowIndex: shadow.name, sourceColumns, shadowColumns });
  }
  const rank = (key: IdentityKey): number =>
    (key.sourceIndex === "PRIMARY" ? 0 : 100) + (key.shadowIndex === "PRIMARY" ? 0 : 50) + key.sourceColumns.length;
  return candidates.toSorted((a, b) => rank(a) - rank(b))[0];
}

/** The key's columns when it can name rows by itself, otherwise undefined. */
function identityColumns(table: Table, key: Key): readonly string[] | undefined {
  // FORCE INDEX does not know invisible keys (error 1176).
  if ((key.kind !== "primary" && key.kind !== "unique") || key.invisible) return undefined;
  const names: string[] = [];
  for (const part of key.parts) {
    if (part.kind === "expression" || part.prefix !== undefined) return undefined;
    const column = columnOf(table, part.column);
    if (column === undefined || !isExact(column)) return undefined;
    names.push(column.name);
  }
  return names;
}

/** Types whose values come back from the log exactly as literals; generated columns carry no value of their own. */
const EXACT = new Set([
  "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "char", "varchar", "binary", "varbinary",
  "date", "datetime", "timestamp", "time", "year", "enum", "set", "bit",
]); // prettier-ignore

function isExact(column: Column): boolean {
  return column.nullability === "not-null" && column.generated === undefined && EXACT.has(column.type.name);
}

const FAMILY: Readonly<Record<string, string>> = {
  tinyint: "integer", smallint: "integer", mediumint: "integer", int: "integer", bigint: "integer",
  char: "char", varchar: "varchar", binary: "binary", varbinary: "varbinary",
}; // prettier-ignore

/** Whether equal values in one are equal values in the other, and distinct ones distinct. */
function sameValues(from: Table, fromName: string, to: Table, toName: string): boolean {
  const source = columnOf(from, fromName);
  const shadow = columnOf(to, toName);
  if (source === undefined || shadow === undefined) return false;
  const family = (column: Column): string => FAMILY[column.type.name] ?? column.type.name;
  if (family(source) !== family(shadow)) return false;
  if (charsetOf(from, source)?.collation !== charsetOf(to, shadow)?.collation) return false;
  // Widths may differ for integers and variable strings only: others round, pad or renumber.
  const exact =
    JSON.stringify([source.type.args, source.type.unsigned]) ===
    JSON.stringify([shadow.type.args, shadow.type.unsigned]);
  if (exact || family(source) === "integer" || family(source) === "varbinary") return true;
  return family(source) === "varchar" && !losesSpaces(source, shadow, charsetOf(to, shadow)?.collation);
}

/** A shorter varchar cuts blanks at the end without an error; where they count, two keys would become one. */
function losesSpaces(source: Column, shadow: Column, collation = ""): boolean {
  const isPadded = !collation.includes("_0900_") && collation !== "binary";
  return !isPadded && Number(shadow.type.args?.[0]) < Number(source.type.args?.[0]);
}

function sameSet(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a !== undefined && a.length === b.length && a.every((name) => b.some((other) => sameName(name, other)));
}

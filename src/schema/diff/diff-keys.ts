import { plainKey } from "../compare.ts";
import { sameName, type Key, type Table } from "../model.ts";
import { printKey } from "../print/print-key.ts";
import type { Clause } from "./clause.ts";
import { addKey, dropKey, keyVisibility, renameKey } from "./key-clauses.ts";

/** How the difference in columns bears on keys. */
export interface KeyContext {
  /** New name of a column of the old table; undefined when it vanishes. */
  readonly newName: (column: string) => string | undefined;
  /** New columns (lower case) that are dropped and added again: a key over them loses them on the way. */
  readonly replaced: ReadonlySet<string>;
}

/** Keys by name; their order among each other has no meaning and is not compared. */
export function diffKeys(from: Table, to: Table, context: KeyContext): readonly Clause[] {
  const translated = new Map(from.keys.map((key) => [key, translate(key, context)] as const));
  const clauses: Clause[] = [];
  const dropped: Key[] = [];
  const added = to.keys.filter((key) => !from.keys.some((old) => sameName(old.name, key.name)));
  for (const key of from.keys) {
    const now = to.keys.find((candidate) => sameName(candidate.name, key.name));
    const before = translated.get(key);
    if (now === undefined) dropped.push(key);
    else if (before === undefined || !sameKey(before, now) || loses(now, context))
      clauses.push(dropKey(key), addKey(now));
    else if (before.invisible !== now.invisible) clauses.push(keyVisibility(now));
  }
  for (const key of dropped) {
    const before = translated.get(key);
    const twin = added.find(
      (candidate) => before !== undefined && isRenamed(before, candidate) && !loses(candidate, context),
    );
    if (twin === undefined) clauses.push(dropKey(key));
    else {
      added.splice(added.indexOf(twin), 1);
      clauses.push(renameKey(key, twin));
    }
  }
  // Drops first: a name may be taken over by another kind of key.
  const all = [...clauses, ...added.map(addKey)];
  return [...all.filter((clause) => clause.kind === "drop-key"), ...all.filter((clause) => clause.kind !== "drop-key")];
}

const plainText = (key: Key): string => printKey({ ...plainKey(key), invisible: false });

function sameKey(a: Key, b: Key): boolean {
  return plainText(a) === plainText(b);
}

function isRenamed(from: Key, to: Key): boolean {
  return (
    from.kind !== "primary" &&
    to.kind !== "primary" &&
    printKey(plainKey({ ...from, name: to.name })) === printKey(plainKey(to))
  );
}

function loses(key: Key, context: KeyContext): boolean {
  return key.parts.some((part) => part.kind === "column" && context.replaced.has(part.column.toLowerCase()));
}

/** The old key in the words of the new table; undefined when one of its columns is gone. */
function translate(key: Key, context: KeyContext): Key | undefined {
  const parts: Key["parts"][number][] = [];
  for (const part of key.parts) {
    if (part.kind === "expression") {
      parts.push(part);
      continue;
    }
    const column = context.newName(part.column);
    if (column === undefined) return undefined;
    parts.push({ ...part, column });
  }
  return { ...key, parts };
}

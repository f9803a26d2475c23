import type { AlterTable } from "../diff/diff-schemas.ts";
import { recollatedUniques } from "../diff/recollated.ts";
import { columnOf, sameName, type Key } from "../model.ts";
import { quoteName } from "../text/quote.ts";
import { finding } from "./finding.ts";
import type { LintRule } from "./rule.ts";

const HINT = "Look for duplicates first.";

export const newUniqueKey: LintRule = {
  name: "new-unique-key",
  check: (context) =>
    context.changes.flatMap((change) => {
      if (change.kind !== "alter-table" || !context.mayHaveRows(change.name)) return [];
      const table = quoteName(change.name);
      const fresh = change.clauses
        .flatMap((clause) => (clause.kind === "add-key" ? [clause.key] : []))
        .filter((key) => (key.kind === "unique" || key.kind === "primary") && !wasUnique(change, key))
        .map((key) => ({
          inside: key.name,
          message: `${table} becomes unique by ${quoteName(key.name)}: rows that are equal there stop the copy`,
        }));
      const recollated = recollatedUniques(change, "to").map(({ column, key, collation }) => ({
        inside: column.name,
        message: `${table} is unique by ${quoteName(key.name)}: rows whose ${quoteName(column.name)} is equal in ${collation} stop the copy`,
      }));
      return [...fresh, ...recollated].map(({ inside, message }) =>
        finding(context, { rule: "new-unique-key", severity: "warning", message, hint: HINT }, change.name, inside),
      );
    }),
};

/** Whether the old table was unique by some of these columns already; collations are another matter. */
function wasUnique(change: AlterTable, key: Key): boolean {
  const now = wholeColumns(key)?.map((name) => oldName(change, name));
  return change.from.keys.some((old) => {
    if (old.kind !== "unique" && old.kind !== "primary") return false;
    const before = wholeColumns(old);
    return before?.every((name) => now?.some((other) => other !== undefined && sameName(other, name))) ?? false;
  });
}

function oldName(change: AlterTable, name: string): string | undefined {
  for (const clause of change.clauses) {
    if (clause.kind === "modify-column" && sameName(clause.to.name, name)) return clause.from.name;
    if (clause.kind === "add-column" && sameName(clause.column.name, name)) return undefined;
  }
  return columnOf(change.from, name)?.name;
}

/** Undefined when a part is an expression or a prefix. */
function wholeColumns(key: Key): readonly string[] | undefined {
  const names = key.parts.flatMap((part) => (part.kind === "column" && part.prefix === undefined ? [part.column] : []));
  return names.length === key.parts.length ? names : undefined;
}

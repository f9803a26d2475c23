import type { Key } from "../model.ts";
import { plainKey } from "../compare.ts";
import { quoteName } from "../text/quote.ts";
import { finding, touchedKeys } from "./finding.ts";
import type { LintRule } from "./rule.ts";

/** A plain key whose columns are the first columns of another key costs every write and helps no read. */
export const redundantKey: LintRule = {
  name: "redundant-key",
  check: (context) =>
    touchedKeys(context).flatMap(({ table, key }) => {
      if (key.kind !== "plain") return [];
      const better = table.keys.find((other) => other !== key && covers(other, key));
      if (better === undefined) return [];
      return [
        finding(
          context,
          {
            rule: "redundant-key",
            severity: "warning",
            message: `Key ${quoteName(key.name)} of ${quoteName(table.name)} is covered by ${better.kind === "primary" ? "the primary key" : quoteName(better.name)}`,
            hint: "Leave it out.",
          },
          table.name,
          key.name,
        ),
      ];
    }),
};

function covers(other: Key, key: Key): boolean {
  if (other.kind === "fulltext" || other.kind === "spatial" || other.invisible) return false;
  const parts = (of: Key): readonly string[] =>
    plainKey(of).parts.map((part) =>
      JSON.stringify(part.kind === "column" ? { ...part, column: part.column.toLowerCase() } : part),
    );
  const mine = parts(key);
  const theirs = parts(other);
  if (!mine.every((part, at) => theirs[at] === part)) return false;
  // Of two equal plain keys only the later one is called redundant.
  return theirs.length > mine.length || other.kind !== "plain" || other.name < key.name;
}

import type { CanonicalObject } from "../canonical.ts";
import type { SchemaChange } from "../diff/diff-schemas.ts";
import { mentionsOf, type Mentions } from "../mentions/mentions.ts";
import { quoteName } from "../text/quote.ts";
import type { LintFinding, LintRule } from "./rule.ts";

/** Triggers, programs and views that stay and name what goes: the server does not look into bodies until they run. */
export const brokenMention: LintRule = {
  name: "broken-mention",
  check: ({ changes, desired }) => {
    const losses = changes.flatMap(lossesOf);
    if (losses.length === 0) return [];
    const readers = desired.objects.filter((object) => object.kind !== "table" && object.kind !== "sequence");
    return readers.flatMap((object) => {
      const mentions = mentionsOf(object);
      return losses.filter((loss) => isMentioned(mentions, loss)).map((loss) => report(object, mentions, loss));
    });
  },
};

interface Loss {
  readonly table: string;
  /** Absent when the whole table goes. */
  readonly column?: string;
}

function lossesOf(change: SchemaChange): readonly Loss[] {
  if (change.kind === "drop-table") return [{ table: change.name }];
  if (change.kind !== "alter-table") return [];
  const stays = new Set(change.to.columns.map((column) => column.name.toLowerCase()));
  const names = change.clauses.flatMap((clause) => {
    if (clause.kind === "drop-column") return [clause.column.name];
    return clause.kind === "modify-column" ? [clause.from.name] : [];
  });
  return names.filter((name) => !stays.has(name.toLowerCase())).map((column) => ({ table: change.name, column }));
}

function isMentioned(mentions: Mentions, loss: Loss): boolean {
  return loss.column === undefined
    ? mentions.mentionsTable(loss.table)
    : mentions.mentionsColumn(loss.table, loss.column);
}

function report(object: CanonicalObject, mentions: Mentions, loss: Loss): LintFinding {
  const what =
    loss.column === undefined
      ? `table ${quoteName(loss.table)}`
      : `column ${quoteName(loss.column)} of ${quoteName(loss.table)}`;
  return {
    rule: "broken-mention",
    severity: "warning",
    message: `The ${object.kind} ${quoteName(object.name)} ${mentions.how === "parsed" ? "uses" : "seems to use"} ${what}, which goes`,
    hint: "It will fail when it runs; change it first.",
    ...(object.place === undefined ? {} : { place: object.place }),
  };
}

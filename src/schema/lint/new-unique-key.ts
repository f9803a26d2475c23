import { quoteName } from "../text/quote.ts";
import { finding } from "./finding.ts";
import type { LintRule } from "./rule.ts";

export const newUniqueKey: LintRule = {
  name: "new-unique-key",
  check: (context) =>
    context.changes.flatMap((change) => {
      if (change.kind !== "alter-table" || !context.mayHaveRows(change.name)) return [];
      return change.clauses.flatMap((clause) => {
        if (clause.kind !== "add-key" || (clause.key.kind !== "unique" && clause.key.kind !== "primary")) return [];
        return [
          finding(
            context,
            {
              rule: "new-unique-key",
              severity: "warning",
              message: `${quoteName(change.name)} becomes unique by ${quoteName(clause.key.name)}: rows that are equal there stop the copy`,
              hint: "Look for duplicates first.",
            },
            change.name,
            clause.key.name,
          ),
        ];
      });
    }),
};

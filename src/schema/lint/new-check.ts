import { quoteName } from "../text/quote.ts";
import { finding } from "./finding.ts";
import type { LintRule } from "./rule.ts";

export const newCheck: LintRule = {
  name: "new-check",
  check: (context) =>
    context.changes.flatMap((change) => {
      if (change.kind !== "alter-table" || !context.mayHaveRows(change.name)) return [];
      return change.clauses.flatMap((clause) => {
        if ((clause.kind !== "add-check" && clause.kind !== "check-enforcement") || !clause.check.enforced) return [];
        return [
          finding(
            context,
            {
              rule: "new-check",
              severity: "warning",
              message: `Rows of ${quoteName(change.name)} that break check ${quoteName(clause.check.name)} stop the copy`,
            },
            change.name,
            clause.check.name,
          ),
        ];
      });
    }),
};

import { quoteName } from "../text/quote.ts";
import { finding } from "./finding.ts";
import type { LintRule } from "./rule.ts";

export const dropColumn: LintRule = {
  name: "drop-column",
  check: (context) =>
    context.changes.flatMap((change) => {
      if (change.kind !== "alter-table") return [];
      return change.clauses
        .filter((clause) => clause.kind === "drop-column" && clause.danger === "loses-values")
        .map((clause) =>
          finding(
            context,
            {
              rule: "drop-column",
              severity: "warning",
              message: `${clause.kind === "drop-column" ? quoteName(clause.column.name) : ""} is dropped from ${quoteName(change.name)} with its values`,
              hint: "Deploy first what no longer reads or writes it.",
            },
            change.name,
          ),
        );
    }),
};

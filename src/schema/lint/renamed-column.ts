import { quoteName } from "../text/quote.ts";
import { finding } from "./finding.ts";
import type { LintRule } from "./rule.ts";

/** Both names never exist at once, so whoever uses the old one fails from the seal on. */
export const renamedColumn: LintRule = {
  name: "renamed-column",
  check: (context) =>
    context.changes.flatMap((change) => {
      if (change.kind !== "alter-table") return [];
      return change.clauses.flatMap((clause) => {
        if (clause.kind !== "modify-column" || clause.from.name.toLowerCase() === clause.to.name.toLowerCase())
          return [];
        return [
          finding(
            context,
            {
              rule: "renamed-column",
              severity: "warning",
              message: `${quoteName(change.name)}.${quoteName(clause.from.name)} is called ${quoteName(clause.to.name)} from the seal on`,
              hint: "Programs that use the old name fail at that moment; add the new column beside the old one to avoid it.",
            },
            change.name,
            clause.to.name,
          ),
        ];
      });
    }),
};

import { quoteName } from "../text/quote.ts";
import { columnsWithoutValue } from "./columns-without-value.ts";
import { finding } from "./finding.ts";
import type { LintRule } from "./rule.ts";

export const notNullWithoutDefault: LintRule = {
  name: "not-null-without-default",
  check: (context) =>
    context.changes.flatMap((change) => {
      if (change.kind !== "alter-table" || !context.mayHaveRows(change.name)) return [];
      return columnsWithoutValue(change).map((column) =>
        finding(
          context,
          {
            rule: "not-null-without-default",
            severity: "error",
            message: `${quoteName(change.name)}.${quoteName(column.name)} is new, NOT NULL and has no default: existing rows have no value for it`,
            hint: "Give it a default, or allow NULL.",
          },
          change.name,
          column.name,
        ),
      );
    }),
};

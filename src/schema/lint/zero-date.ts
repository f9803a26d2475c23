import { quoteName } from "../text/quote.ts";
import { finding, touchedColumns } from "./finding.ts";
import type { LintRule } from "./rule.ts";

export const zeroDate: LintRule = {
  name: "zero-date",
  check: (context) =>
    touchedColumns(context)
      .filter(
        ({ column }) => column.default?.kind === "literal" && /^'\d{4}-(00-\d\d|\d\d-00)/.test(column.default.text),
      )
      .map(({ table, column }) =>
        finding(
          context,
          {
            rule: "zero-date",
            severity: "warning",
            message: `${quoteName(table.name)}.${quoteName(column.name)} has a zero date as default`,
            hint: "Strict SQL modes refuse it; use NULL or a real date.",
          },
          table.name,
          column.name,
        ),
      ),
};

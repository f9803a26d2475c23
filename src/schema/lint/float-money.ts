import { quoteName } from "../text/quote.ts";
import { finding, touchedColumns } from "./finding.ts";
import type { LintRule } from "./rule.ts";

const MONEY = /(^|_)(price|amount|total|subtotal|cost|balance|tax|fee|salary|money|discount|refund)(_|s?$)/i;

export const floatMoney: LintRule = {
  name: "float-money",
  check: (context) =>
    touchedColumns(context)
      .filter(
        ({ column }) => (column.type.name === "float" || column.type.name === "double") && MONEY.test(column.name),
      )
      .map(({ table, column }) =>
        finding(
          context,
          {
            rule: "float-money",
            severity: "warning",
            message: `${quoteName(table.name)}.${quoteName(column.name)} looks like money and is a ${column.type.name}`,
            hint: "Sums of binary fractions drift; use decimal.",
          },
          table.name,
          column.name,
        ),
      ),
};

import { quoteName } from "../text/quote.ts";
import { finding, touchedTables } from "./finding.ts";
import type { LintRule } from "./rule.ts";

export const noPrimaryKey: LintRule = {
  name: "no-primary-key",
  check: (context) =>
    touchedTables(context)
      .filter((table) => !table.keys.some((key) => key.kind === "primary"))
      .map((table) =>
        finding(
          context,
          {
            rule: "no-primary-key",
            severity: "warning",
            message: `${quoteName(table.name)} has no primary key`,
            hint: "Without one, replication is slow and the table can hardly be changed online later.",
          },
          table.name,
        ),
      ),
};

import { quoteName } from "../text/quote.ts";
import { finding } from "./finding.ts";
import type { LintRule } from "./rule.ts";

/** The server appends up to `_ibfk_99` and `_chk_99` to the table's name, and allows 64 characters in all. */
const LONGEST = 56;

export const longName: LintRule = {
  name: "long-name",
  check: (context) =>
    context.changes.flatMap((change) => {
      if (change.kind !== "create-table" || change.name.length <= LONGEST) return [];
      return [
        finding(
          context,
          {
            rule: "long-name",
            severity: "warning",
            message: `The name ${quoteName(change.name)} has ${change.name.length} characters: names the server derives from it do not fit into 64`,
            hint: `Use at most ${LONGEST}.`,
          },
          change.name,
        ),
      ];
    }),
};

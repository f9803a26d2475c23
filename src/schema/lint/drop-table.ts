import { quoteName } from "../text/quote.ts";
import type { LintRule } from "./rule.ts";

export const dropTable: LintRule = {
  name: "drop-table",
  check: ({ changes, mayHaveRows }) =>
    changes.flatMap((change) => {
      if (change.kind !== "drop-table") return [];
      return [
        {
          rule: "drop-table",
          severity: mayHaveRows(change.name) ? "warning" : "notice",
          message: `${quoteName(change.name)} is dropped${mayHaveRows(change.name) ? " with its rows" : ", it seems to be empty"}`,
          hint: "It can be taken back until the deployment is finalised.",
        },
      ];
    }),
};

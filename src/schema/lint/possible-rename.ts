import { printColumn } from "../print/print-column.ts";
import { quoteName } from "../text/quote.ts";
import { finding } from "./finding.ts";
import type { LintRule } from "./rule.ts";

/** A column that goes and one of the same definition that comes look like a rename, which would keep the values. */
export const possibleRename: LintRule = {
  name: "possible-rename",
  check: (context) =>
    context.changes.flatMap((change) => {
      if (change.kind !== "alter-table") return [];
      const dropped = change.clauses.flatMap((clause) => (clause.kind === "drop-column" ? [clause.column] : []));
      const added = change.clauses.flatMap((clause) => (clause.kind === "add-column" ? [clause.column] : []));
      return added.flatMap((column) => {
        const twin = dropped.find(
          (old) => old.name !== column.name && printColumn({ ...old, name: column.name }) === printColumn(column),
        );
        if (twin === undefined) return [];
        return [
          finding(
            context,
            {
              rule: "possible-rename",
              severity: "warning",
              message: `${quoteName(twin.name)} is dropped from ${quoteName(change.name)} and ${quoteName(column.name)} of the same type is added: the values are not carried over`,
              hint: `If it is meant as a rename, write \`-- sluice: renamed from ${twin.name}\` behind the column's line.`,
            },
            change.name,
            column.name,
          ),
        ];
      });
    }),
};

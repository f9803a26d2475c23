import type { Column, Key, Table } from "../model.ts";
import type { LintContext, LintFinding } from "./rule.ts";

/** A finding with its place, if there is one. */
export function finding(
  context: LintContext,
  what: Pick<LintFinding, "rule" | "severity" | "message" | "hint">,
  table: string,
  inside?: string,
): LintFinding {
  const place = context.locate(table, inside);
  return place === undefined ? what : { ...what, place };
}

/** Columns that are new or have another definition, in tables that are new or changed. */
export function touchedColumns(context: LintContext): readonly { readonly table: Table; readonly column: Column }[] {
  return context.changes.flatMap((change) => {
    if (change.kind === "create-table" && change.table !== undefined) {
      const { table } = change;
      return table.columns.map((column) => ({ table, column }));
    }
    if (change.kind !== "alter-table") return [];
    return change.clauses.flatMap((clause) => {
      if (clause.kind === "add-column") return [{ table: change.to, column: clause.column }];
      return clause.kind === "modify-column" ? [{ table: change.to, column: clause.to }] : [];
    });
  });
}

/** Keys that are new, in tables that are new or changed. */
export function touchedKeys(context: LintContext): readonly { readonly table: Table; readonly key: Key }[] {
  return context.changes.flatMap((change) => {
    if (change.kind === "create-table" && change.table !== undefined) {
      const { table } = change;
      return table.keys.map((key) => ({ table, key }));
    }
    if (change.kind !== "alter-table") return [];
    return change.clauses.flatMap((clause) =>
      clause.kind === "add-key" ? [{ table: change.to, key: clause.key }] : [],
    );
  });
}

/** Tables that are new or changed, in their new shape. */
export function touchedTables(context: LintContext): readonly Table[] {
  return context.changes.flatMap((change) => {
    if (change.kind === "create-table") return change.table === undefined ? [] : [change.table];
    return change.kind === "alter-table" ? [change.to] : [];
  });
}

import type { AlterTable } from "../diff/diff-schemas.ts";
import { columnOf, type Column } from "../model.ts";

/** New columns that need a value which no existing row has. */
export function columnsWithoutValue(change: AlterTable): readonly Column[] {
  return change.clauses.flatMap((clause) => {
    if (clause.kind !== "add-column") return [];
    const { column } = clause;
    const hasValue =
      column.nullability !== "not-null" ||
      column.default !== undefined ||
      column.generated !== undefined ||
      // Dropped and added under its own name: it keeps the values it was computed to.
      columnOf(change.from, column.name)?.generated !== undefined ||
      column.autoIncrement;
    return hasValue ? [] : [column];
  });
}

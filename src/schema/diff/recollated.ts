import { charsetOf } from "../charset.ts";
import { sameName, type Column, type Key, type Table } from "../model.ts";
import type { AlterTable } from "./diff-schemas.ts";

/** A column whose values are compared in another way, and a unique key of the table they go to that leans on it. */
export interface Recollated {
  readonly column: Column;
  readonly key: Key;
  readonly collation: string;
}

/**
 * Where values that are distinct on one side may be equal on the other.
 *
 * @param towards `to`: on the way there; `from`: on the way back
 */
export function recollatedUniques(change: AlterTable, towards: "to" | "from"): readonly Recollated[] {
  return change.clauses.flatMap((clause): readonly Recollated[] => {
    if (clause.kind !== "modify-column") return [];
    const [table, column] = [change[towards], clause[towards]];
    const other = towards === "to" ? charsetOf(change.from, clause.from) : charsetOf(change.to, clause.to);
    const collation = charsetOf(table, column)?.collation;
    // Bytes tell apart whatever another collation does.
    if (collation === undefined || other === undefined || collation === other.collation) return [];
    if (collation === "binary" || collation === "utf8mb4_0900_bin") return [];
    const key = uniqueOver(table, column);
    return key === undefined ? [] : [{ column, key, collation }];
  });
}

function uniqueOver(table: Table, column: Column): Key | undefined {
  return table.keys.find(
    (key) =>
      (key.kind === "primary" || key.kind === "unique") &&
      key.parts.some((part) => part.kind === "column" && sameName(part.column, column.name)),
  );
}

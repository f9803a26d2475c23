import { sameName, type AlterTable } from "#schema";
import type { ColumnPair } from "./plan.ts";

/** Where values flow: columns on both sides that the shadow does not compute itself. */
export function columnPairs(change: AlterTable): readonly ColumnPair[] {
  const dropped = new Set(
    change.clauses.flatMap((clause) => (clause.kind === "drop-column" ? [clause.column.name.toLowerCase()] : [])),
  );
  const renamed = new Map(
    change.clauses.flatMap((clause) =>
      clause.kind === "modify-column" ? [[clause.to.name.toLowerCase(), clause.from.name] as const] : [],
    ),
  );
  return change.to.columns.flatMap((column): ColumnPair[] => {
    const wanted = renamed.get(column.name.toLowerCase()) ?? column.name;
    const source = change.from.columns.find((candidate) => sameName(candidate.name, wanted));
    if (source === undefined || column.generated !== undefined) return [];
    // Dropped and added under its own name: a computed column becomes a plain one, and keeps the values it showed.
    if (dropped.has(source.name.toLowerCase()) && source.generated === undefined) return [];
    return [{ from: source.name, to: column.name, fromGenerated: source.generated !== undefined }];
  });
}

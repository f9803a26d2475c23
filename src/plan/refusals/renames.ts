import { columnOf, parseTable, sameName, type AlterTable, type Renames } from "#schema";
import type { Reason } from "#kernel";
import type { Refusal } from "./refusal.ts";

/**
 * A rename that does not say for certain where values flow. Rows are copied by the names of columns, so a new name that
 * another column has already would get that one's values.
 */
export const renames: Refusal = ({ desired, differences, renames: wanted }) => [
  ...differences.flatMap((difference) =>
    difference.kind === "alter-table" ? ambiguous(difference, wanted.get(difference.name) ?? new Map()) : [],
  ),
  ...[...wanted].flatMap(([table, columns]) => {
    const object = desired.objects.find(({ kind, name }) => kind === "table" && sameName(name, table));
    const parsed = object === undefined ? undefined : parseTable(object.sql);
    if (object === undefined || parsed?.at !== "table") return [];
    return [...columns.keys()]
      .filter((column) => columnOf(parsed.table, column) === undefined)
      .map((column) => ({
        code: "plan/ambiguous-rename" as const,
        message: `${table} has no column ${column} that could be a renamed one`,
        hint: "Write the annotation behind the column's own line.",
        ...(object.place === undefined ? {} : { where: object.place }),
      }));
  }),
];

function ambiguous(change: AlterTable, columns: Renames): readonly Reason[] {
  return [...columns].flatMap(([column, old]) => {
    const isThere = columnOf(change.from, column) !== undefined;
    if (sameName(column, old) || columnOf(change.from, old) === undefined) return [];
    const staysToo = columnOf(change.to, old) !== undefined;
    // An annotation that has done its work may stay, even when the old name has come back for something else.
    if (isThere === staysToo && !(isThere && columns.has(old.toLowerCase()))) return [];
    return [
      {
        code: "plan/ambiguous-rename" as const,
        message: isThere
          ? `${change.name}.${column} is renamed from ${old}, but there is a column ${column} already`
          : `${change.name}.${column} is renamed from ${old}, but ${old} is still declared`,
        hint: "Do it in two changes, one after the other, or take the annotation out.",
        ...(change.place === undefined ? {} : { where: change.place }),
      },
    ];
  });
}

import { plainColumn } from "../compare.ts";
import { columnOf, type Column, type Table } from "../model.ts";
import { printColumn } from "../print/print-column.ts";
import type { Clause } from "./clause.ts";
import { addColumn, dropColumn, modifyColumn, type Position } from "./column-clauses.ts";
import { heaviestIncreasingRun } from "./longest-run.ts";

/** Unquoted old name by unquoted new name in lower case. */
export type Renames = ReadonlyMap<string, string>;

export interface ColumnsDiff {
  readonly clauses: readonly Clause[];
  /** Columns (new names, lower case) that are dropped and added again under their own name. */
  readonly replaced: ReadonlySet<string>;
}

interface Match {
  readonly to: Column;
  readonly from: Column | undefined;
  readonly fromIndex: number;
}

/**
 * The old column a new one continues. A rename counts only while the old table lacks the new name and the new table
 * lacks the old one, so that an annotation may stay in the file after it has done its work.
 */
export function matchColumn(from: Table, to: Table, column: Column, renames: Renames): Column | undefined {
  const own = columnOf(from, column.name);
  const old = renames.get(column.name.toLowerCase());
  if (own !== undefined || old === undefined || columnOf(to, old) !== undefined) return own;
  return columnOf(from, old);
}

/** Drops, additions, changes and the fewest possible moves that lead from one column list to the other. */
export function diffColumns(from: Table, to: Table, renames: Renames): ColumnsDiff {
  const replaced = new Set<string>();
  const matches = to.columns.map((column): Match => {
    const found = matchColumn(from, to, column, renames);
    if (found === undefined) return { to: column, from: undefined, fromIndex: -1 };
    if (canModify(found, column)) return { to: column, from: found, fromIndex: from.columns.indexOf(found) };
    replaced.add(column.name.toLowerCase());
    return { to: column, from: undefined, fromIndex: -1 };
  });
  const survivors = matches.filter((match) => match.from !== undefined);
  const changed = survivors.map((match) => match.from !== undefined && isChanged(from, match.from, to, match.to));
  const kept = heaviestIncreasingRun(
    survivors.map((match) => match.fromIndex),
    // A changed column gets a MODIFY anyway, so moving it costs nothing more.
    changed.map((isSo) => (isSo ? 1 : 10_000)),
  );
  const stays = new Set(survivors.filter((_match, at) => kept.has(at)).map((match) => match.to));
  const alive = new Set(survivors.map((match) => match.from));
  const clauses: Clause[] = from.columns
    .filter((column) => !alive.has(column))
    .map((column) => dropColumn(from, column, placeIn(from, column)));
  const lastSurvivor = matches.findLastIndex((match) => match.from !== undefined);
  for (const [at, match] of matches.entries()) {
    if (match.from === undefined) {
      clauses.push(addColumn(to, match.to, at > lastSurvivor ? undefined : placeIn(to, match.to)));
      continue;
    }
    const moved = !stays.has(match.to);
    if (!moved && !isChanged(from, match.from, to, match.to)) continue;
    clauses.push(
      modifyColumn({
        from: match.from,
        to: match.to,
        fromTable: from,
        toTable: to,
        position: moved ? placeIn(to, match.to) : undefined,
        back: placeIn(from, match.from),
      }),
    );
  }
  return { clauses, replaced };
}

function placeIn(table: Table, column: Column): Position {
  const before = table.columns[table.columns.indexOf(column) - 1];
  return before === undefined ? "first" : { after: before.name };
}

function isChanged(fromTable: Table, from: Column, toTable: Table, to: Column): boolean {
  return printColumn(plainColumn(fromTable, from)) !== printColumn(plainColumn(toTable, to));
}

/** The server refuses to turn a column into or out of VIRTUAL in place (error 3106). */
function canModify(from: Column, to: Column): boolean {
  const kindOf = (column: Column): string => column.generated?.kind ?? "base";
  if (kindOf(from) === kindOf(to)) return true;
  return kindOf(from) !== "VIRTUAL" && kindOf(to) !== "VIRTUAL";
}

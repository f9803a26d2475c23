import { styleText } from "node:util";
import type { EngineProgress, TableProgress } from "#engine";
import { formatCount, formatDuration, plural } from "#kernel";
import { bar, percent } from "./bar.ts";

const WIDTH = 24;

/** Rows copied so far and in all; the estimate is corrected upwards when reality has passed it. */
export function rowsOf(progress: EngineProgress): { readonly copied: number; readonly estimated: number } {
  const copied = progress.tables.reduce((sum, table) => sum + table.rowsCopied, 0);
  const estimated = progress.tables.reduce((sum, table) => sum + Math.max(table.rowsEstimated, table.rowsCopied), 0);
  return { copied, estimated };
}

/** One line per table and shard, and one that says how fresh the copies are. */
export function progressLines(progress: EngineProgress): readonly string[] {
  const names = progress.tables.map(({ shard, table }) =>
    progress.tables.every((other) => other.shard === shard) ? table : `${shard} ${table}`,
  );
  const longest = Math.max(0, ...names.map(({ length }) => length));
  const tables = progress.tables.map((table, at) => tableLine(table, (names[at] ?? "").padEnd(longest)));
  const throttled = progress.throttledBy === undefined ? "" : ` · slowed down: ${progress.throttledBy.message}`;
  const blocked = progress.blockedKeys === 0 ? "" : ` · ${plural(progress.blockedKeys, "row")} cannot go back`;
  return [
    ...tables,
    styleText("dim", `  ${progress.phase} · ${formatDuration(progress.lagMs)} behind${throttled}${blocked}`),
  ];
}

function tableLine(table: TableProgress, name: string): string {
  const share = shareOf(table);
  const pending = table.keysPending === 0 ? "" : ` · ${plural(table.keysPending, "change")} pending`;
  const known = share === undefined ? `${" ".repeat(WIDTH)}    ? %` : `${bar(share, WIDTH)} ${percent(share)}`;
  return `  ${name}  ${known}  ${formatCount(table.rowsCopied)} rows · ${table.state}${pending}`;
}

/** A table past its copy is full whatever the estimate was; one past its estimate is nobody knows where. */
function shareOf(table: TableProgress): number | undefined {
  if (table.state === "waiting") return 0;
  if (table.state !== "copying") return 1;
  return table.rowsCopied < table.rowsEstimated ? table.rowsCopied / table.rowsEstimated : undefined;
}

import { stripVTControlCharacters } from "node:util";
import { legalCommands } from "#deploy";
import type { EngineProgress, TableProgress } from "#engine";
import { parseShardName } from "#kernel";
import { assert, expect, test } from "vitest";
import { bar, percent } from "../../src/cli/show/bar.ts";
import { deploymentLines, deploymentTable } from "../../src/cli/show/deployment.ts";
import { progressLines } from "../../src/cli/show/table-progress.ts";
import { viewOfKnown } from "../../src/deploy/fold.ts";
import { ALL_STATES, knownAt, windowUntil } from "../support/deploy-states.ts";

const now = new Date(Date.parse(windowUntil) - 90_000);

function plain(lines: readonly string[]): string {
  return stripVTControlCharacters(lines.join("\n"));
}

test.each(ALL_STATES)("%s is shown with its state and exactly the lines that may be said next", (at) => {
  const view = viewOfKnown(knownAt(at));
  const text = plain(deploymentLines(view, now));
  expect(text).toContain(`${view.id}  shop-prod (prod)  ${at}`);
  const legal = legalCommands(view).filter(({ reasons }) => reasons.length === 0);
  const next = [...text.matchAll(/next: sluice (\w+) (\w+)/g)].map(([, verb, id]) => ({ verb, id }));
  expect(next).toEqual(legal.map(({ verb }) => ({ verb, id: view.id })));
  expect(text.includes("revert window: 1 min left") || text.includes("revert window: 2 min left")).toBe(
    at === "window",
  );
});

test("a list has one aligned line per deployment", () => {
  const lines = plain(deploymentTable(ALL_STATES.map((at) => viewOfKnown(knownAt(at))))).split("\n");
  expect(lines).toHaveLength(ALL_STATES.length + 1);
  const column = lines[0]?.indexOf("STATE") ?? -1;
  expect(lines.slice(1).map((line) => line.slice(column).split(" ")[0])).toEqual(ALL_STATES);
});

function progressOf(over: Partial<TableProgress>, more: Partial<EngineProgress> = {}): EngineProgress {
  const shard = parseShardName("0");
  assert(shard !== undefined);
  const table: TableProgress = {
    shard,
    table: "item",
    state: "copying",
    rowsCopied: 50,
    rowsEstimated: 200,
    keysApplied: 0,
    keysPending: 0,
    ...over,
  };
  return { phase: "copying", tables: [table], lagMs: 1500, blockedKeys: 0, ...more };
}

test.each<[what: string, progress: EngineProgress, says: RegExp]>([
  ["a quarter is a quarter", progressOf({}), /item {2}█{6}·{18} {2}25 % {2}50 rows · copying/],
  ["past the estimate nobody knows", progressOf({ rowsCopied: 300 }), /\? % {2}300 rows/],
  [
    "after the copy it is full whatever the estimate was",
    progressOf({ rowsCopied: 100, state: "tailing", keysPending: 3 }),
    /█{24} 100 % {2}100 rows · tailing · 3 changes pending/,
  ],
  [
    "what slows down is said",
    progressOf({}, { throttledBy: { code: "x/y", message: "replica behind" } }),
    /2 s behind · slowed down: replica behind/,
  ],
  ["rows that cannot go back are said", progressOf({}, { blockedKeys: 2 }), /2 rows cannot go back/],
])("%s", (_what, progress, says) => {
  expect(plain(progressLines(progress))).toMatch(says);
});

test.each([
  [0, "····", "  0 %"],
  [0.5, "██··", " 50 %"],
  [0.999, "████", " 99 %"],
  [1, "████", "100 %"],
  [7, "████", "100 %"],
  [Number.NaN, "····", "  0 %"],
])("a bar of %s", (share, drawn, number) => {
  expect(stripVTControlCharacters(bar(share, 4))).toBe(drawn);
  expect(percent(share)).toBe(number);
});

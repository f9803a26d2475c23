import type { RawStatement } from "./cut-statements.ts";
import type { StatementProblem } from "./check-statement.ts";
import { keyword, nameOf, type Token } from "./tokens.ts";

interface Rename {
  readonly column: string;
  readonly from: string;
}

/**
 * `-- sluice: renamed from old` belongs to the column whose line it ends, or, alone on its line, to the column that
 * starts the next one. One that belongs to no column for certain is a problem: unheard, it would cost the values.
 */
export function readRenames(raw: RawStatement, text: string): readonly Rename[] | StatementProblem {
  const renames: Rename[] = [];
  for (const annotation of raw.annotations) {
    const from = /^renamed from\s+`?([^`]+?)`?$/i.exec(annotation.text)?.[1];
    if (from === undefined) continue;
    const lineStart = text.lastIndexOf("\n", annotation.offset) + 1;
    const before = raw.tokens.filter(({ offset }) => offset >= lineStart && offset < annotation.offset);
    const column = columnOf(raw, before.length > 0 ? before : lineBehind(raw, text, annotation.offset));
    if (column === undefined) {
      return {
        offset: annotation.offset,
        message: "it is not clear which column is renamed",
        hint: "Write the column on a line of its own, and the annotation behind it. Tables cannot be renamed.",
      };
    }
    renames.push({ column, from });
  }
  return renames;
}

function lineBehind(raw: RawStatement, text: string, offset: number): readonly Token[] {
  const first = raw.tokens.find((token) => token.offset > offset);
  if (first === undefined) return [];
  const end = text.indexOf("\n", first.offset);
  return raw.tokens.filter((token) => token.offset >= first.offset && (end === -1 || token.offset < end));
}

/** The name that begins a line, if the line has no second column and does not begin the statement. */
function columnOf(raw: RawStatement, line: readonly Token[]): string | undefined {
  let at = 0;
  while (/^(,|\(|ADD|COLUMN|MODIFY)$/.test(keyword(line[at]) ?? "")) at += 1;
  if (line[at] === raw.tokens[0]) return undefined;
  let depth = 0;
  for (const [index, token] of line.entries()) {
    if (index < at) continue;
    const word = keyword(token);
    if (word === "(") depth += 1;
    if (word === ")") depth -= 1;
    if (word === "," && depth === 0 && index < line.length - 1) return undefined;
  }
  return nameOf(line[at]);
}

import type { RawStatement } from "./cut-statements.ts";
import { nameOf } from "./tokens.ts";

/**
 * `-- sluice: renamed from old` belongs to the column whose line it ends, or, alone on its line, to the column that
 * starts the next one.
 */
export function readRenames(
  raw: RawStatement,
  text: string,
): readonly { readonly column: string; readonly from: string }[] {
  return raw.annotations.flatMap((annotation) => {
    const from = /^renamed from\s+`?([^`]+?)`?$/i.exec(annotation.text)?.[1];
    if (from === undefined) return [];
    const lineStart = text.lastIndexOf("\n", annotation.offset) + 1;
    const token =
      raw.tokens.find((candidate) => candidate.offset >= lineStart && candidate.offset < annotation.offset) ??
      raw.tokens.find((candidate) => candidate.offset > annotation.offset);
    const column = nameOf(token);
    return column === undefined ? [] : [{ column, from }];
  });
}

/** A name as SQL: backticks around, backticks inside doubled. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

export function quoteNames(names: readonly string[]): string {
  return names.map(quoteName).join(", ");
}

/** The value of a quoted SQL string (`'it''s'`, backslash escapes on), for reading, never for printing. */
export function unquoteString(quoted: string): string {
  const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0", b: "\b", Z: "\x1a" };
  return quoted
    .slice(1, -1)
    .replace(/''|\\([\s\S])/g, (_all, escaped: string | undefined) =>
      escaped === undefined ? "'" : (escapes[escaped] ?? escaped),
    );
}

/** A name as SQL: backticks around, backticks inside doubled. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

export function quoteNames(names: readonly string[]): string {
  return names.map(quoteName).join(", ");
}

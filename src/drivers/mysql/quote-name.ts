/** An identifier in backticks. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** A table by database and name, unquoted. */
export interface TableRef {
  readonly database: string;
  readonly table: string;
}

export function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

export function quotedTable(table: TableRef): string {
  return `${quoted(table.database)}.${quoted(table.table)}`;
}

export function quotedList(names: readonly string[], prefix = ""): string {
  return names.map((name) => prefix + quoted(name)).join(", ");
}

/**
 * A name as InnoDB's dictionary writes it in `information_schema.INNODB_TABLES.NAME`, for ASCII names.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/identifier-mapping.html
 */
export function dictionaryName(table: TableRef): string {
  return `${dictionaryPart(table.database)}/${dictionaryPart(table.table)}`;
}

/** Names outside ASCII have short forms in InnoDB's dictionary that we do not write. */
export function hasDictionaryName(name: string): boolean {
  // oxlint-disable-next-line no-control-regex -- the range is meant
  return /^[\x01-\x7f]+$/.test(name);
}

function dictionaryPart(name: string): string {
  return name.replaceAll(/[^0-9A-Za-z_]/g, (char) => `@${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

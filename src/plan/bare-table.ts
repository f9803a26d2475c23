import { printKey, printTable, sameName, type Key, type Table } from "#schema";

export interface BareTable {
  /** CREATE TABLE without the keys that are cheaper to build after the copy. */
  readonly sql: string;
  /** ALTER TABLE clauses that add them, in the server's order. */
  readonly deferred: readonly string[];
}

/**
 * Takes the non-unique secondary keys out of a table. FULLTEXT stays, since the first one rebuilds the table and a
 * second needs a statement of its own; so does a key that AUTO_INCREMENT or a foreign key leans on.
 */
export function bareTable(table: Table): BareTable {
  const deferred = table.keys.filter(
    (key) => (key.kind === "plain" || key.kind === "spatial") && !isNeeded(table, key),
  );
  const bare: Table = { ...table, keys: table.keys.filter((key) => !deferred.includes(key)) };
  return { sql: printTable(bare), deferred: deferred.map((key) => `ADD ${printKey(key)}`) };
}

function isNeeded(table: Table, key: Key): boolean {
  const first = key.parts[0];
  if (first?.kind !== "column") return false;
  if (table.columns.some((column) => column.autoIncrement && sameName(column.name, first.column))) return true;
  return table.foreignKeys.some((foreignKey) => foreignKey.columns.some((name) => sameName(name, first.column)));
}

import { charsetOf } from "../charset.ts";
import { plainExpression } from "../compare.ts";
import { columnOf, sameName, type Column, type Table } from "../model.ts";
import { printType } from "../print/print-column.ts";
import { printForeignKey } from "../print/print-key.ts";
import { quoteName } from "../text/quote.ts";
import type { Clause } from "./clause.ts";
import { addCheck, addForeignKey, checkEnforcement, dropCheck, dropForeignKey } from "./constraint-clauses.ts";
import { diffColumns, matchColumn, type Renames } from "./diff-columns.ts";
import { diffKeys } from "./diff-keys.ts";
import { diffOptions } from "./option-clauses.ts";

export interface TableDiffOptions {
  readonly renames?: Renames;
  /** Names of the table's foreign keys that must be dropped and added again, since a column under them changes. */
  readonly rebuild?: ReadonlySet<string>;
}

/** The atomic clauses that lead from one shape to the other; empty when the shapes are equal. Partitions are not compared. */
export function diffTables(from: Table, to: Table, options: TableDiffOptions = {}): readonly Clause[] {
  const renames = options.renames ?? new Map<string, string>();
  const columns = diffColumns(from, to, renames);
  const newName = (name: string): string | undefined =>
    to.columns.find((column) => {
      const old = matchColumn(from, to, column, renames);
      return old !== undefined && sameName(old.name, name);
    })?.name;
  const foreignKeys = diffForeignKeys(from, to, options.rebuild ?? new Set());
  return [
    ...foreignKeys.filter((clause) => clause.kind === "drop-foreign-key"),
    ...diffChecks(from, to),
    ...columns.clauses,
    ...diffKeys(from, to, { newName, replaced: columns.replaced }),
    ...diffOptions(from, to),
    ...foreignKeys.filter((clause) => clause.kind === "add-foreign-key"),
  ];
}

function diffForeignKeys(from: Table, to: Table, rebuild: ReadonlySet<string>): readonly Clause[] {
  const clauses: Clause[] = [];
  for (const key of from.foreignKeys) {
    const now = to.foreignKeys.find((candidate) => sameName(candidate.name, key.name));
    if (now === undefined) clauses.push(dropForeignKey(key));
    else if (printForeignKey(now) !== printForeignKey(key) || rebuild.has(key.name)) {
      clauses.push(dropForeignKey(key), addForeignKey(now));
    }
  }
  const added = to.foreignKeys.filter((key) => !from.foreignKeys.some((old) => sameName(old.name, key.name)));
  return [...clauses, ...added.map(addForeignKey)];
}

function diffChecks(from: Table, to: Table): readonly Clause[] {
  const clauses: Clause[] = [];
  for (const check of from.checks) {
    const now = to.checks.find((candidate) => sameName(candidate.name, check.name));
    if (now === undefined) clauses.push(dropCheck(check));
    else if (plainExpression(now.expression) !== plainExpression(check.expression))
      clauses.push(dropCheck(check), addCheck(now));
    else if (now.enforced !== check.enforced) clauses.push(checkEnforcement(now));
  }
  const added = to.checks.filter((check) => !from.checks.some((old) => sameName(old.name, check.name)));
  return [...clauses, ...added.map(addCheck)];
}

/** Whether a foreign key over this column must be taken off while it changes (errors 1832, 1833). */
export function disturbsForeignKey(fromTable: Table, toTable: Table, name: string): boolean {
  const from = columnOf(fromTable, name);
  const to = columnOf(toTable, name);
  if (from === undefined || to === undefined) return true;
  const essence = (table: Table, column: Column): string =>
    JSON.stringify([
      printType(column.type),
      charsetOf(table, column),
      column.nullability === "not-null",
      column.generated,
    ]);
  return essence(fromTable, from) !== essence(toTable, to);
}

/** The ALTER TABLE statements, as few as the server allows. */
export function alterTableSql(table: string, clauses: readonly Clause[]): readonly string[] {
  return alterPhases(clauses).map(
    (phase) => `ALTER TABLE ${quoteName(table)}\n  ${phase.map((clause) => clause.sql).join(",\n  ")}`,
  );
}

/**
 * Clauses grouped by statement. A second statement only where the server wants one: a foreign key that is dropped and
 * added again (error 1826), a FULLTEXT key of which only the parser changes (it takes the two for the same), a second
 * new FULLTEXT key (error 1795).
 */
export function alterPhases(clauses: readonly Clause[]): readonly (readonly Clause[])[] {
  const added = new Set(clauses.flatMap((clause) => constraintName(clause, "add") ?? []));
  const before: Clause[] = [];
  const main: Clause[] = [];
  const after: Clause[][] = [];
  let fulltexts = 0;
  for (const clause of clauses) {
    const isFulltext = clause.kind === "add-key" && clause.key.kind === "fulltext";
    if (isFulltext) fulltexts += 1;
    const dropped = constraintName(clause, "drop");
    if (dropped !== undefined && added.has(dropped)) before.push(clause);
    else if (isFulltext && fulltexts > 1) after.push([clause]);
    else main.push(clause);
  }
  return [before, main, ...after].filter((phase) => phase.length > 0);
}

function constraintName(clause: Clause, verb: "add" | "drop"): string | undefined {
  if (clause.kind === `${verb}-foreign-key` && "foreignKey" in clause)
    return `foreign ${clause.foreignKey.name.toLowerCase()}`;
  if (clause.kind === `${verb}-key` && "key" in clause && clause.key.kind === "fulltext")
    return `fulltext ${clause.key.name.toLowerCase()}`;
  return undefined;
}

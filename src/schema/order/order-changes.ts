import { alterPhases } from "../diff/diff-table.ts";
import type { Clause } from "../diff/clause.ts";
import type { AlterTable, CreateTable, DropTable, SchemaChange, UnhandledChange } from "../diff/diff-schemas.ts";
import { addForeignKey, dropForeignKey } from "../diff/constraint-clauses.ts";
import type { ForeignKey, Table } from "../model.ts";
import { printTable } from "../print/print-table.ts";
import { quoteName } from "../text/quote.ts";
import { sortByDependency } from "./sort-by-dependency.ts";

export type TableChange = Exclude<SchemaChange, UnhandledChange>;

/** One statement of a change. Every prefix of the ordered list leaves a valid schema, with foreign-key checks on. */
export interface OrderedStatement {
  readonly change: TableChange;
  readonly sql: string;
}

interface Step {
  readonly change: TableChange;
  readonly sql: string;
  readonly creates?: Table | undefined;
  readonly drops?: Table | undefined;
  readonly clauses: readonly Clause[];
}

/**
 * All statements of all changes in an order that never breaks a foreign key. Where changes need each other in a circle,
 * the foreign keys in it are taken off first or put on last.
 */
export function orderStatements(changes: readonly SchemaChange[]): readonly OrderedStatement[] {
  const handled = changes.filter((change) => change.kind !== "not-handled").toSorted(bySeed);
  const whole = handled.flatMap((change) => stepsOf(change, false));
  const sorted =
    sortByDependency(whole, needs) ??
    sortByDependency(
      handled.flatMap((change) => stepsOf(change, true)),
      needs,
    );
  return (sorted ?? whole).map(({ change, sql }) => ({ change, sql }));
}

/** The changes themselves in the order in which each is first due. */
export function orderChanges(changes: readonly SchemaChange[]): readonly TableChange[] {
  return [...new Set(orderStatements(changes).map((statement) => statement.change))];
}

const SEED = { "create-table": 0, "alter-table": 1, "drop-table": 2 } as const;

function bySeed(a: TableChange, b: TableChange): number {
  if (a.kind !== b.kind) return SEED[a.kind] - SEED[b.kind];
  return a.name < b.name ? -1 : 1;
}

/** @param apart take foreign keys out of the statements, so that nothing depends on anything else but them */
function stepsOf(change: TableChange, apart: boolean): readonly Step[] {
  switch (change.kind) {
    case "create-table":
      return createSteps(change, apart);
    case "drop-table":
      return dropSteps(change, apart);
    case "alter-table":
      return alterSteps(change, apart);
  }
}

function createSteps(change: CreateTable, apart: boolean): readonly Step[] {
  const table = change.table;
  const keys = table === undefined || !apart ? [] : table.foreignKeys.filter((key) => key.table !== table.name);
  if (table === undefined || keys.length === 0) return [{ change, sql: change.sql, creates: table, clauses: [] }];
  const bare: Table = { ...table, foreignKeys: table.foreignKeys.filter((key) => !keys.includes(key)) };
  return [{ change, sql: printTable(bare), creates: bare, clauses: [] }, alterStep(change, keys.map(addForeignKey))];
}

function dropSteps(change: DropTable, apart: boolean): readonly Step[] {
  const table = change.table;
  const sql = `DROP TABLE ${quoteName(change.name)}`;
  const keys = table === undefined || !apart ? [] : table.foreignKeys.filter((key) => key.table !== table.name);
  if (table === undefined || keys.length === 0) return [{ change, sql, drops: table, clauses: [] }];
  return [
    alterStep(change, keys.map(dropForeignKey)),
    { change, sql, drops: { ...table, foreignKeys: [] }, clauses: [] },
  ];
}

function alterSteps(change: AlterTable, apart: boolean): readonly Step[] {
  if (!apart) return alterPhases(change.clauses).map((clauses) => alterStep(change, clauses));
  const isDrop = (clause: Clause): boolean => clause.kind === "drop-foreign-key";
  const isAdd = (clause: Clause): boolean => clause.kind === "add-foreign-key";
  const parts = [
    change.clauses.filter(isDrop),
    ...alterPhases(change.clauses.filter((clause) => !isDrop(clause) && !isAdd(clause))),
    change.clauses.filter(isAdd),
  ];
  return parts.filter((clauses) => clauses.length > 0).map((clauses) => alterStep(change, clauses));
}

function alterStep(change: TableChange, clauses: readonly Clause[]): Step {
  const sql = `ALTER TABLE ${quoteName(change.name)}\n  ${clauses.map((clause) => clause.sql).join(",\n  ")}`;
  return { change, sql, clauses };
}

/** Whether `step` can only run after `other`. */
function needs(step: Step, other: Step, stepAt: number, otherAt: number): boolean {
  if (step.change === other.change) return otherAt < stepAt;
  const parentName = other.change.name;
  const pointsThere = (key: ForeignKey): boolean => key.database === undefined && key.table === parentName;
  // A new reference needs its parent in the new shape …
  if (newKeys(step).some(pointsThere) && (other.creates !== undefined || changesShape(other))) return true;
  // … and a parent is changed or dropped only after what pointed there has let go.
  const childName = step.change.name;
  const pointsHere = (key: ForeignKey): boolean => key.database === undefined && key.table === childName;
  return (step.drops !== undefined || changesShape(step)) && goneKeys(other).some(pointsHere);
}

function newKeys(step: Step): readonly ForeignKey[] {
  const added = step.clauses.flatMap((clause) => (clause.kind === "add-foreign-key" ? [clause.foreignKey] : []));
  return [...added, ...(step.creates?.foreignKeys ?? [])];
}

function goneKeys(step: Step): readonly ForeignKey[] {
  const dropped = step.clauses.flatMap((clause) => (clause.kind === "drop-foreign-key" ? [clause.foreignKey] : []));
  return [...dropped, ...(step.drops?.foreignKeys ?? [])];
}

function changesShape(step: Step): boolean {
  return step.clauses.some(
    (clause) =>
      clause.kind.endsWith("-column") ||
      (clause.kind.endsWith("-key") && !clause.kind.includes("foreign")) ||
      clause.kind === "set-option",
  );
}

import type { AlterTable } from "../diff/diff-schemas.ts";
import type { Clause } from "../diff/clause.ts";
import type { ServerFacts } from "../server-facts.ts";
import { worst, type Verdict } from "./algorithm.ts";
import { classifyClause } from "./classify-clause.ts";
import { rebuild } from "./context.ts";

/** What the server's own ALTER TABLE would do for a change, by rule; the engine copies whatever the answer. */
export function classifyAlter(change: AlterTable, facts: ServerFacts): Verdict {
  // Partitioned tables refuse much of this; nothing here was checked on them.
  if (change.from.partition !== undefined) return { algorithm: "copy", why: "the table is partitioned" };
  const context = { facts, from: change.from, to: change.to, clauses: change.clauses };
  const each = worst(change.clauses.map((clause) => classifyClause(clause, context)));
  const columns = change.clauses.filter((clause) => clause.kind === "add-column" || clause.kind === "drop-column");
  if (columns.some(isVirtual) && change.clauses.length > columns.filter(isVirtual).length) {
    return { algorithm: "copy", why: "a virtual column changes together with something else" };
  }
  // Columns come and go instantly only when nothing else needs more.
  if (each.algorithm === "inplace" && columns.length > 0) return rebuild("columns change together with keys", context);
  return each;
}

function isVirtual(clause: Clause): boolean {
  return (clause.kind === "add-column" || clause.kind === "drop-column") && clause.column.generated?.kind === "VIRTUAL";
}

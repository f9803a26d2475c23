import type { AlterTable } from "../diff/diff-schemas.ts";
import type { ServerFacts } from "../server-facts.ts";
import { worst, type Verdict } from "./algorithm.ts";
import { classifyClause } from "./classify-clause.ts";

/** What the server's own ALTER TABLE would do for a change, by rule; the engine copies whatever the answer. */
export function classifyAlter(change: AlterTable, facts: ServerFacts): Verdict {
  const context = { facts, from: change.from, to: change.to, clauses: change.clauses };
  const verdict = worst(change.clauses.map((clause) => classifyClause(clause, context)));
  // Partitioned tables refuse much of this; nothing here was checked on them.
  return change.from.partition === undefined ? verdict : { algorithm: "copy", why: "the table is partitioned" };
}

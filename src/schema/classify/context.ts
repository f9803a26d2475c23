import type { Clause } from "../diff/clause.ts";
import type { Table } from "../model.ts";
import type { ServerFacts } from "../server-facts.ts";
import type { Verdict } from "./algorithm.ts";

/** What a clause's cost depends on besides itself. */
export interface ClassifyContext {
  readonly facts: ServerFacts;
  readonly from: Table;
  readonly to: Table;
  readonly clauses: readonly Clause[];
}

export function hasFulltext(context: ClassifyContext): boolean {
  return context.from.keys.some((key) => key.kind === "fulltext");
}

/** What a clause that rebuilds the table costs here. */
export function rebuild(why: string, context: ClassifyContext): Verdict {
  return hasFulltext(context)
    ? { algorithm: "copy", why: `${why}, and the table has a FULLTEXT key` }
    : { algorithm: "inplace-rebuild", why };
}

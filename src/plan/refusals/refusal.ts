import type { Reason } from "#kernel";
import type { CanonicalSchema, Renames, SchemaChange, ServerFacts } from "#schema";
import type { PlannedChange } from "../plan.ts";

interface RefusalContext {
  readonly live: CanonicalSchema;
  readonly desired: CanonicalSchema;
  readonly facts: ServerFacts;
  readonly differences: readonly SchemaChange[];
  readonly changes: readonly PlannedChange[];
  /** Per table, new column name in lower case to old one. */
  readonly renames: ReadonlyMap<string, Renames>;
  /** Whether the live table may hold rows; true when that is unknown. */
  readonly mayHaveRows: (table: string) => boolean;
}

/** One ground on which a plan may not be staged. All of them are asked, and all reasons are given. */
export type Refusal = (context: RefusalContext) => readonly Reason[];

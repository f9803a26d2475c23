import type { SourcePlace } from "#kernel";
import type { CanonicalSchema } from "../canonical.ts";
import type { SchemaChange } from "../diff/diff-schemas.ts";
import type { ServerFacts } from "../server-facts.ts";

export interface LintFinding {
  /** The rule's name, `kebab-case`. */
  readonly rule: string;
  readonly severity: "error" | "warning" | "notice";
  /** One sentence with the names of things in it. */
  readonly message: string;
  readonly hint?: string;
  readonly place?: SourcePlace;
}

export interface LintContext {
  readonly live: CanonicalSchema;
  readonly desired: CanonicalSchema;
  readonly changes: readonly SchemaChange[];
  readonly facts: ServerFacts;
  /** Whether the live table may hold rows; true when that is unknown. */
  readonly mayHaveRows: (table: string) => boolean;
  /** Where a table, or something named within it, is authored. */
  readonly locate: (table: string, inside?: string) => SourcePlace | undefined;
}

/** Looks at what a change touches, never at the rest of the schema: old sins are not this pull request's. */
export interface LintRule {
  readonly name: string;
  check(context: LintContext): readonly LintFinding[];
}

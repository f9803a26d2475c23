import type { Reason } from "#kernel";
import type { AuthoredStatement, CanonicalSchema } from "#schema";

/** A throw-away server of the target's flavour and version; never a target. Implemented by the drivers. */
export interface Scratch {
  /**
   * Creates a database of its own, runs the statements (foreign-key checks off), reads every object back and drops it.
   * What the server refuses comes back as problems with the statement's place.
   */
  canonicalise(
    request: {
      readonly statements: readonly AuthoredStatement[];
      readonly charset: string;
      readonly collation: string;
    },
    signal: AbortSignal,
  ): Promise<CanonicaliseResult>;
  /**
   * Loads `from`, runs `statements` in order with foreign-key checks on, and reads the result back.
   *
   * @throws CodedError `plan/replay-refused` with the statement's index when the server refuses one
   */
  replay(
    request: { readonly from: CanonicalSchema; readonly statements: readonly string[] },
    signal: AbortSignal,
  ): Promise<CanonicalSchema>;
}

export type CanonicaliseResult =
  | { readonly at: "canonical"; readonly schema: CanonicalSchema }
  | { readonly at: "refused"; readonly problems: readonly Reason[] };

/** What a plan needs of a live database; read-only. Implemented by the drivers. */
export interface LiveDatabase {
  /** All objects except our own (`_sluice%` databases are other databases and never listed). */
  readSchema(signal: AbortSignal): Promise<CanonicalSchema>;
  statistics(tables: readonly string[], signal: AbortSignal): Promise<readonly TableStatistics[]>;
}

export interface TableStatistics {
  readonly table: string;
  /** The server's estimates. */
  readonly rows: number;
  readonly dataBytes: number;
  readonly indexBytes: number;
}

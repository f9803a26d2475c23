import type { Fingerprint, Reason, SourcePlace } from "#kernel";
import type { Flavour, ObjectKind } from "#schema";

/**
 * The ordered changes for one database at one commit: plain JSON (no bigint, no Date), stored in events and printed by
 * comment, check run, CLI and page.
 */
export interface Plan {
  readonly version: 1;
  /** Over changes and the live schema's hash: it dies when either moves. */
  readonly fingerprint: Fingerprint;
  readonly flavour: Flavour;
  readonly serverVersion: string;
  /** SHA-256 over the canonical live schema the plan starts from; equal on all shards. */
  readonly liveSchema: Fingerprint;
  readonly desiredSchema: Fingerprint;
  /** In the order they are carried out. */
  readonly changes: readonly PlannedChange[];
  /** Objects that differ but that we cannot change yet: named, and they block. */
  readonly notHandled: readonly NotHandled[];
  readonly findings: readonly Finding[];
  /** Why this plan may not be staged (for example `engine/not-yet`, no shared unique key); empty when it may. */
  readonly refusals: readonly Reason[];
  /** The replay on the scratch server; absent when there is nothing to change. */
  readonly proof?: Proof;
}

export type PlannedChange = CopyChange | CreateChange | DropChange;

interface ChangeBase {
  /** `alter:customers`; unique in the plan. */
  readonly id: string;
  readonly table: string;
  /** Short lines for people, one per atomic change: ``add column `note` varchar(200)``. */
  readonly summary: readonly string[];
  /** The DDL a person would write for it, in order. */
  readonly statements: readonly string[];
  readonly place?: SourcePlace;
  readonly risks: readonly Reason[];
  readonly revert: RevertForecast;
  readonly cost: Cost;
}

/** A table that is carried out by shadow table, copy and tail. */
export interface CopyChange extends ChangeBase {
  readonly kind: "copy";
  /** Canonical SHOW CREATE of the table as it is; differs from the live text by AUTO_INCREMENT at most. */
  readonly before: string;
  /** Canonical SHOW CREATE of the table as it shall be, with its final name. */
  readonly after: string;
  /** `after` without its non-unique secondary indexes, which are cheaper to add after the copy. */
  readonly afterBare: string;
  /** What `afterBare` lacks, as ALTER TABLE clauses (``ADD KEY `k` (`a`)``). */
  readonly deferredIndexes: readonly string[];
  /** Columns that exist on both sides and are not generated in the shadow: values flow along these pairs. */
  readonly columns: readonly ColumnPair[];
  /** Absent when the tables share no usable key; then `refusals` says so. */
  readonly key?: IdentityKey;
  /** The key whose columns identify a row for the way back (new table to old); usually the same columns. */
  readonly nativeAlgorithm: NativeAlgorithm;
}

export interface CreateChange extends ChangeBase {
  readonly kind: "create";
  /** Canonical CREATE TABLE. */
  readonly after: string;
}

/** The table is renamed away at the seal and kept until the deployment is finalised. */
export interface DropChange extends ChangeBase {
  readonly kind: "drop";
  readonly before: string;
}

export interface ColumnPair {
  readonly from: string;
  readonly to: string;
  /** Whether the column in the old table is generated: it takes no value on the way back. */
  readonly fromGenerated: boolean;
}

/**
 * The unique NOT NULL key that names a row on both sides. Column lists run in parallel; at the seal a row of the
 * source and a row of the shadow with equal values here are the same row.
 */
export interface IdentityKey {
  readonly sourceIndex: string;
  readonly shadowIndex: string;
  readonly sourceColumns: readonly string[];
  readonly shadowColumns: readonly string[];
}

/** What the server's own ALTER would do, for information: the engine copies. */
export interface NativeAlgorithm {
  readonly algorithm: "instant" | "inplace" | "inplace-rebuild" | "copy";
  readonly why: string;
}

/** The estimate shown to people; `exact` says whether rows were counted or taken from statistics. */
export interface Cost {
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly diskBytes: number;
}

export interface RevertForecast {
  readonly class: "clean" | "conditional" | "loses-new-values" | "impossible";
  /** One sentence per condition, loss or thing worth knowing; usually empty when clean. */
  readonly notes: readonly string[];
}

export interface NotHandled {
  readonly object: ObjectKind;
  readonly name: string;
  readonly action: "create" | "alter" | "drop";
  readonly reason: Reason;
}

export interface Finding {
  readonly rule: string;
  readonly severity: "error" | "warning" | "notice";
  readonly message: string;
  readonly hint?: string;
  readonly place?: SourcePlace;
}

export interface Proof {
  readonly serverVersion: string;
  readonly objects: number;
  readonly ms: number;
  readonly statements: number;
}

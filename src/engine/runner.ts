import type { Clock, DeploymentId, Log, Reason, ShardName } from "#kernel";
import type { PlannedChange } from "#plan";
import type { Target } from "./ports.ts";

/** How the engine treats the servers; every value has a default in `defaultEngineSettings`. */
export interface EngineSettings {
  /** Target time of one chunk, milliseconds. */
  readonly chunkMs: number;
  /** Rows of the first chunk and the most any chunk may have. */
  readonly chunkRows: { readonly first: number; readonly most: number };
  /** Parallel chunk connections within one table. */
  readonly copyConnections: number;
  /** How long clients may queue behind our LOCK TABLES before it is killed, milliseconds. */
  readonly lockBudgetMs: number;
  /** Budget from the first lock granted to the RENAME, milliseconds; exceeding it unlocks and tries again. */
  readonly sealBudgetMs: number;
  readonly sealAttempts: number;
  /** How long to wait for REPEATABLE READ snapshots older than the last apply, milliseconds. */
  readonly snapshotWaitMs: number;
  /** Keep the retired tables at finalise instead of dropping them. */
  readonly keepOld: boolean;
}

/** One deployment on one database: all changes on all shards as one unit. */
export interface RunnerRequest {
  readonly deployment: DeploymentId;
  /** Fencing token: a runner with a smaller one than the target has seen is refused (`engine/fenced`). */
  readonly fence: bigint;
  readonly targets: readonly Target[];
  readonly changes: readonly PlannedChange[];
  readonly settings: EngineSettings;
  readonly clock: Clock;
  readonly log: Log;
  /** Called at most every 250 ms while something moves. */
  readonly onProgress?: (progress: EngineProgress) => void;
}

/**
 * Carries one deployment through its life. Every method may be called again after a crash of process or server, also
 * by a new runner in another process: it looks at the targets first and goes on from there. Closing a runner stops
 * its streams and lanes and leaves the targets as they are.
 */
export interface Runner extends AsyncDisposable {
  /** All reasons at once; empty means it may be staged. Changes nothing on the targets. */
  preflight(signal: AbortSignal): Promise<readonly Reason[]>;
  /** Resolves when every change on every shard has caught up and its checksum equals; the tails go on until close. */
  stage(signal: AbortSignal): Promise<StageReport>;
  progress(): EngineProgress;
  /** Rejects with the CodedError that ended a tail (DDL by someone else, purged log, …); resolves never, until aborted. */
  failure(signal: AbortSignal): Promise<never>;
  /** Only after `stage` has resolved in this runner. */
  seal(signal: AbortSignal): Promise<SealOutcome>;
  /** Who owns the names now, by InnoDB table id; kills the recorded old seal sessions first. */
  look(signal: AbortSignal): Promise<NamesOwner>;
  /** Ends a `split`: finishes the seal forward or undoes it on every shard, whichever is safe; returns what holds then. */
  resolve(signal: AbortSignal): Promise<"original" | "sealed">;
  /** Keeps the old tables current after the seal (armed at the RENAME event); resolves once it has caught up. */
  openWindow(signal: AbortSignal): Promise<void>;
  /** The same barrier backwards; only after `openWindow`. Refused when keys cannot go back (`engine/revert-blocked`). */
  revert(signal: AbortSignal): Promise<SealOutcome>;
  /** Ends the window: inverse tail stopped, retired tables dropped or kept, nothing else of ours left. */
  finalise(signal: AbortSignal): Promise<CleanReport>;
  /** Before the seal, or after a revert: drops shadows and all else of ours; production tables are untouched. */
  abandon(signal: AbortSignal): Promise<CleanReport>;
}

export type NamesOwner = "original" | "sealed" | "split" | "reverted";

export interface EngineProgress {
  readonly phase:
    "idle" | "copying" | "indexing" | "catching-up" | "checking" | "ready" | "sealing" | "window" | "reverting";
  readonly tables: readonly TableProgress[];
  /** Age of the newest applied event, milliseconds, the worst over shards. */
  readonly lagMs: number;
  readonly throttledBy?: Reason;
  /** Keys that cannot be brought back to the old tables at the moment. */
  readonly blockedKeys: number;
}

export interface TableProgress {
  readonly shard: ShardName;
  readonly table: string;
  readonly state: "waiting" | "copying" | "indexing" | "tailing" | "checking" | "equal";
  readonly rowsCopied: number;
  /** The server's estimate when the copy began. */
  readonly rowsEstimated: number;
  readonly keysApplied: number;
  readonly keysPending: number;
}

export interface StageReport {
  readonly rows: number;
  readonly seconds: number;
  readonly checksums: readonly {
    readonly shard: ShardName;
    readonly table: string;
    readonly rows: number;
    readonly repaired: number;
  }[];
}

export type SealOutcome =
  | { readonly at: "sealed"; readonly report: SealReport }
  /** Nothing has changed on any shard. */
  | { readonly at: "refused"; readonly reason: Reason; readonly blockers: readonly Blocker[] }
  /** An answer never came: call `look`. */
  | { readonly at: "unsure"; readonly reason: Reason };

export interface SealReport {
  readonly attempts: number;
  readonly tables: number;
  readonly shards: readonly ShardSealReport[];
  /** Where the retired tables are, as `` `database`.`table` ``. */
  readonly oldTables: readonly string[];
  /** First lock granted on any shard to the last UNLOCK, milliseconds. */
  readonly lockHeldMs: number;
  /** REPEATABLE READ transactions whose snapshot was older than the last apply: they may miss rows (design D8). */
  readonly oldSnapshots: number;
  /** ISO 8601. */
  readonly sealedAt: string;
}

export interface ShardSealReport {
  readonly shard: ShardName;
  /** How long our LOCK TABLES waited. */
  readonly lockWaitMs: number;
  readonly drainMs: number;
  readonly drainedKeys: number;
  readonly renameMs: number;
  /** Lock granted to UNLOCK: the longest a client can have waited because of us, but for the lock wait itself. */
  readonly lockHeldMs: number;
}

export interface Blocker {
  readonly shard: ShardName;
  readonly connectionId: number;
  readonly seconds: number;
  readonly holds: string;
}

export interface CleanReport {
  /** What was dropped or kept, as `` `database`.`table` ``. */
  readonly dropped: readonly string[];
  readonly kept: readonly string[];
  /** Listing after cleaning: databases, tables and rows of ours that belong to this deployment; must be empty. */
  readonly left: readonly string[];
}

import type { RepositoryName } from "#config";
import type { EngineProgress, Target } from "#engine";
import type { DeploymentId } from "#kernel";
import type { LiveDatabase, Scratch } from "#plan";
import type { AuthoredFile } from "#schema";
import type { CommandAnswer, DeploymentView, Proposal } from "./view.ts";

/** An event as stored: a type, plain JSON data with a payload version, and when. */
export interface StoredEvent {
  readonly type: string;
  readonly data: unknown;
  /** Payload version; older ones are upcast on read. */
  readonly payload: number;
  /** ISO 8601. */
  readonly at: string;
}

/** Append-only streams with optimistic concurrency; the truth. */
export interface EventStore {
  /** Version 0 and no events when the stream does not exist. */
  load(stream: string): Promise<{ readonly version: number; readonly events: readonly StoredEvent[] }>;
  /** Version alone, for those who wait for news; 0 when the stream does not exist. */
  version(stream: string): Promise<number>;
  /** All or nothing; `subjects` are marked in the outbox and `view` is stored in the same transaction. */
  append(
    stream: string,
    expectedVersion: number,
    events: readonly StoredEvent[],
    together: { readonly subjects: readonly Subject[]; readonly view: DeploymentView },
  ): Promise<"appended" | "conflict">;
}

/** What a forge shows and must be brought up to date: one pull request with all that belongs to it. */
export interface Subject {
  readonly repository: RepositoryName;
  readonly pull: number;
}

/** Read views of deployments. */
export interface Deployments {
  get(id: DeploymentId): Promise<DeploymentView | undefined>;
  list(query: {
    readonly group?: string;
    readonly database?: string;
    readonly subject?: Subject;
    /** Only those not in a terminal state. */
    readonly open?: boolean;
    readonly limit?: number;
  }): Promise<readonly DeploymentView[]>;
  /** At most one per database and merge commit: the id of an earlier one, so that a doubled webhook changes nothing. */
  findByMerge(database: string, mergeSha: string): Promise<DeploymentId | undefined>;
  /** Latest progress; overwritten, never an event. Marks the subject when `news` is set. */
  putProgress(id: DeploymentId, progress: EngineProgress, news?: Subject): Promise<void>;
}

/** Authored files of a schema folder by content hash, so that workers need no access to the forge. */
export interface Sources {
  put(files: readonly AuthoredFile[]): Promise<string>;
  get(hash: string): Promise<readonly AuthoredFile[] | undefined>;
}

export interface Proposals {
  /** Replaces an earlier one of the same database and head. Marks the subject. */
  put(proposal: Proposal): Promise<void>;
  list(subject: Subject, headSha: string): Promise<readonly Proposal[]>;
}

/** One holder per name at a time; `fence` grows with every new holder. */
export interface Leases {
  take(name: string, holder: string, ttlMs: number): Promise<{ readonly fence: bigint } | undefined>;
  /** False when somebody else has taken it since: stop at once. */
  renew(name: string, holder: string, fence: bigint, ttlMs: number): Promise<boolean>;
  release(name: string, holder: string, fence: bigint): Promise<void>;
}

/** Webhook deliveries, stored before they are answered. */
export interface Inbox {
  /** `known` when a delivery of that id is there already. */
  receive(delivery: Delivery): Promise<"new" | "known">;
  /** Claims up to `limit` unfinished deliveries for `claimMs`. */
  claim(limit: number, claimMs: number): Promise<readonly Delivery[]>;
  done(id: string): Promise<void>;
  /**
   * Tried again after a growing pause; after `most` tries it stays for people to look at. With `retryMs`, the pause that
   * somebody else asked for, the try does not count.
   */
  failed(id: string, code: string, retryMs?: number): Promise<void>;
  /** Forgets deliveries that were done with this long ago; returns how many. Those that failed stay. */
  forget(olderMs: number): Promise<number>;
}

export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly action?: string;
  readonly payload: unknown;
}

/** Subjects whose public face is out of date. Marks made while one is being published are kept. */
export interface Outbox {
  mark(subject: Subject): Promise<void>;
  claim(limit: number, claimMs: number): Promise<readonly { readonly subject: Subject; readonly ticket: string }[]>;
  /** Keeps a claim for `claimMs` from now; false when it has ended and may be somebody else's: stop at once. */
  renew(ticket: string, claimMs: number): Promise<boolean>;
  done(ticket: string): Promise<void>;
  failed(ticket: string, code: string, retryMs: number): Promise<void>;
}

/** What was published where: lets an edit find its comment or check run again, and skips what has not changed. */
export interface Publications {
  get(subject: Subject, kind: string): Promise<{ readonly externalId: string; readonly hash: string } | undefined>;
  put(subject: Subject, kind: string, externalId: string, hash: string): Promise<void>;
}

/** First answers by key, so that a command acts once however often it arrives. */
export interface CommandLog {
  find(key: string): Promise<CommandAnswer | undefined>;
  put(key: string, answer: CommandAnswer): Promise<void>;
}

/** The control database as one object; the store implements it. */
export interface Control {
  readonly events: EventStore;
  readonly deployments: Deployments;
  readonly sources: Sources;
  readonly proposals: Proposals;
  readonly leases: Leases;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly publications: Publications;
  readonly commands: CommandLog;
}

/** Opens the databases that fleet.yml names. Implemented in app over the drivers. */
export interface DatabaseAccess {
  /** One target per shard, in fleet order. */
  targets(database: string): Promise<readonly Target[]>;
  /** One per shard, in fleet order. */
  live(database: string): Promise<readonly LiveDatabase[]>;
  /** @throws CodedError `config/no-scratch` when no scratch server fits; `drivers/scratch-is-target` */
  scratch(database: string): Promise<Scratch>;
}

/** Asked at decision time, never cached. */
export interface Permissions {
  of(repository: RepositoryName, login: string): Promise<"admin" | "maintain" | "write" | "triage" | "read" | "none">;
}

/** A hint that a deployment wants attention; losing one loses nothing (the reconciler wakes it again). */
export interface Dispatcher {
  wake(id: DeploymentId, afterMs?: number): void;
  /**
   * Calls `work` for woken deployments, at most one call per deployment at a time. `againMs` asks for another wake-up.
   */
  start(work: (id: DeploymentId, signal: AbortSignal) => Promise<{ readonly againMs?: number }>): Promise<void>;
  /** Aborts running work and resolves when it has ended. */
  stop(): Promise<void>;
}

import type { RepositoryName } from "#config";
import type { EngineProgress, SealReport, StageReport } from "#engine";
import type { DeploymentId, Fingerprint, Reason } from "#kernel";
import type { Plan } from "#plan";

/**
 * `blocked` waits for a person (`/plan`, a new merge, `/cancel`); `failed` is final with production untouched.
 * finalised, reverted, cancelled, failed and unchanged are terminal.
 */
export type DeploymentAt =
  | "queued"
  | "planning"
  | "staging"
  | "ready"
  | "sealing"
  | "unsure"
  | "window"
  | "reverting"
  | "finalising"
  | "cancelling"
  | "blocked"
  | "finalised"
  | "reverted"
  | "cancelled"
  | "failed"
  | "unchanged";

/** What people are shown of a deployment: the fold of its events plus the latest progress. */
export interface DeploymentView {
  readonly id: DeploymentId;
  readonly at: DeploymentAt;
  readonly group: string;
  readonly database: string;
  readonly channel: string;
  readonly seal: "auto" | "manual";
  /** Absent when started without GitHub. */
  readonly origin?: DeploymentOrigin;
  /** Recomputed at the start; the reviewed one before that. */
  readonly plan: Plan;
  readonly reviewedFingerprint?: Fingerprint;
  /** 0: it is this deployment's turn; n: n deployments of the database are before it. */
  readonly queuePlace: number;
  readonly votes: readonly Vote[];
  /** Seal votes needed, each by another person; absent: 1. */
  readonly approvals?: number;
  /** An automatic seal waits for a vote all the same (plan never reviewed, or its seal rounds are used up). */
  readonly needsVote?: boolean;
  /** Why it does not go on by itself; empty when it does or is over. */
  readonly reasons: readonly Reason[];
  readonly progress?: EngineProgress;
  readonly staged?: StageReport;
  readonly sealed?: SealReport;
  readonly reverted?: SealReport;
  /** ISO 8601; while the window is open. */
  readonly windowUntil?: string;
  readonly history: readonly HistoryLine[];
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Version of the event stream. */
  readonly version: number;
}

export interface DeploymentOrigin {
  readonly repository: RepositoryName;
  readonly pull: number;
  readonly headSha: string;
  readonly mergeSha: string;
  /** Login of the pull request's author. */
  readonly author: string;
  /** ISO 8601; the queue's order. */
  readonly mergedAt: string;
}

export interface Vote {
  readonly actor: string;
  readonly via: CommandVia;
  readonly at: string;
}

export interface HistoryLine {
  readonly at: string;
  /** The event's type. */
  readonly what: string;
  readonly actor?: string;
  readonly detail?: string;
}

export type CommandVia = "comment" | "button" | "cli" | "web";
export type CommandVerb = "apply" | "cancel" | "revert" | "finalize";

/** A person's wish, from whichever door; the one authoriser decides (design D11). */
export interface CommandRequest {
  readonly verb: CommandVerb;
  readonly deployment: DeploymentId;
  readonly actor: string;
  readonly via: CommandVia;
  /** At least 6 hex digits of the fingerprint the person saw; a button always carries it. */
  readonly pin?: string;
  readonly why?: string;
  /** The same key never acts twice (comment id, delivery id); the first answer is given again. */
  readonly key: string;
}

export type CommandAnswer =
  | { readonly at: "accepted"; readonly message: string }
  | { readonly at: "refused"; readonly reasons: readonly Reason[] };

/** The plan of one database for one pull request's head, or why there is none. */
export interface Proposal {
  readonly group: string;
  readonly database: string;
  readonly channel: string;
  readonly repository: RepositoryName;
  readonly pull: number;
  readonly headSha: string;
  readonly result:
    | { readonly at: "planned"; readonly plan: Plan }
    /** Bad SQL, unreachable server, …: named with file:line where it applies. */
    | { readonly at: "refused"; readonly reasons: readonly Reason[] };
  readonly createdAt: string;
}

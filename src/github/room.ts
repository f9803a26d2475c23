import type { DeployDeps } from "#deploy";
import type { BlobCache } from "./api/trees.ts";
import type { GithubClients } from "./client/clients.ts";

/** What everything in this room works with. */
export interface GithubDeps extends DeployDeps {
  readonly clients: GithubClients;
  readonly blobs: BlobCache;
  /** Where people reach the pages, without a slash at the end; links are left out when absent. */
  readonly publicUrl?: string;
  readonly counters?: Counters;
}

/** What is counted for `/metrics`; labels never hold a repository or a number of a pull request. */
export interface Counters {
  webhook(event: string, outcome: "new" | "known" | "ignored" | "refused" | "done" | "failed"): void;
  published(kind: "comment" | "check", outcome: "created" | "updated" | "unchanged" | "failed"): void;
}

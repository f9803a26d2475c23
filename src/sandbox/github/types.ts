import type { Clock, Log } from "#kernel";

/** What a person may do in one repository, as GitHub names it in the collaborator permission. */
export type Permission = "admin" | "write" | "read" | "none";
export type MergeMethod = "merge" | "squash" | "rebase";

export interface SandboxGithubOptions {
  /** 0 (the default) takes a free port on loopback. */
  readonly port?: number;
  /** Where webhooks go; without one they are only stored. `setWebhookUrl` sets it later. */
  readonly webhookUrl?: string;
  readonly webhookSecret: string;
  readonly appId?: number;
  /** The app's slug; its comments come from `<slug>[bot]`. Default `sluice`. */
  readonly appSlug?: string;
  /** As in app.yml. A call that needs more gets GitHub's 403. Default: what Sluice's app.yml asks for. */
  readonly permissions?: Readonly<Record<string, "read" | "write">>;
  /** As in app.yml; other events are not sent. Default: all that the sandbox knows. */
  readonly events?: readonly string[];
  /** `off` skips the judgement by GitHub's own description. Default `check`. */
  readonly contract?: "check" | "off";
  readonly clock?: Clock;
  readonly log?: Log;
}

/** A local GitHub: repositories, REST API, webhooks and pages. Everything is forgotten when it is disposed of. */
export interface SandboxGithub extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`: the pages; people open this. */
  readonly url: string;
  /** Octokit's `baseUrl`: `url` + `/api/v3`. */
  readonly baseUrl: string;
  readonly appId: number;
  readonly appSlug: string;
  /** `<slug>[bot]`. */
  readonly botLogin: string;
  /** The app's RSA private key, PKCS#8 PEM, made anew for each sandbox. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** What goes wrong on the way of a webhook; assign its members at any time. */
  readonly faults: Faults;
  setWebhookUrl(url: string | undefined): void;
  /** Makes a person known; a login used anywhere is made known by itself. */
  addUser(login: string, options?: { readonly name?: string }): void;
  /** A token of that person for `Authorization: Bearer`, such as a CLI would hold. */
  userToken(login: string): string;
  createRepository(options: CreateRepository): Promise<SandboxRepository>;
  repository(owner: string, name: string): SandboxRepository;
  repositories(): readonly SandboxRepository[];
  /** Clicks a button of a completed check run: `check_run.requested_action` from `login`, who needs write access. */
  clickAction(checkRunId: number, identifier: string, login: string): Promise<void>;
  /** Clicks Re-run on one check run: `check_run.rerequested`. */
  rerequestCheck(checkRunId: number, login: string): Promise<void>;
  /** All deliveries, oldest first; a redelivery is an entry of its own with the same guid. */
  deliveries(): readonly Delivery[];
  redeliver(deliveryId: number): Promise<void>;
  /** Resolves when no delivery is on its way or held back, also none that an answered one caused meanwhile. */
  settle(): Promise<void>;
  /** Everything asked, answered or delivered that GitHub's description, or its prose, does not allow. */
  violations(): readonly Violation[];
  /** @throws CodedError `sandbox/contract-violated` that lists them */
  assertNoViolations(): void;
}

export interface CreateRepository {
  readonly owner: string;
  readonly name: string;
  /** Default `main`. */
  readonly defaultBranch?: string;
  /** Path to text: the first commit of the default branch. */
  readonly files?: Readonly<Record<string, string>>;
  readonly private?: boolean;
  /** Login to permission; others have `read` in a public repository and `none` in a private one. */
  readonly collaborators?: Readonly<Record<string, Permission>>;
  /** False leaves the app out. Default true: installed for the owner with this repository selected. */
  readonly installed?: boolean;
}

export interface CommitFiles {
  readonly branch: string;
  /** Branch or commit the branch starts at when it does not exist yet; default: the default branch. */
  readonly from?: string;
  /** Path to text; null removes the file. */
  readonly files: Readonly<Record<string, string | null>>;
  readonly message?: string;
  /** Login; default: the repository's owner. */
  readonly author?: string;
  /** Start anew from `from`, as a force push does. */
  readonly force?: boolean;
}

export interface OpenPullRequest {
  readonly title: string;
  readonly body?: string;
  /** Branch, or `owner:branch` for a branch of a fork (see `fork`). */
  readonly head: string;
  /** Default: the default branch. */
  readonly base?: string;
  readonly author?: string;
  readonly draft?: boolean;
}

/** One repository as its people use it; every method has the effects (webhooks included) that GitHub's pages have. */
export interface SandboxRepository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly installationId: number | undefined;
  /** Its page. */
  readonly url: string;
  /** Folder of the bare repository, for `git` itself. */
  readonly gitDir: string;
  /** Commits to a branch, makes it where needed, and pushes; returns the commit's SHA. */
  commitFiles(options: CommitFiles): Promise<string>;
  deleteBranch(branch: string, login: string): Promise<void>;
  /** SHA of a branch, tag, `refs/...` or commit; undefined when there is none. */
  resolve(ref: string): Promise<string | undefined>;
  readFile(ref: string, path: string): Promise<string | undefined>;
  /** A public copy under another owner; the app is not installed there. */
  fork(owner: string): Promise<SandboxRepository>;
  openPullRequest(options: OpenPullRequest): Promise<PullRequestView>;
  pullRequest(number: number): PullRequestView;
  editPullRequest(
    number: number,
    change: { readonly title?: string; readonly body?: string; readonly base?: string },
    login: string,
  ): Promise<void>;
  closePullRequest(number: number, login: string): Promise<void>;
  reopenPullRequest(number: number, login: string): Promise<void>;
  /** @returns the SHA the base branch got; throws `sandbox/not-mergeable` where GitHub answers 405 */
  merge(number: number, login: string, method?: MergeMethod): Promise<string>;
  comment(number: number, login: string, body: string): Promise<CommentView>;
  editComment(commentId: number, login: string, body: string): Promise<void>;
  deleteComment(commentId: number, login: string): Promise<void>;
  comments(number: number): readonly CommentView[];
  /** Check runs on a commit, branch or `refs/...`; the newest of each name only, oldest first. */
  checkRuns(ref: string): Promise<readonly CheckRunView[]>;
  setPermission(login: string, permission: Permission): void;
  /** Asks for these check runs on a branch before a merge; an empty list asks for none. */
  requireChecks(branch: string, names: readonly string[]): void;
  /** Puts pull requests in a merge group: makes its commit and branch, sends `merge_group.checks_requested`. */
  queueMergeGroup(numbers: readonly number[]): Promise<{ readonly headSha: string; readonly headRef: string }>;
  /** Adds the app to, or takes it from, this repository: `installation_repositories`, or `installation` for the first. */
  install(): Promise<void>;
  uninstall(): Promise<void>;
}

export interface PullRequestView {
  readonly number: number;
  readonly title: string;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly author: string;
  readonly head: { readonly ref: string; readonly sha: string };
  readonly base: { readonly ref: string; readonly sha: string };
  /** Undefined: it conflicts. */
  readonly mergeCommitSha: string | undefined;
  readonly url: string;
}

export interface CommentView {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly reactions: readonly { readonly login: string; readonly content: string }[];
}

export interface CheckRunView {
  readonly id: number;
  readonly name: string;
  readonly headSha: string;
  readonly status: string;
  readonly conclusion: string | undefined;
  readonly externalId: string;
  readonly detailsUrl: string | undefined;
  readonly title: string | undefined;
  readonly summary: string | undefined;
  readonly text: string | undefined;
  readonly actions: readonly { readonly label: string; readonly description: string; readonly identifier: string }[];
}

/** One attempt to hand over a webhook. */
export interface Delivery {
  readonly id: number;
  /** `X-GitHub-Delivery`: the same for every attempt and redelivery of one event. */
  readonly guid: string;
  readonly event: string;
  readonly action: string | undefined;
  readonly repository: string | undefined;
  readonly deliveredAt: Date;
  readonly redelivery: boolean;
  /** `OK`, or why not. */
  readonly status: string;
  /** 0 while it is on its way or without a webhook URL; 504 when it was dropped or not answered in 10 s. */
  readonly statusCode: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What a fault decides by; `index` counts events from 0. */
export interface Sending {
  readonly index: number;
  readonly event: string;
  readonly action: string | undefined;
  readonly guid: string;
}

/** Each may be set and unset at any time; a redelivery is never disturbed. */
export interface Faults {
  /** Not sent; shows as timed out in the list of deliveries. */
  drop?: ((sending: Sending) => boolean) | undefined;
  /** Sent twice with the same guid. */
  double?: ((sending: Sending) => boolean) | undefined;
  /** Sent so many milliseconds later; later ones do not wait for it. */
  delayMs?: ((sending: Sending) => number) | undefined;
  /** Held back until another one has been sent, at most 300 ms. */
  reorder?: ((sending: Sending) => boolean) | undefined;
}

export interface Violation {
  /** The operation or webhook, such as `checks/create request` or `pull_request.opened`. */
  readonly where: string;
  /** JSON pointer in the body, query or payload. */
  readonly at: string;
  readonly problem: string;
}

import { CodedError, type Clock } from "#kernel";
import type { GitRepository, Person } from "./git.ts";
import type { MergeMethod, Permission } from "./types.ts";

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Bot" | "Organization";
  readonly name: string;
  readonly createdAt: Date;
}

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly owner: Account;
  readonly bot: Account;
  readonly permissions: Readonly<Record<string, "read" | "write">>;
  readonly events: readonly string[];
  readonly createdAt: Date;
}

export interface Installation {
  readonly id: number;
  readonly account: Account;
  readonly repositoryIds: Set<number>;
  readonly createdAt: Date;
}

export interface Repo {
  readonly id: number;
  readonly owner: Account;
  readonly name: string;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly git: GitRepository;
  readonly parent: Repo | undefined;
  readonly collaborators: Map<string, Permission>;
  readonly requiredChecks: Map<string, readonly string[]>;
  readonly issues: Map<number, Issue>;
  readonly pulls: Map<number, Pull>;
  readonly createdAt: Date;
  /** What moves refs waits here for its turn. */
  readonly turns: Turns;
  pushedAt: Date;
}

/** Lets one piece of work run at a time, in the order they came. Not to be entered twice by one piece of work. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

/** What a plain issue and a pull request share: one numbering, one kind of comment. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly createdAt: Date;
  title: string;
  body: string | undefined;
  state: "open" | "closed";
  updatedAt: Date;
  closedAt: Date | undefined;
}

export interface Pull extends Issue {
  readonly head: { readonly repo: Repo; readonly ref: string; sha: string };
  readonly base: { ref: string; sha: string };
  draft: boolean;
  /** The test merge while open, the real one after the merge; undefined: conflicts. */
  mergeCommit: string | undefined;
  merged: { readonly by: Account; readonly at: Date; readonly method: MergeMethod } | undefined;
}

export interface Comment {
  readonly id: number;
  readonly repo: Repo;
  readonly issue: Issue;
  readonly author: Account;
  readonly viaApp: boolean;
  readonly createdAt: Date;
  readonly reactions: Reaction[];
  body: string;
  updatedAt: Date;
}

export interface Reaction {
  readonly id: number;
  readonly user: Account;
  readonly content: string;
  readonly createdAt: Date;
}

export interface CheckSuite {
  readonly id: number;
  readonly repo: Repo;
  readonly headSha: string;
  readonly headBranch: string | undefined;
  readonly before: string | undefined;
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface CheckOutput {
  readonly title: string | undefined;
  readonly summary: string | undefined;
  readonly text: string | undefined;
}

export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export interface CheckRun {
  readonly id: number;
  readonly repo: Repo;
  readonly suite: CheckSuite;
  readonly headSha: string;
  /** The app that made it; another app may not touch it. */
  readonly appId: number;
  readonly annotations: Record<string, unknown>[];
  name: string;
  status: string;
  conclusion: string | undefined;
  externalId: string;
  detailsUrl: string | undefined;
  startedAt: Date;
  completedAt: Date | undefined;
  output: CheckOutput;
  actions: readonly CheckAction[];
}

/** Everything the sandbox knows. Verbs live in the files of the things they change. */
export class World {
  readonly clock: Clock;
  readonly app: App;
  readonly accounts = new Map<string, Account>();
  readonly repos = new Map<string, Repo>();
  readonly installations = new Map<number, Installation>();
  readonly comments = new Map<number, Comment>();
  readonly suites = new Map<number, CheckSuite>();
  readonly runs = new Map<number, CheckRun>();
  /** Where people and API clients reach the sandbox; known once it listens. */
  url = "http://127.0.0.1";
  readonly #watchers = new Set<(repo: Repo) => void>();
  #lastId = 1000;

  constructor(clock: Clock, app: Pick<App, "id" | "slug" | "permissions" | "events">) {
    this.clock = clock;
    const owner = this.account("sluice-operator");
    const bot = this.account(`${app.slug}[bot]`, "Bot");
    this.app = { ...app, name: app.slug, owner, bot, createdAt: clock.now() };
  }

  get api(): string {
    return `${this.url}/api/v3`;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** The account of a login, made when it is new. Logins ignore case, as on GitHub. */
  account(login: string, type: Account["type"] = "User", name = login): Account {
    const known = this.accounts.get(login.toLowerCase());
    if (known !== undefined) return known;
    const account = { id: this.nextId(), login, type, name, createdAt: this.clock.now() };
    this.accounts.set(login.toLowerCase(), account);
    return account;
  }

  findRepo(owner: string, name: string): Repo | undefined {
    return this.repos.get(`${owner}/${name}`.toLowerCase());
  }

  repo(owner: string, name: string): Repo {
    const repo = this.findRepo(owner, name);
    if (repo === undefined) throw new CodedError("sandbox/no-repository", `No repository ${owner}/${name}`);
    return repo;
  }

  addRepo(repo: Repo): void {
    this.repos.set(fullName(repo).toLowerCase(), repo);
  }

  installationOf(repo: Repo): Installation | undefined {
    return [...this.installations.values()].find((installation) => installation.repositoryIds.has(repo.id));
  }

  issue(repo: Repo, number: number): Issue | undefined {
    return repo.pulls.get(number) ?? repo.issues.get(number);
  }

  nextNumber(repo: Repo): number {
    return repo.pulls.size + repo.issues.size + 1;
  }

  commentsOn(repo: Repo, number: number): readonly Comment[] {
    return [...this.comments.values()].filter((comment) => comment.repo === repo && comment.issue.number === number);
  }

  permissionOf(repo: Repo, login: string): Permission {
    if (login.toLowerCase() === repo.owner.login.toLowerCase()) return "admin";
    return repo.collaborators.get(login.toLowerCase()) ?? (repo.private ? "none" : "read");
  }

  /** Calls `watcher` after each visible change of a repository; returns how to stop. */
  watch(watcher: (repo: Repo) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  changed(repo: Repo): void {
    for (const watcher of this.#watchers) watcher(repo);
  }
}

export function fullName(repo: Repo): string {
  return `${repo.owner.login}/${repo.name}`;
}

/** Who git says wrote a commit. */
export function personOf(account: Account): Person {
  // The brackets of an app's login make no valid address.
  const local = account.login.replaceAll(/[[\]]/g, "");
  return { name: account.name, email: `${account.id}+${local}@users.noreply.local` };
}

/** GitHub's timestamps have no fractions of seconds. */
export function iso(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString("base64url");
}

export const mayWrite = (permission: Permission): boolean => permission === "admin" || permission === "write";

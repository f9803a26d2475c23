import { type Caller, Refusal } from "./caller.ts";
import type { Hub } from "./hub.ts";
import type { Json } from "./shapes/account.ts";
import type { Permission } from "./types.ts";
import type { Account, Issue, Pull, Repo } from "./world.ts";

/** What it takes: to be the app itself, somebody signed in, or so much in a repository. */
type Needs =
  | "app"
  | "installation"
  | "user"
  | "anyone"
  | readonly [permission: "metadata" | "contents" | "pull_requests" | "issues" | "checks", level: "read" | "write"];

export interface Call {
  readonly hub: Hub;
  readonly caller: Caller;
  readonly path: Readonly<Record<string, string>>;
  readonly query: ReadonlyMap<string, string>;
  readonly body: Json;
  readonly accept: string;
  /** Whole URL without the query, for `Link`. */
  readonly url: string;
}

export interface Reply {
  readonly status: number;
  /** Undefined: no body. A Buffer goes out as it is (raw media types), anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One thing the API does. Adding one: an entry in a list of `operations/`, its id in the extraction script. */
export interface Operation {
  /** GitHub's own name for it (`operationId`); method and path must be the description's. */
  readonly id: string;
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly path: string;
  readonly needs: Needs;
  handle(call: Call): Reply | Promise<Reply>;
}

export { Refusal } from "./caller.ts";

export const notFound = (): Refusal => new Refusal(404, "Not Found");

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const created = (body: unknown): Reply => ({ status: 201, body });
export const noContent: Reply = { status: 204 };

/** One page of a list, with the `Link` header that Octokit's `paginate` follows. */
export function page<T>(
  call: Call,
  items: readonly T[],
  shape: (item: T) => unknown,
  wrap: (shaped: readonly unknown[]) => unknown = (shaped) => shaped,
): Reply {
  const size = Math.min(100, Math.max(1, Number(call.query.get("per_page") ?? 30)));
  const number = Math.max(1, Number(call.query.get("page") ?? 1));
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (to: number, rel: string): string => {
    const query = new URLSearchParams([...call.query].filter(([name]) => name !== "page"));
    query.set("page", String(to));
    return `<${call.url}?${query.toString()}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, "prev"), link(1, "first")] : []),
    ...(number < last ? [link(number + 1, "next"), link(last, "last")] : []),
  ];
  const shown = items.slice((number - 1) * size, number * size).map(shape);
  return { status: 200, body: wrap(shown), ...(links.length === 0 ? {} : { headers: { link: links.join(", ") } }) };
}

/** What the caller may do in a repository; an installation counts as `write`, its token's permissions decide more. */
export function callerPermission(call: Pick<Call, "caller" | "hub">, repo: Repo): Permission {
  const { caller, hub } = call;
  switch (caller.kind) {
    case "installation":
      return caller.repositoryIds.has(repo.id) ? "write" : repo.private ? "none" : "read";
    case "user":
      return hub.world.permissionOf(repo, caller.account.login);
    case "app":
      return "none";
    case "anonymous":
      return repo.private ? "none" : "read";
  }
}

/** The repository of the path; what the caller may not see is 404, as on GitHub. */
export function repoOf(call: Call): Repo {
  const repo = call.hub.world.findRepo(call.path["owner"] ?? "", call.path["repo"] ?? "");
  if (repo === undefined || callerPermission(call, repo) === "none") throw notFound();
  return repo;
}

export function pullOf(call: Call): readonly [Repo, Pull] {
  const repo = repoOf(call);
  const pull = repo.pulls.get(Number(call.path["pull_number"]));
  if (pull === undefined) throw notFound();
  return [repo, pull];
}

export function issueOf(call: Call): readonly [Repo, Issue] {
  const repo = repoOf(call);
  const issue = call.hub.world.issue(repo, Number(call.path["issue_number"]));
  if (issue === undefined) throw notFound();
  return [repo, issue];
}

/** The account that acts: the person, or the app's bot. */
export function actorOf(call: Call): Account {
  return call.caller.kind === "user" ? call.caller.account : call.hub.world.app.bot;
}

export function text(body: Json, name: string): string | undefined {
  const value = body[name];
  return typeof value === "string" ? value : undefined;
}

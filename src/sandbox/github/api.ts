import { CodedError } from "#kernel";
import { proseFindings } from "../contract/prose-rules.ts";
import { type Hub, accuse } from "./hub.ts";
import { type Caller, Refusal } from "./caller.ts";
import { type Call, type Operation, type Reply, callerPermission } from "./operation.ts";
import { operations } from "./operations/list.ts";
import { allows } from "./tokens.ts";
import { type Repo, mayWrite } from "./world.ts";

interface Route {
  readonly operation: Operation;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/** Parameters that may hold slashes. */
const LONG = new Set(["ref", "path", "branch", "basehead"]);
const DOCS = "https://docs.github.com/rest";
const JSON_TYPE = "application/json; charset=utf-8";

/** What a verb refused, as the status GitHub would answer with. */
const STATUS_OF: Readonly<Record<string, number>> = {
  "sandbox/forbidden": 403,
  "sandbox/not-mergeable": 405,
  "sandbox/head-moved": 409,
  "sandbox/bad-pull-request": 422,
};

/** The REST API as a function from request to response; `prefix` is cut off the path (`/api/v3`, or nothing). */
export function restApi(hub: Hub): (request: Request, prefix: string) => Promise<Response> {
  const routes = operations.map(routeOf).sort((a, b) => literals(b) - literals(a));
  return async (request, prefix) => {
    const url = new URL(request.url);
    const path = url.pathname.slice(prefix.length);
    const route = routes.find((one) => one.operation.method === request.method && one.pattern.test(path));
    if (route === undefined) {
      accuse(hub, [{ where: `${request.method} ${path}`, at: "", problem: "is no operation the sandbox knows" }]);
      return toResponse(refuse(new Refusal(404, "Not Found")));
    }
    const { id } = route.operation;
    const reply = await answer(hub, route, request, path).catch((error: unknown) => refuse(asRefusal(error)));
    if (hub.referee !== undefined && !Buffer.isBuffer(reply.body)) {
      const plain: unknown = reply.body === undefined ? undefined : JSON.parse(JSON.stringify(reply.body));
      accuse(hub, hub.referee.response(id, reply.status, plain));
    }
    return toResponse(reply);
  };
}

async function answer(hub: Hub, route: Route, request: Request, path: string): Promise<Reply> {
  const url = new URL(request.url);
  const caller = hub.tokens.caller(hub.world, request.headers.get("authorization") ?? undefined);
  const body = await readBody(request);
  const call: Call = {
    hub,
    caller,
    path: pathValues(route, path),
    query: new Map(url.searchParams),
    body: (body ?? {}) as Record<string, unknown>,
    accept: request.headers.get("accept") ?? "",
    url: `${url.origin}${url.pathname}`,
  };
  admit(call, route.operation);
  judgeRequest(hub, route.operation.id, call.query, body);
  return route.operation.handle(call);
}

/** Accuses, and refuses as GitHub would; a property nobody knows is accused only, since GitHub ignores it. */
function judgeRequest(hub: Hub, id: string, query: ReadonlyMap<string, string>, body: unknown): void {
  if (hub.referee === undefined) return;
  const findings = [...hub.referee.request(id, query, body), ...proseFindings(id, body)];
  accuse(hub, findings);
  const refused = findings.filter((finding) => finding.problem !== "is no property GitHub knows");
  if (refused.length === 0) return;
  const errors = refused.map((finding) => ({ code: "invalid", field: finding.at, message: finding.problem }));
  throw new Refusal(422, "Validation Failed", errors);
}

/** @throws Refusal when the caller is not who it takes */
function admit(call: Call, operation: Operation): void {
  const { needs } = operation;
  const { caller } = call;
  if (needs === "anyone") return;
  if (needs === "app") {
    if (caller.kind !== "app") throw new Refusal(401, "A JSON web token could not be decoded");
    return;
  }
  if (caller.kind === "anonymous" && (typeof needs === "string" || needs[1] === "write")) {
    throw new Refusal(401, "Requires authentication");
  }
  if (caller.kind === "app") throw new Refusal(401, "Requires authentication");
  if (needs === "installation" && caller.kind !== "installation") {
    throw new Refusal(403, "You must authenticate with an installation access token in order to list repositories.");
  }
  if (typeof needs !== "string") admitTo(call, caller, needs);
}

function admitTo(call: Call, caller: Caller, needs: readonly [string, string]): void {
  const [permission, level] = needs;
  const repo = call.hub.world.findRepo(call.path["owner"] ?? "", call.path["repo"] ?? "");
  if (repo === undefined) return;
  const may = callerPermission(call, repo);
  // Hidden things are not found rather than forbidden; the operation says so itself.
  if (may === "none") return;
  const forbidden = new Refusal(403, "Resource not accessible by integration");
  if (caller.kind === "installation") {
    // What is said on a pull request belongs to both.
    const both = permission === "issues" && !isPlainIssue(call, repo, level);
    const names = both ? ["issues", "pull_requests"] : [permission];
    if (!names.some((name) => allows(caller.permissions, name, level))) throw forbidden;
    if (level === "write" && !mayWrite(may)) throw forbidden;
  } else if (level === "write" && permission === "contents" && !mayWrite(may)) {
    throw new Refusal(403, "Must have push access to the repository.");
  }
}

/** Lists hold both kinds, so either permission reads them; making an issue takes the permission for issues. */
function isPlainIssue(call: Call, repo: Repo, level: string): boolean {
  const comment = call.hub.world.comments.get(Number(call.path["comment_id"]));
  const number = comment?.issue.number ?? call.path["issue_number"];
  return number === undefined ? level === "write" : repo.issues.has(Number(number));
}

function routeOf(operation: Operation): Route {
  const names: string[] = [];
  const source = operation.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    names.push(name);
    return LONG.has(name) ? "(.*)" : "([^/]+)";
  });
  return { operation, names, pattern: new RegExp(`^${source}$`) };
}

const literals = (route: Route): number => route.operation.path.replaceAll(/\{\w+\}/g, "").length;

function pathValues(route: Route, path: string): Record<string, string> {
  const values = route.pattern.exec(path)?.slice(1) ?? [];
  return Object.fromEntries(route.names.map((name, index) => [name, decodeURIComponent(values[index] ?? "")]));
}

async function readBody(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "Problems parsing JSON");
  }
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof CodedError)) throw error;
  const field = error.details["field"];
  const errors = field === undefined ? undefined : [{ code: "custom", field, message: error.message }];
  const status = STATUS_OF[error.code] ?? 500;
  return new Refusal(status, status === 422 ? "Validation Failed" : error.message, errors);
}

function refuse(refusal: Refusal): Reply {
  const { status, message, errors } = refusal;
  return {
    status,
    body: { message, ...(errors === undefined ? {} : { errors }), documentation_url: DOCS, status: String(status) },
  };
}

function toResponse(reply: Reply): Response {
  const headers = new Headers({ "x-github-media-type": "github.v3; format=json", ...reply.headers });
  if (Buffer.isBuffer(reply.body)) {
    if (!headers.has("content-type")) headers.set("content-type", "application/octet-stream");
    return new Response(new Uint8Array(reply.body), { status: reply.status, headers });
  }
  if (reply.body === undefined) return new Response(null, { status: reply.status, headers });
  headers.set("content-type", JSON_TYPE);
  return new Response(JSON.stringify(reply.body), { status: reply.status, headers });
}

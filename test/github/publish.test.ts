import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Control, Publications, Subject } from "#deploy";
import { type Clock, silentLog, systemClock } from "#kernel";
import nock from "nock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { codeOf, rateLimitMs } from "../../src/github/api/errors.ts";
import { createBlobCache } from "../../src/github/api/trees.ts";
import { checkApp } from "../../src/github/client/check-app.ts";
import { createClients, createProbotApp } from "../../src/github/client/probot.ts";
import { publishSubject } from "../../src/github/publish/publish-subject.ts";
import { putCheck } from "../../src/github/publish/put-check.ts";
import { putComment, sayOnce } from "../../src/github/publish/put-comment.ts";
import type { Surface } from "../../src/github/publish/surface.ts";
import { renderPlanCheck } from "../../src/github/render/plan-check.ts";
import { summarise } from "../../src/github/render/plan-groups.ts";
import { HEAD, REPOSITORY, binding, plan, proposal } from "./fixtures.ts";

// Single calls that fail: the way through as a whole runs against the local GitHub in test/e2e.
const API = "https://github.test";
const MARKER = "<!-- sluice:plan -->";
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

beforeEach(() => {
  nock.disableNetConnect();
});

afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

/** Every call that was described was made, and (net connections being off) no other. */
function uncalled(): readonly string[] {
  return nock.pendingMocks().filter((mock) => !mock.includes("/app/installations/"));
}

/** Publications as the store keeps them, in memory: only what was remembered matters here. */
function memory(): Publications {
  const kept = new Map<string, { externalId: string; hash: string }>();
  const key = (subject: Subject, kind: string): string => `${subject.pull} ${kind}`;
  return {
    get: (subject, kind) => Promise.resolve(kept.get(key(subject, kind))),
    put: (subject, kind, externalId, hash) => {
      kept.set(key(subject, kind), { externalId, hash });
      return Promise.resolve();
    },
  };
}

async function surface(throttle = false): Promise<Surface> {
  const github = { apiUrl: API, appId: 42, privateKey, webhookSecrets: ["secret"] };
  const probot = createProbotApp(github, { throttle });
  nock(API).get("/repos/acme/shop/installation").optionally().reply(200, { id: 7 });
  nock(API)
    .post("/app/installations/7/access_tokens")
    .optionally()
    .reply(201, { token: "ghs_x", expires_at: "2099-01-01T00:00:00Z", permissions: {} });
  const clients = createClients(probot, 42);
  const control = { publications: memory() } as unknown as Control;
  const deps = {
    clients,
    control,
    clock: systemClock,
    log: silentLog,
    blobs: createBlobCache(),
  } as unknown as Surface["deps"];
  const octokit = await clients.of(REPOSITORY);
  return { deps, octokit, us: { appId: 42, login: "sluice[bot]" }, subject: { repository: REPOSITORY, pull: 7 } };
}

const comments = "/repos/acme/shop/issues/7/comments";
const listed = (body: string, more: object = {}) => ({
  id: 11,
  body,
  user: { login: "sluice[bot]", type: "Bot" },
  created_at: "2026-11-21T10:00:00Z",
  updated_at: "2026-11-21T10:00:00Z",
  performed_via_github_app: { id: 42 },
  ...more,
});

test("a comment whose answer was lost is found by its marker and edited, not made twice", async () => {
  const on = await surface();
  nock(API).get(comments).query(true).reply(200, []);
  nock(API).post(comments).reply(502, "bad gateway");
  const lost = await putComment(on, "comment:plan", MARKER, `${MARKER}\none`).catch((error: unknown) => error);
  expect(codeOf(lost)).toBe("github/http-502");

  const others = [
    listed(`${MARKER}\nforged`, { id: 9, user: { login: "eve", type: "User" }, performed_via_github_app: null }),
  ];
  nock(API)
    .get(comments)
    .query(true)
    .reply(200, [...others, listed(`${MARKER}\none`)]);
  nock(API)
    .patch("/repos/acme/shop/issues/comments/11", { body: `${MARKER}\ntwo` })
    .reply(200, listed(""));
  await putComment(on, "comment:plan", MARKER, `${MARKER}\ntwo`);
  expect(uncalled()).toEqual([]);
});

test("a comment that says the same already costs no call", async () => {
  const on = await surface();
  nock(API).get(comments).query(true).reply(200, []);
  nock(API).post(comments).reply(201, listed(MARKER));
  await putComment(on, "comment:plan", MARKER, MARKER);
  await putComment(on, "comment:plan", MARKER, MARKER);
  expect(uncalled()).toEqual([]);
});

test("a sticky comment that somebody deleted is written anew, a notice is not", async () => {
  const on = await surface();
  await on.deps.control.publications.put(on.subject, "comment:plan", "11", "old");
  nock(API).patch("/repos/acme/shop/issues/comments/11").twice().reply(404, { message: "Not Found" });
  nock(API).get(comments).query(true).reply(200, []);
  nock(API).post(comments).reply(502, "bad gateway");
  await expect(putComment(on, "comment:plan", MARKER, MARKER)).rejects.toMatchObject({ status: 502 });
  // The answer was lost, the comment is there: it is not written a third time.
  nock(API)
    .get(comments)
    .query(true)
    .reply(200, [listed(MARKER, { id: 12 })]);
  nock(API)
    .patch("/repos/acme/shop/issues/comments/12")
    .reply(200, listed(MARKER, { id: 12 }));
  await putComment(on, "comment:plan", MARKER, MARKER);

  await on.deps.control.publications.put(on.subject, "ping:d1:ready", "13", "old");
  await sayOnce(on, "ping:d1:ready", "<!-- sluice:ping:d1:ready -->", "again");
  expect(uncalled()).toEqual([]);
});

test("a connection that breaks is no answer: nobody knows whether it took effect", async () => {
  const on = await surface();
  nock(API).get(comments).query(true).reply(200, []);
  nock(API)
    .post(comments)
    .replyWithError(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
  const lost = await putComment(on, "comment:plan", MARKER, MARKER).catch((error: unknown) => error);
  expect(codeOf(lost)).toBe("github/no-answer");
});

test("a GitHub that never answers does not hold us up", async () => {
  nock.restore();
  const server = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as AddressInfo;
    const github = { apiUrl: `http://127.0.0.1:${port}`, appId: 42, privateKey, webhookSecrets: ["secret"] };
    const clients = createClients(createProbotApp(github, { throttle: false, timeoutMs: 150 }), 42);
    const lost = await clients.of(REPOSITORY).catch((error: unknown) => error);
    expect(codeOf(lost)).toBe("github/no-answer");
  } finally {
    server.closeAllConnections();
    server.close();
    nock.activate();
  }
});

const clock: Clock = { ...systemClock, now: () => new Date("2026-11-21T12:00:00Z") };

test.each<[why: string, status: number, headers: Record<string, string>, message: string, ms: number | undefined]>([
  [
    "a secondary limit with retry-after",
    403,
    { "retry-after": "17" },
    "You have exceeded a secondary rate limit",
    17_000,
  ],
  [
    "a primary limit that resets",
    403,
    { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795262430" },
    "API rate limit exceeded",
    30_000,
  ],
  ["a secondary limit without headers", 403, {}, "You have exceeded a secondary rate limit.", 60_000],
  ["a 429", 429, {}, "Too many requests", 60_000],
  ["a permission that is missing", 403, {}, "Resource not accessible by integration", undefined],
  ["a server error", 502, { "retry-after": "17" }, "Bad gateway", undefined],
])("the pause GitHub asks for is kept: %s", async (_why, status, headers, message, ms) => {
  const on = await surface();
  nock(API).get(comments).query(true).reply(status, { message }, headers);
  const error = await putComment(on, "comment:plan", MARKER, MARKER).catch((caught: unknown) => caught);
  expect(rateLimitMs(error, clock)).toBe(ms);
});

const RUNS = "/repos/acme/shop/check-runs";
const found = `/repos/acme/shop/commits/${HEAD}/check-runs`;
const planning = renderPlanCheck(summarise([binding()], []), HEAD);
const planned = renderPlanCheck(summarise([binding()], [proposal({ at: "planned", plan: plan() })]), HEAD);

test("a check is edited from in progress to its end, and made anew to go on after it", async () => {
  const on = await surface();
  nock(API).get(found).query(true).reply(200, { total_count: 0, check_runs: [] });
  nock(API)
    .post(RUNS, (body: { status: string }) => body.status === "in_progress")
    .reply(201, { id: 31 });
  await putCheck(on, planning);
  nock(API)
    .patch(`${RUNS}/31`, (body: { conclusion: string }) => body.conclusion === "success")
    .reply(200, { id: 31 });
  await putCheck(on, planned);
  nock(API)
    .get(found)
    .query(true)
    .reply(200, { total_count: 1, check_runs: [{ id: 31, status: "completed", app: { id: 42 } }] });
  nock(API).post(RUNS).reply(201, { id: 32 });
  await putCheck(on, planning);
  expect(uncalled()).toEqual([]);
});

test("a check whose creation got no answer is adopted; another app's of the same name is not", async () => {
  const on = await surface();
  const theirs = {
    id: 99,
    name: planned.name,
    head_sha: HEAD,
    external_id: planned.externalId,
    status: "completed",
    app: { id: 1 },
  };
  const ours = { ...theirs, id: 33, app: { id: 42 } };
  nock(API)
    .get(found)
    .query(true)
    .reply(200, { total_count: 2, check_runs: [theirs, ours] });
  nock(API).patch(`${RUNS}/33`).reply(200, { id: 33 });
  await putCheck(on, planned);
  expect(uncalled()).toEqual([]);
});

test("an unfinished check is made anew before GitHub lets it go stale", async () => {
  const on = await surface();
  nock(API).get(found).query(true).twice().reply(200, { total_count: 0, check_runs: [] });
  nock(API).post(RUNS).reply(201, { id: 31 });
  await putCheck(on, planning);
  const later: Clock = { ...systemClock, now: () => new Date(Date.now() + 13.5 * 24 * 3_600_000) };
  nock(API).post(RUNS).reply(201, { id: 32 });
  await putCheck({ ...on, deps: { ...on.deps, clock: later } }, planning);
  expect(uncalled()).toEqual([]);
});

test("a head that is on the default branch already, of which GitHub names only the merged pull request, passes nothing unplanned", async () => {
  const on = await surface();
  const { group } = binding();
  const deps = {
    ...on.deps,
    fleet: { roles: { operate: [], seal: [], admin: [] }, scratch: [], groups: [group] },
    control: {
      ...on.deps.control,
      deployments: { list: () => Promise.resolve([]) },
      proposals: { list: () => Promise.resolve([]) },
    },
  } as unknown as Surface["deps"];
  const place = { repo: { id: 1 } };
  nock(API).get("/app").reply(200, { id: 42, slug: "sluice" });
  nock(API)
    .get("/repos/acme/shop/pulls/7")
    .reply(200, {
      number: 7,
      state: "open",
      merged: false,
      head: { sha: HEAD, ref: "dev", ...place },
      base: { ref: "main", ...place },
      user: { login: "ann" },
      changed_files: 1,
    });
  nock(API)
    .get(`/repos/acme/shop/commits/${HEAD}/pulls`)
    .query(true)
    .reply(200, [{ number: 3, state: "closed", head: { sha: "0".repeat(40) }, base: { ref: "dev" } }]);
  nock(API).get(found).query(true).reply(200, { total_count: 0, check_runs: [] });
  nock(API)
    .post(RUNS, (body: { status: string }) => body.status === "in_progress")
    .reply(201, { id: 31 });
  await publishSubject(deps, on.subject, new AbortController().signal);
  expect(uncalled()).toEqual([]);
});

test("an app that was registered with too little says what is missing", async () => {
  const on = await surface();
  const permissions = {
    checks: "read",
    contents: "read",
    issues: "write",
    merge_queues: "read",
    metadata: "read",
    pull_requests: "write",
  };
  const events = ["check_run", "check_suite", "issue_comment", "pull_request", "push"];
  nock(API).get("/app").reply(200, { id: 42, slug: "sluice", permissions, events });
  expect(await checkApp(on.deps.clients, silentLog)).toEqual(["event merge_group", "permission checks: write"]);
});

test("with GitHub's rate rules kept, a limit still comes back at once instead of holding everybody up", async () => {
  const on = await surface(true);
  nock(API)
    .get(comments)
    .query(true)
    .reply(403, { message: "You have exceeded a secondary rate limit" }, { "retry-after": "600" });
  const error = await putComment(on, "comment:plan", MARKER, MARKER).catch((caught: unknown) => caught);
  expect(rateLimitMs(error, systemClock)).toBe(600_000);
});

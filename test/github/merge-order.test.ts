import { generateKeyPairSync } from "node:crypto";
import { silentLog, systemClock } from "#kernel";
import nock from "nock";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createBlobCache } from "../../src/github/api/trees.ts";
import { createClients, createProbotApp } from "../../src/github/client/probot.ts";
import { deployMerge } from "../../src/github/deploy-merge.ts";
import type { GithubDeps } from "../../src/github/room.ts";
import { REPOSITORY, binding } from "./fixtures.ts";

const API = "https://github.test";
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

const sha = (n: number): string => String(n).repeat(40).slice(0, 40);

/** A repository of merged pull requests, each of which touches the schema; and what was started of them, in order. */
function merged(
  times: Readonly<Record<number, string>>,
  approvals: { readonly before?: number; readonly after?: number } = {},
) {
  const place = { repo: { id: 1 } };
  const pulls = Object.entries(times).map(([number, mergedAt]) => ({
    number: Number(number),
    state: "closed",
    merged: true,
    merged_at: mergedAt,
    merge_commit_sha: sha(Number(number)),
    head: { sha: sha(Number(number)), ref: "branch", ...place },
    base: { ref: "main", sha: "before", ...place },
    user: { login: "ann" },
    changed_files: 1,
  }));
  const api = nock(API).persist();
  api.get("/app").reply(200, { id: 42, slug: "sluice" });
  api.get("/repos/acme/shop/installation").reply(200, { id: 7 });
  api
    .post("/app/installations/7/access_tokens")
    .reply(201, { token: "ghs_x", expires_at: "2099-01-01T00:00:00Z", permissions: {} });
  // By the last change, newest first, as GitHub lists them.
  api
    .get("/repos/acme/shop/pulls")
    .query(true)
    .reply(200, [...pulls].reverse());
  for (const [ref, count] of [
    ["before", approvals.before],
    ["refs/heads/main", approvals.after],
  ] as const) {
    const settings = api.get("/repos/acme/shop/contents/.github%2Fsluice.yml").query({ ref });
    const content = Buffer.from(`version: 1\napprovals: ${count}\n`).toString("base64");
    if (count === undefined) settings.reply(404, { message: "Not Found" });
    else settings.reply(200, { type: "file", encoding: "base64", content });
  }
  for (const pull of pulls) {
    const tree = `/repos/acme/shop/git/trees/${pull.merge_commit_sha}`;
    api.get(`/repos/acme/shop/pulls/${pull.number}`).reply(200, pull);
    api
      .get(`/repos/acme/shop/pulls/${pull.number}/files`)
      .query(true)
      .reply(200, [{ filename: "schemas/shop/a.sql" }]);
    api.get(tree).reply(200, { tree: [{ path: "schemas", type: "tree", sha: "t1" }] });
  }
  api.get("/repos/acme/shop/git/trees/t1").reply(200, { tree: [{ path: "shop", type: "tree", sha: "t2" }] });
  const file = { path: "a.sql", type: "blob", mode: "100644", sha: "b1", size: 9 };
  api
    .get("/repos/acme/shop/git/trees/t2")
    .query(true)
    .reply(200, { truncated: false, tree: [file] });
  api.get("/repos/acme/shop/git/blobs/b1").reply(200, { content: "SELECT 1;", encoding: "utf-8" });

  const started: number[] = [];
  const needed: unknown[] = [];
  const kept = new Map<string, { externalId: string; hash: string }>();
  kept.set("0 bound:main", { externalId: "2026-11-20T00:00:00.000Z", hash: "" });
  const control = {
    publications: {
      get: (subject: { pull: number }, kind: string) => Promise.resolve(kept.get(`${subject.pull} ${kind}`)),
      put: (subject: { pull: number }, kind: string, externalId: string, hash: string) =>
        Promise.resolve(void kept.set(`${subject.pull} ${kind}`, { externalId, hash })),
    },
    sources: { put: () => Promise.resolve("hash") },
    proposals: { list: () => Promise.resolve([]) },
    deployments: { findByMerge: () => Promise.resolve(undefined) },
    events: {
      append: (
        _stream: string,
        _version: number,
        _events: unknown,
        { view }: { view: { origin: { pull: number }; approvals?: number } },
      ) => {
        started.push(view.origin.pull);
        needed.push(view.approvals);
        return Promise.resolve("appended");
      },
    },
  };
  const probot = createProbotApp(
    { apiUrl: API, appId: 42, privateKey, webhookSecrets: ["secret"] },
    { throttle: false },
  );
  const deps = {
    clients: createClients(probot, 42),
    control,
    clock: { ...systemClock, now: () => new Date("2026-11-21T12:00:00Z") },
    log: silentLog,
    blobs: createBlobCache(),
    dispatcher: { wake: () => undefined },
    fleet: { roles: { operate: [], seal: [], admin: [] }, scratch: [], groups: [binding().group] },
  } as unknown as GithubDeps;
  return { deps, started, needed };
}

test("a merge whose webhook comes before those of earlier merges, or without them, brings them along first", async () => {
  const { deps, started } = merged({
    5: "2026-11-21T10:00:02Z",
    4: "2026-11-21T10:00:01Z",
    6: "2026-11-21T10:00:03Z",
    9: "2026-11-21T10:00:09Z",
    3: "2026-11-19T10:00:00Z",
  });
  await deployMerge(deps, REPOSITORY, 6);
  // 3 was merged before Sluice knew the branch, 9 after the one that was told.
  expect(started).toEqual([4, 5, 6]);
  await deployMerge(deps, REPOSITORY, 4);
  expect(started).toEqual([4, 5, 6]);
  await deployMerge(deps, REPOSITORY, 9);
  expect(started).toEqual([4, 5, 6, 9]);
});

test.each([
  ["a pull request cannot lower the approvals it is judged by", { before: 2, after: 1 }, 2],
  ["a pull request can raise them", { before: 1, after: 3 }, 3],
  ["a repository that says nothing asks for one", {}, 1],
])("%s", async (_why, approvals, most) => {
  const { deps, needed } = merged({ 4: "2026-11-21T10:00:01Z" }, approvals);
  await deployMerge(deps, REPOSITORY, 4);
  expect(needed).toEqual([most]);
});

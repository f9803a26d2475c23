import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type SandboxGithub, type SandboxRepository, startSandboxGithub } from "#sandbox";
import { proseFindings } from "../../src/sandbox/contract/prose-rules.ts";
import { Referee } from "../../src/sandbox/contract/referee.ts";
import { operations } from "../../src/sandbox/github/operations/list.ts";
import { asInstallation } from "./github-clients.ts";

const referee = await Referee.load();
const none: ReadonlyMap<string, string> = new Map();
const SHA = "a".repeat(40);
const shop = { owner: "acme", repo: "shop" };

async function oneRepository(): Promise<{ sandbox: SandboxGithub; repo: SandboxRepository }> {
  const sandbox = await startSandboxGithub({ webhookSecret: "s" });
  return { sandbox, repo: await sandbox.createRepository({ owner: "acme", name: "shop", files: { a: "1" } }) };
}

test("the sandbox answers exactly the operations it is judged by, under GitHub's methods and paths", () => {
  const answered = operations.map(({ id, method, path }) => `${id} ${method} ${path}`).toSorted();
  const described = Object.entries(referee.api.operations).map(([id, { method, path }]) => `${id} ${method} ${path}`);
  expect(answered).toEqual(described.toSorted());
});

test("the descriptions say where they come from and under which licence", async () => {
  for (const name of ["github-api.json", "github-webhooks.json"]) {
    const text = await readFile(new URL(`../../src/sandbox/contract/${name}`, import.meta.url), "utf8");
    const { about } = JSON.parse(text) as { about: { package: string; version: string; licence: string } };
    expect(about.package).toMatch(/^@octokit\/openapi/);
    expect(about.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(about.licence).toContain("MIT");
  }
});

const run = { name: "plan", head_sha: SHA };
const action = { label: "Apply", description: "Seal it", identifier: "apply" };

test.each<[what: string, id: string, body: Record<string, unknown>, at: string]>([
  ["a status GitHub does not have", "checks/create", { ...run, status: "sleeping" }, "/status"],
  ["a run without the commit", "checks/create", { name: "plan" }, ""],
  ["a fourth button", "checks/create", { ...run, actions: [1, 2, 3, 4].map(() => action) }, "/actions"],
  [
    "a label over 20 characters",
    "checks/create",
    { ...run, actions: [{ ...action, label: "x".repeat(21) }] },
    "/actions/0/label",
  ],
  [
    "an identifier over 20",
    "checks/update",
    { actions: [{ ...action, identifier: "x".repeat(21) }] },
    "/actions/0/identifier",
  ],
  [
    "a description over 40",
    "checks/update",
    { actions: [{ ...action, description: "x".repeat(41) }] },
    "/actions/0/description",
  ],
  [
    "51 annotations",
    "checks/update",
    { output: { title: "t", summary: "s", annotations: annotations(51) } },
    "/output/annotations",
  ],
  ["an output without a summary", "checks/create", { ...run, output: { title: "t" } }, "/output"],
  ["a misspelt property", "checks/create", { ...run, detail_url: "http://x" }, "/detail_url"],
  ["a misspelt property further in", "checks/update", { output: { summary: "s", titel: "t" } }, "/output/titel"],
  ["a reaction GitHub does not have", "reactions/create-for-issue-comment", { content: "shrug" }, "/content"],
  ["a completed run without conclusion", "checks/create", { ...run, status: "completed" }, "/conclusion"],
  ["a conclusion of a run that goes on", "checks/update", { status: "in_progress", conclusion: "success" }, "/status"],
  ["a conclusion only GitHub gives", "checks/update", { conclusion: "stale" }, "/conclusion"],
  ["a summary over 65,535 characters", "checks/update", { output: { summary: "x".repeat(65_536) } }, "/output/summary"],
  ["a comment over 65,536 characters", "issues/create-comment", { body: "x".repeat(65_537) }, "/body"],
  ["an empty comment", "issues/update-comment", { body: " " }, "/body"],
])("%s is found", (_what, id, body, at) => {
  const findings = [...referee.request(id, none, body), ...proseFindings(id, body)];
  expect(findings.map((finding) => finding.at)).toContain(at);
});

test("the longest things GitHub takes are not found fault with", () => {
  const emoji = "😀".repeat(65_535);
  const body = {
    ...run,
    conclusion: "action_required",
    output: { title: "t", summary: emoji, text: emoji, annotations: annotations(50) },
    actions: ["a", "b", "c"].map((identifier) => ({ ...action, identifier, label: "x".repeat(20) })),
  };
  expect([...referee.request("checks/create", none, body), ...proseFindings("checks/create", body)]).toEqual([]);
});

test("query parameters are judged by name and value", () => {
  const query = new Map([
    ["state", "opn"],
    ["per_page", "100"],
    ["colour", "red"],
  ]);
  expect(referee.request("pulls/list", query, undefined).map((finding) => finding.at)).toEqual(["?state", "?colour"]);
});

test("an answer or a webhook that lacks what GitHub always sends is found", () => {
  expect(referee.response("checks/get", 200, { id: 1 })).not.toEqual([]);
  expect(referee.response("checks/get", 299, {})).not.toEqual([]);
  expect(referee.response("checks/get", 404, { message: "Not Found" })).toEqual([]);
  expect(referee.webhook("check_run", "requested_action", { action: "requested_action" })).not.toEqual([]);
  expect(referee.webhook("check_run", "vanished", {})).not.toEqual([]);
});

test("a planted wrong request through a client fails the test that sent it", async () => {
  const { sandbox, repo } = await oneRepository();
  await using _ = sandbox;
  const client = await asInstallation(sandbox, repo.installationId);
  sandbox.assertNoViolations();
  const head_sha = (await repo.resolve("main")) ?? "";
  const wrong = { ...shop, name: "plan", head_sha, status: "completed" } as const;
  await expect(client.request("POST /repos/{owner}/{repo}/check-runs", wrong)).rejects.toMatchObject({ status: 422 });
  expect(sandbox.violations()).toEqual([
    { where: "checks/create request", at: "/conclusion", problem: "is required when the run is completed" },
  ]);
  expect(() => sandbox.assertNoViolations()).toThrow(/checks\/create request \/conclusion/);
});

test("a misspelt property goes through, as on GitHub, and is held against the sender all the same", async () => {
  const { sandbox, repo } = await oneRepository();
  await using _ = sandbox;
  const client = await asInstallation(sandbox, repo.installationId);
  const head_sha = (await repo.resolve("main")) ?? "";
  const misspelt = { ...shop, name: "plan", head_sha, extrenal_id: "d1" };
  expect((await client.request("POST /repos/{owner}/{repo}/check-runs", misspelt)).status).toBe(201);
  expect(sandbox.violations().map((violation) => violation.at)).toEqual(["/extrenal_id"]);
});

test("a call the sandbox does not know is 404 and held against the caller", async () => {
  const { sandbox, repo } = await oneRepository();
  await using _ = sandbox;
  const client = await asInstallation(sandbox, repo.installationId);
  await expect(client.rest.repos.listTags(shop)).rejects.toMatchObject({ status: 404 });
  expect(() => sandbox.assertNoViolations()).toThrow(/GET \/repos\/acme\/shop\/tags/);
});

function annotations(count: number): readonly unknown[] {
  return Array.from({ length: count }, () => ({
    path: "a.sql",
    start_line: 1,
    end_line: 1,
    annotation_level: "notice",
    message: "m",
  }));
}

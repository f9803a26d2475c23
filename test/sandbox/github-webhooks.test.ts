import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Clock, systemClock } from "#kernel";
import { type SandboxGithub, type SandboxRepository, seededFaults, startSandboxGithub } from "#sandbox";
import { type Received, asApp, asInstallation, receiver } from "./github-clients.ts";

// Every commit is a dozen runs of git: quick alone, not beside everything else on two cores.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let sandbox: SandboxGithub;
let repo: SandboxRepository;
let hook: Awaited<ReturnType<typeof receiver>>;
let status: number;
const shop = { owner: "acme", repo: "shop" };

beforeEach(async () => {
  status = 200;
  hook = await receiver(() => status);
  sandbox = await startSandboxGithub({ webhookSecret: "a secret" });
  repo = await sandbox.createRepository({
    owner: "acme",
    name: "shop",
    files: { "README.md": "# Shop\n" },
    collaborators: { alice: "admin" },
  });
  sandbox.setWebhookUrl(hook.url);
});

afterEach(async () => {
  sandbox.assertNoViolations();
  await sandbox[Symbol.asyncDispose]();
  await hook[Symbol.asyncDispose]();
});

const nameOf = (one: Received): string => {
  const { action } = JSON.parse(one.body) as { action?: string };
  return `${String(one.headers["x-github-event"])}${action === undefined ? "" : `.${action}`}`;
};
const names = (): string[] => hook.received.map(nameOf);

async function talk(count: number): Promise<number> {
  await repo.commitFiles({ branch: "topic", files: { a: "1" } });
  const { number } = await repo.openPullRequest({ title: "Topic", head: "topic" });
  for (let at = 0; at < count; at += 1) await repo.comment(number, "alice", `comment ${at}`);
  return number;
}

const commentsSeen = (): string[] =>
  hook.received
    .filter((one) => nameOf(one) === "issue_comment.created")
    .map((one) => (JSON.parse(one.body) as { comment: { body: string } }).comment.body);

test("the life of a pull request is told in GitHub's order and words", async () => {
  await repo.commitFiles({ branch: "topic", files: { a: "1" }, author: "alice" });
  const { number } = await repo.openPullRequest({ title: "Topic", head: "topic" });
  await repo.commitFiles({ branch: "topic", files: { a: "2" } });
  await repo.editPullRequest(number, { title: "Better" }, "alice");
  await repo.closePullRequest(number, "alice");
  await repo.reopenPullRequest(number, "alice");
  const { id } = await repo.comment(number, "alice", "/plan");
  await repo.editComment(id, "alice", "/status");
  await repo.deleteComment(id, "alice");
  await repo.queueMergeGroup([number]);
  await repo.merge(number, "alice");
  await repo.deleteBranch("topic", "alice");
  await sandbox.settle();
  expect(names().join(" ")).toBe(
    [
      "push check_suite.requested pull_request.opened push check_suite.requested pull_request.synchronize",
      "pull_request.edited pull_request.closed pull_request.reopened",
      "issue_comment.created issue_comment.edited issue_comment.deleted merge_group.checks_requested",
      "pull_request.closed push check_suite.requested push",
    ].join(" "),
  );
  const merged = JSON.parse(hook.received.at(-4)?.body ?? "{}") as { pull_request: { merged: boolean } };
  expect(merged.pull_request.merged).toBe(true);
});

test("a pull request whose commits are pushed to the base branch is merged", async () => {
  const number = await talk(0);
  const main = await repo.resolve("main");
  expect(main).not.toBe(repo.pullRequest(number).head.sha);
  const client = await asInstallation(sandbox, repo.installationId);
  await expect(
    client.rest.git.updateRef({ ...shop, ref: "heads/main", sha: repo.pullRequest(number).head.sha }),
  ).rejects.toMatchObject({ status: 403 });
  const { execFileSync } = await import("node:child_process");
  execFileSync("git", ["--git-dir", repo.gitDir, "update-ref", "refs/heads/main", "refs/heads/topic"]);
  await repo.commitFiles({ branch: "main", files: { b: "1" } });
  expect(repo.pullRequest(number).merged).toBe(true);
});

test("deliveries are signed with the secret and say what they are", async () => {
  await talk(1);
  await sandbox.settle();
  const last = hook.received.at(-1);
  const digest = createHmac("sha256", "a secret")
    .update(last?.body ?? "")
    .digest("hex");
  expect(last?.headers).toMatchObject({
    "x-hub-signature-256": `sha256=${digest}`,
    "x-github-event": "issue_comment",
    "x-github-hook-installation-target-id": String(sandbox.appId),
  });
  expect(JSON.parse(last?.body ?? "")).toMatchObject({ installation: { id: repo.installationId } });
});

test("the app's own comment comes back, from a bot", async () => {
  const number = await talk(0);
  const client = await asInstallation(sandbox, repo.installationId);
  await client.rest.issues.createComment({ ...shop, issue_number: number, body: "plan" });
  await sandbox.settle();
  const last = JSON.parse(hook.received.at(-1)?.body ?? "{}") as unknown;
  expect(last).toMatchObject({ action: "created", sender: { login: "sluice[bot]", type: "Bot" } });
});

test("an installation says which repositories it has, and a repository without it stays silent", async () => {
  const second = await sandbox.createRepository({ owner: "acme", name: "blog", files: { a: "1" } });
  await second.uninstall();
  await second.commitFiles({ branch: "main", files: { a: "2" } });
  await sandbox.createRepository({ owner: "other", name: "lone", files: { a: "1" } });
  await sandbox.repository("other", "lone").uninstall();
  await sandbox.settle();
  expect(names()).toEqual([
    "installation_repositories.added",
    "installation_repositories.removed",
    "installation.created",
    "installation.deleted",
  ]);
});

describe("a delivery that failed", () => {
  test("is not tried again by itself, is listed, and comes again with its guid when asked for", async () => {
    status = 500;
    await talk(0);
    await sandbox.settle();
    const before = hook.received.length;
    status = 200;
    const app = asApp(sandbox);
    const listed = (await app.rest.apps.listWebhookDeliveries({ per_page: 2 })).data;
    expect(listed.map((it) => [it.event, it.status_code])).toEqual([
      ["pull_request", 500],
      ["check_suite", 500],
    ]);
    const cursor = String(listed[1]?.id);
    expect((await app.rest.apps.listWebhookDeliveries({ cursor })).data.map((it) => it.event)).toContain("push");
    expect(hook.received).toHaveLength(before);
    await app.rest.apps.redeliverWebhookDelivery({ delivery_id: listed[0]?.id ?? 0 });
    await sandbox.settle();
    expect(hook.received.at(-1)?.headers["x-github-delivery"]).toBe(listed[0]?.guid);
    const newest = (await app.rest.apps.listWebhookDeliveries({ per_page: 1 })).data[0];
    expect(newest).toMatchObject({ redelivery: true, status_code: 200, guid: listed[0]?.guid });
    const whole = await app.rest.apps.getWebhookDelivery({ delivery_id: newest?.id ?? 0 });
    expect(whole.data.request.payload).toMatchObject({ action: "opened" });
  });

  test("because nobody listens is listed, too", async () => {
    sandbox.setWebhookUrl("http://127.0.0.1:9/hook");
    await talk(0);
    await sandbox.settle();
    expect(sandbox.deliveries().at(-1)).toMatchObject({ status: "failed to connect to host", statusCode: 502 });
  });
});

describe("faults", () => {
  test("drop loses a webhook and leaves it in the list", async () => {
    sandbox.faults.drop = ({ event }) => event === "issue_comment";
    await talk(2);
    await sandbox.settle();
    expect(commentsSeen()).toEqual([]);
    expect(sandbox.deliveries().filter((it) => it.statusCode === 504)).toHaveLength(2);
  });

  test("double sends the same guid twice", async () => {
    sandbox.faults.double = ({ event }) => event === "issue_comment";
    await talk(1);
    await sandbox.settle();
    const guids = hook.received.slice(-2).map((one) => one.headers["x-github-delivery"]);
    expect(new Set(guids).size).toBe(1);
    expect(commentsSeen()).toEqual(["comment 0", "comment 0"]);
  });

  test("delay lets later webhooks overtake, and settling waits for the late one", async () => {
    const gate = Promise.withResolvers<void>();
    const slept: number[] = [];
    const clock: Clock = { ...systemClock, sleep: (ms) => (slept.push(ms), gate.promise) };
    await using slow = await startSandboxGithub({ webhookSecret: "a secret", webhookUrl: hook.url, clock });
    const late = await slow.createRepository({ owner: "late", name: "shop", files: { a: "1" } });
    slow.faults.delayMs = ({ event }) => (event === "push" ? 150 : 0);
    await late.commitFiles({ branch: "topic", files: { a: "2" } });
    await vi.waitFor(() => expect(names()).toContain("check_suite.requested"), 10_000);
    expect(names()).not.toContain("push");
    const settled = slow.settle();
    gate.resolve();
    await settled;
    expect(names().at(-1)).toBe("push");
    expect(slept).toEqual([150]);
  });

  test("reorder lets a later webhook overtake", async () => {
    let seen = 0;
    sandbox.faults.reorder = ({ event }) => event === "issue_comment" && seen++ === 0;
    await talk(3);
    await sandbox.settle();
    expect(commentsSeen().toSorted()).toEqual(["comment 0", "comment 1", "comment 2"]);
    expect(commentsSeen()[0]).toBe("comment 1");
  });

  test("drawn from one seed strike the same webhooks in two runs", () => {
    const fate = (seed: number): boolean[] =>
      Array.from(
        { length: 50 },
        (_, index) =>
          seededFaults({ seed, drop: 0.3 }).drop?.({ index, event: "push", action: undefined, guid: String(index) }) ===
          true,
      );
    expect(fate(7)).toEqual(fate(7));
    expect(fate(7)).not.toEqual(fate(8));
    expect(fate(7).filter(Boolean).length).toBeGreaterThan(5);
  });
});

import { readFile } from "node:fs/promises";
import type { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { type SandboxGithub, type SandboxRepository, startSandboxGithub } from "#sandbox";
import { appJwt, asApp, asInstallation, octokit } from "./github-clients.ts";

// Every commit is a dozen runs of git: quick alone, not beside everything else on two cores.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let sandbox: SandboxGithub;
let repo: SandboxRepository;
const shop = { owner: "acme", repo: "shop" };

beforeEach(async () => {
  sandbox = await startSandboxGithub({ webhookSecret: "a secret" });
  repo = await sandbox.createRepository({
    owner: "acme",
    name: "shop",
    files: { "README.md": "# Shop\n", "schemas/shop/a.sql": "CREATE TABLE a (id INT);\n" },
    collaborators: { alice: "admin", bob: "write", carol: "read" },
  });
});

afterEach(async () => {
  await sandbox[Symbol.asyncDispose]();
});

async function openChange(branch = "widen"): Promise<number> {
  await repo.commitFiles({ branch, files: { "schemas/shop/a.sql": "CREATE TABLE a (id BIGINT);\n" }, author: "bob" });
  return (await repo.openPullRequest({ title: "Widen a", head: branch, author: "bob" })).number;
}

describe("who calls", () => {
  test("an app's token opens the app, an installation's token the repositories it is installed for", async () => {
    const app = asApp(sandbox);
    expect((await app.rest.apps.getAuthenticated()).data?.slug).toBe("sluice");
    const found = await app.rest.apps.getRepoInstallation(shop);
    const client = await asInstallation(sandbox, found.data.id);
    const repos = await client.rest.apps.listReposAccessibleToInstallation();
    expect(repos.data.repositories.map((it) => it.full_name)).toEqual(["acme/shop"]);
    expect((await app.rest.apps.listInstallations()).data).toHaveLength(1);
    const withoutPrefix = await client.request({ method: "GET", url: "/repos/acme/shop", baseUrl: sandbox.url });
    expect((withoutPrefix.data as { full_name: string }).full_name).toBe("acme/shop");
    sandbox.assertNoViolations();
  });

  test.each<[why: string, claims: Record<string, unknown>]>([
    ["another app's id", { iss: 1 }],
    ["an hour to live", { exp: Math.floor(Date.now() / 1000) + 3600 }],
    ["its time over", { exp: Math.floor(Date.now() / 1000) - 10 }],
  ])("an app token with %s is refused", async (_why, claims) => {
    const client = octokit(sandbox, appJwt(sandbox, claims));
    await expect(client.rest.apps.getAuthenticated()).rejects.toMatchObject({ status: 401 });
  });

  test("a token signed by another key is refused", async () => {
    await using other = await startSandboxGithub({ webhookSecret: "x", appId: sandbox.appId });
    const client = octokit(sandbox, appJwt(other));
    await expect(client.rest.apps.getAuthenticated()).rejects.toMatchObject({ status: 401 });
  });

  test("a private repository of somebody else is not found, and an installation never writes where it is not", async () => {
    await sandbox.createRepository({ owner: "evil", name: "hidden", private: true, files: { a: "1" } });
    await sandbox.createRepository({ owner: "evil", name: "open", installed: false, files: { a: "1" } });
    const client = await asInstallation(sandbox, repo.installationId);
    await expect(client.rest.repos.get({ owner: "evil", repo: "hidden" })).rejects.toMatchObject({ status: 404 });
    const open = { owner: "evil", repo: "open" };
    expect((await client.rest.repos.get(open)).data.private).toBe(false);
    const write = client.rest.issues.createComment({ ...open, issue_number: 1, body: "hi" });
    await expect(write).rejects.toMatchObject({ status: 403 });
  });

  test("a token may be scoped down to read, and a write with it is refused", async () => {
    const { data } = await asApp(sandbox).rest.apps.createInstallationAccessToken({
      installation_id: repo.installationId ?? 0,
      permissions: { issues: "read", metadata: "read" },
    });
    const number = await openChange();
    const write = octokit(sandbox, data.token).rest.issues.createComment({ ...shop, issue_number: number, body: "x" });
    await expect(write).rejects.toMatchObject({ status: 403 });
  });

  test("the collaborator permission tells admin, write, read and none apart", async () => {
    const client = await asInstallation(sandbox, repo.installationId);
    repo.setPermission("mallory", "none");
    const permission = async (username: string): Promise<string> =>
      (await client.rest.repos.getCollaboratorPermissionLevel({ ...shop, username })).data.permission;
    expect(await Promise.all(["alice", "bob", "carol", "mallory"].map(permission))).toEqual([
      "admin",
      "write",
      "read",
      "none",
    ]);
    await expect(permission("nobody-knows")).rejects.toMatchObject({ status: 404 });
    sandbox.assertNoViolations();
  });

  test("a person's token is that person", async () => {
    const client = octokit(sandbox, sandbox.userToken("alice"));
    expect((await client.rest.users.getAuthenticated()).data.login).toBe("alice");
    expect((await client.rest.users.getByUsername({ username: "bob" })).data.type).toBe("User");
    sandbox.assertNoViolations();
  });
});

describe("git", () => {
  test("files, trees, blobs and comparisons read what was committed", async () => {
    const number = await openChange();
    const client = await asInstallation(sandbox, repo.installationId);
    const pull = (await client.rest.pulls.get({ ...shop, pull_number: number })).data;
    expect(pull).toMatchObject({ commits: 1, additions: 1, deletions: 1, changed_files: 1, mergeable: true });
    const merged = pull.merge_commit_sha ?? "";
    const tree = (await client.rest.git.getTree({ ...shop, tree_sha: merged, recursive: "1" })).data.tree;
    const entry = tree.find((it) => it.path === "schemas/shop/a.sql");
    const blob = (await client.rest.git.getBlob({ ...shop, file_sha: entry?.sha ?? "" })).data;
    expect(Buffer.from(blob.content, "base64").toString()).toContain("BIGINT");
    const raw = await client.rest.repos.getContent({
      ...shop,
      path: "schemas/shop/a.sql",
      ref: "widen",
      mediaType: { format: "raw" },
    });
    expect(raw.data).toBe("CREATE TABLE a (id BIGINT);\n");
    const folder = await client.rest.repos.getContent({ ...shop, path: "schemas/shop" });
    expect(folder.data).toMatchObject([{ name: "a.sql", type: "file" }]);
    const compared = (await client.rest.repos.compareCommitsWithBasehead({ ...shop, basehead: "main...widen" })).data;
    expect(compared).toMatchObject({ status: "ahead", ahead_by: 1, behind_by: 0 });
    const files = (await client.rest.pulls.listFiles({ ...shop, pull_number: number })).data;
    expect(files).toMatchObject([{ filename: "schemas/shop/a.sql", status: "modified", additions: 1 }]);
    expect(files[0]?.patch).toContain("+CREATE TABLE a (id BIGINT);");
    expect((await client.rest.pulls.listCommits({ ...shop, pull_number: number })).data).toHaveLength(1);
    const ref = (await client.rest.git.getRef({ ...shop, ref: "heads/widen" })).data;
    expect(ref.object.sha).toBe(pull.head.sha);
    expect((await client.rest.git.getRef({ ...shop, ref: `pull/${number}/merge` })).data.object.sha).toBe(merged);
    expect((await client.rest.repos.listBranches(shop)).data.map((it) => it.name)).toEqual(["main", "widen"]);
    expect((await client.rest.repos.getBranch({ ...shop, branch: "widen" })).data.commit.sha).toBe(pull.head.sha);
    const found = await client.rest.repos.listPullRequestsAssociatedWithCommit({ ...shop, commit_sha: pull.head.sha });
    expect(found.data.map((it) => it.number)).toEqual([number]);
    expect((await client.rest.repos.getCommit({ ...shop, ref: "widen" })).data.files).toHaveLength(1);
    expect((await client.rest.repos.listCommits({ ...shop, sha: "widen" })).data).toHaveLength(2);
    sandbox.assertNoViolations();
  });

  test("an app with write access builds a commit and moves a branch by the git data calls", async () => {
    await using writer = await startSandboxGithub({
      webhookSecret: "x",
      permissions: { contents: "write", metadata: "read", pull_requests: "write" },
    });
    const own = await writer.createRepository({
      owner: "acme",
      name: "shop",
      files: { "a.txt": "1\n", "b.txt": "1\n" },
    });
    const client = await asInstallation(writer, own.installationId);
    const head = (await own.resolve("main")) ?? "";
    const base = (await client.rest.git.getCommit({ ...shop, commit_sha: head })).data;
    const blob = (await client.rest.git.createBlob({ ...shop, content: "two\n" })).data;
    const tree = await client.rest.git.createTree({
      ...shop,
      base_tree: base.tree.sha,
      tree: [
        { path: "a.txt", mode: "100644", type: "blob", sha: blob.sha },
        { path: "b.txt", mode: "100644", type: "blob", sha: null },
      ],
    });
    const commit = await client.rest.git.createCommit({
      ...shop,
      message: "Promote",
      tree: tree.data.sha,
      parents: [head],
    });
    await client.rest.git.createRef({ ...shop, ref: "refs/heads/promote", sha: head });
    await client.rest.git.updateRef({ ...shop, ref: "heads/promote", sha: commit.data.sha });
    expect(await own.readFile("promote", "a.txt")).toBe("two\n");
    expect(await own.readFile("promote", "b.txt")).toBeUndefined();
    const back = client.rest.git.updateRef({ ...shop, ref: "heads/promote", sha: head });
    await expect(back).rejects.toMatchObject({ status: 422 });
    const pull = await client.rest.pulls.create({ ...shop, title: "Promote", head: "promote", base: "main" });
    expect(pull.data.user?.login).toBe("sluice[bot]");
    await client.rest.pulls.merge({ ...shop, pull_number: pull.data.number, merge_method: "squash" });
    expect(await own.readFile("main", "a.txt")).toBe("two\n");
    await client.rest.git.deleteRef({ ...shop, ref: "heads/promote" });
    expect(await own.resolve("promote")).toBeUndefined();
    writer.assertNoViolations();
  });
});

describe("merging", () => {
  test.each(["merge", "squash", "rebase"] as const)("by %s puts the change on the base branch", async (method) => {
    const number = await openChange();
    await repo.commitFiles({ branch: "main", files: { other: "1\n" } });
    const sha = await repo.merge(number, "alice", method);
    expect(await repo.resolve("main")).toBe(sha);
    expect(await repo.readFile("main", "schemas/shop/a.sql")).toContain("BIGINT");
    expect(await repo.readFile("main", "other")).toBe("1\n");
    const client = await asInstallation(sandbox, repo.installationId);
    const commit = (await client.rest.git.getCommit({ ...shop, commit_sha: sha })).data;
    expect(commit.parents).toHaveLength(method === "merge" ? 2 : 1);
    const pull = (await client.rest.pulls.get({ ...shop, pull_number: number })).data;
    expect(pull).toMatchObject({ merged: true, state: "closed", merge_commit_sha: sha });
    sandbox.assertNoViolations();
  });

  test("a pull request that conflicts, or lacks a required check, is not merged: 405", async () => {
    const user = octokit(sandbox, sandbox.userToken("alice"));
    const number = await openChange();
    const merge = (): Promise<unknown> => user.rest.pulls.merge({ ...shop, pull_number: number });
    repo.requireChecks("main", ["sluice / plan"]);
    await expect(merge()).rejects.toMatchObject({ status: 405 });
    const client = await asInstallation(sandbox, repo.installationId);
    const head_sha = repo.pullRequest(number).head.sha;
    const run = await client.rest.checks.create({
      ...shop,
      name: "sluice / plan",
      head_sha,
      conclusion: "action_required",
    });
    await expect(merge()).rejects.toMatchObject({ status: 405 });
    await client.rest.checks.update({ ...shop, check_run_id: run.data.id, conclusion: "success" });
    await repo.commitFiles({ branch: "main", files: { "schemas/shop/a.sql": "CREATE TABLE a (id TINYINT);\n" } });
    expect(repo.pullRequest(number).mergeCommitSha).toBeUndefined();
    await expect(merge()).rejects.toMatchObject({ status: 405 });
    await repo.commitFiles({ branch: "widen", from: "main", force: true, files: { fresh: "1\n" }, author: "bob" });
    await expect(merge()).rejects.toMatchObject({ status: 405 });
    repo.requireChecks("main", []);
    await merge();
    expect(repo.pullRequest(number).merged).toBe(true);
    sandbox.assertNoViolations();
  });

  test("nobody without write access merges, and a head that moved is not merged unseen", async () => {
    const number = await openChange();
    const reader = octokit(sandbox, sandbox.userToken("carol"));
    await expect(reader.rest.pulls.merge({ ...shop, pull_number: number })).rejects.toMatchObject({ status: 403 });
    const writer = octokit(sandbox, sandbox.userToken("bob"));
    const stale = writer.rest.pulls.merge({ ...shop, pull_number: number, sha: (await repo.resolve("main")) ?? "" });
    await expect(stale).rejects.toMatchObject({ status: 409 });
  });

  test("a branch of a fork becomes a pull request of the parent", async () => {
    const fork = await repo.fork("mallory");
    await fork.commitFiles({ branch: "evil", files: { "schemas/shop/b.sql": "CREATE TABLE b (id INT);\n" } });
    const { number } = await repo.openPullRequest({ title: "Mine", head: "mallory:evil" });
    const client = await asInstallation(sandbox, repo.installationId);
    const pull = (await client.rest.pulls.get({ ...shop, pull_number: number })).data;
    expect(pull.head.repo?.full_name).toBe("mallory/shop");
    expect(pull.head.repo?.fork).toBe(true);
    expect(await repo.readFile(pull.merge_commit_sha ?? "", "schemas/shop/b.sql")).toContain("TABLE b");
    await fork.commitFiles({ branch: "evil", files: { more: "1" } });
    expect(repo.pullRequest(number).head.sha).toBe(await fork.resolve("evil"));
    sandbox.assertNoViolations();
  });
});

describe("talk", () => {
  test("comments page through, change, take reactions and go", async () => {
    const number = await openChange();
    const client = await asInstallation(sandbox, repo.installationId);
    for (let at = 1; at <= 5; at += 1) await repo.comment(number, "alice", `comment ${at}`);
    const own = (await client.rest.issues.createComment({ ...shop, issue_number: number, body: "plan" })).data;
    expect(own.user).toMatchObject({ login: "sluice[bot]", type: "Bot" });
    const all = await client.paginate(client.rest.issues.listComments, { ...shop, issue_number: number, per_page: 2 });
    expect(all.map((it) => it.body)).toEqual([...[1, 2, 3, 4, 5].map((at) => `comment ${at}`), "plan"]);
    await client.rest.issues.updateComment({ ...shop, comment_id: own.id, body: "new plan" });
    expect((await client.rest.issues.getComment({ ...shop, comment_id: own.id })).data.body).toBe("new plan");
    const first = all[0]?.id ?? 0;
    await client.rest.reactions.createForIssueComment({ ...shop, comment_id: first, content: "eyes" });
    await client.rest.reactions.createForIssueComment({ ...shop, comment_id: first, content: "eyes" });
    expect(repo.comments(number)[0]?.reactions).toEqual([{ login: "sluice[bot]", content: "eyes" }]);
    expect((await client.rest.reactions.listForIssueComment({ ...shop, comment_id: first })).data).toHaveLength(1);
    await client.rest.issues.deleteComment({ ...shop, comment_id: own.id });
    expect(repo.comments(number)).toHaveLength(5);
    expect((await client.rest.issues.listForRepo({ ...shop, state: "all" })).data).toHaveLength(1);
    sandbox.assertNoViolations();
  });

  test("a plain issue takes the permission for issues, a pull request one of the two", async () => {
    const number = await openChange();
    const may = async (permissions: Record<string, "read" | "write">): Promise<Octokit> => {
      const token = { installation_id: repo.installationId ?? 0, permissions };
      const { data } = await asApp(sandbox).rest.apps.createInstallationAccessToken(token);
      return octokit(sandbox, data.token);
    };
    const pulls = await may({ pull_requests: "write" });
    await pulls.rest.issues.createComment({ ...shop, issue_number: number, body: "fine" });
    await expect(pulls.rest.issues.create({ ...shop, title: "x" })).rejects.toMatchObject({ status: 403 });
    const alice = octokit(sandbox, sandbox.userToken("alice"));
    const issue = (await alice.rest.issues.create({ ...shop, title: "Direct push" })).data;
    expect(issue.number).toBe(number + 1);
    const talk = pulls.rest.issues.createComment({ ...shop, issue_number: issue.number, body: "x" });
    await expect(talk).rejects.toMatchObject({ status: 403 });
    await alice.rest.issues.update({ ...shop, issue_number: issue.number, state: "closed" });
    expect((await alice.rest.issues.get({ ...shop, issue_number: issue.number })).data.state).toBe("closed");
    sandbox.assertNoViolations();
  });

  test("the sandbox's app has the permissions and events of app.yml, unless told otherwise", async () => {
    const manifest = parse(await readFile(new URL("../../app.yml", import.meta.url), "utf8")) as Record<
      string,
      unknown
    >;
    const app = (await asApp(sandbox).rest.apps.getAuthenticated()).data;
    expect(app?.permissions).toEqual(manifest["default_permissions"]);
    expect(app?.events.toSorted()).toEqual((manifest["default_events"] as string[]).toSorted());
  });
});

describe("check runs", () => {
  test("go from queued to completed, keep their annotations, and the newest of a name counts", async () => {
    const number = await openChange();
    const head_sha = repo.pullRequest(number).head.sha;
    const client = await asInstallation(sandbox, repo.installationId);
    const run = (await client.rest.checks.create({ ...shop, name: "sluice / plan", head_sha, status: "in_progress" }))
      .data;
    expect(run.conclusion).toBeNull();
    const annotation = {
      path: "a.sql",
      start_line: 1,
      end_line: 1,
      annotation_level: "warning",
      message: "hm",
    } as const;
    for (const part of [1, 2]) {
      await client.rest.checks.update({
        ...shop,
        check_run_id: run.id,
        status: "completed",
        conclusion: "action_required",
        external_id: `d1@${part}`,
        output: { title: "Ready", summary: "3 changes", annotations: [annotation] },
        actions: [{ label: "Apply", description: "Seal it", identifier: "apply" }],
      });
    }
    const got = (await client.rest.checks.get({ ...shop, check_run_id: run.id })).data;
    expect(got).toMatchObject({ status: "completed", conclusion: "action_required", external_id: "d1@2" });
    expect(got.output.annotations_count).toBe(2);
    expect((await client.rest.checks.listAnnotations({ ...shop, check_run_id: run.id })).data).toHaveLength(2);
    await client.rest.checks.create({ ...shop, name: "sluice / plan", head_sha, conclusion: "success" });
    const listed = (await client.rest.checks.listForRef({ ...shop, ref: "widen" })).data;
    expect(listed.check_runs.map((it) => it.conclusion)).toEqual(["success"]);
    const suites = (await client.rest.checks.listSuitesForRef({ ...shop, ref: "widen" })).data;
    expect(suites.check_suites).toHaveLength(1);
    const suite = { ...shop, check_suite_id: suites.check_suites[0]?.id ?? 0 };
    expect((await client.rest.checks.getSuite(suite)).data.head_branch).toBe("widen");
    expect((await client.rest.checks.listForSuite(suite)).data.total_count).toBe(1);
    await client.rest.checks.rerequestSuite(suite);
    await client.rest.checks.rerequestRun({ ...shop, check_run_id: run.id });
    sandbox.assertNoViolations();
  });

  test("buttons are there on a completed run only, and for people with write access only", async () => {
    const number = await openChange();
    const client = await asInstallation(sandbox, repo.installationId);
    const head_sha = repo.pullRequest(number).head.sha;
    const actions = [{ label: "Apply", description: "Seal it", identifier: "apply" }];
    const { data: run } = await client.rest.checks.create({
      ...shop,
      name: "seal",
      head_sha,
      status: "in_progress",
      actions,
    });
    await expect(sandbox.clickAction(run.id, "apply", "bob")).rejects.toMatchObject({ code: "sandbox/no-button" });
    await client.rest.checks.update({ ...shop, check_run_id: run.id, conclusion: "action_required" });
    await expect(sandbox.clickAction(run.id, "apply", "carol")).rejects.toMatchObject({ code: "sandbox/forbidden" });
    await expect(sandbox.clickAction(run.id, "burn", "bob")).rejects.toMatchObject({ code: "sandbox/no-button" });
    await sandbox.clickAction(run.id, "apply", "bob");
    const last = sandbox.deliveries().at(-1);
    expect(last?.payload).toMatchObject({
      action: "requested_action",
      requested_action: { identifier: "apply" },
      sender: { login: "bob" },
    });
    sandbox.assertNoViolations();
  });
});

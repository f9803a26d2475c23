import { diffFiles } from "../diff.ts";
import type { CommitInfo } from "../git.ts";
import { type Call, type Operation, Refusal, callerPermission, notFound, ok, page, repoOf } from "../operation.ts";
import { simpleUser } from "../shapes/account.ts";
import { commitShape, fileShape } from "../shapes/commit.ts";
import { simplePull } from "../shapes/pull-request.ts";
import { fullRepository, permissionFlags, repoApi, repoPage } from "../shapes/repository.ts";
import { type Repo, mayWrite } from "../world.ts";

export const repoOperations: readonly Operation[] = [
  {
    id: "repos/get",
    method: "GET",
    path: "/repos/{owner}/{repo}",
    needs: ["metadata", "read"],
    handle: (call) => {
      const repo = repoOf(call);
      return ok(fullRepository(call.hub.world, repo, callerPermission(call, repo)));
    },
  },
  {
    id: "repos/get-collaborator-permission-level",
    method: "GET",
    path: "/repos/{owner}/{repo}/collaborators/{username}/permission",
    needs: ["metadata", "read"],
    handle: (call) => {
      const { world } = call.hub;
      const repo = repoOf(call);
      if (!mayWrite(callerPermission(call, repo))) throw new Refusal(403, "Must have push access to view permission.");
      const account = world.accounts.get((call.path["username"] ?? "").toLowerCase());
      if (account === undefined) throw notFound();
      const permission = world.permissionOf(repo, account.login);
      return ok({
        permission,
        role_name: permission,
        user: { ...simpleUser(world, account), permissions: permissionFlags(permission), role_name: permission },
      });
    },
  },
  {
    id: "repos/list-branches",
    method: "GET",
    path: "/repos/{owner}/{repo}/branches",
    needs: ["contents", "read"],
    handle: async (call) => {
      const repo = repoOf(call);
      const branches = (await repo.git.refs("refs/heads/")).map(({ ref, sha }) => ({ name: ref.slice(11), sha }));
      const wanted = call.query.get("protected");
      const shown = branches.filter(({ name }) => wanted === undefined || String(isProtected(repo, name)) === wanted);
      return page(call, shown, ({ name, sha }) => ({
        name,
        commit: { sha, url: `${repoApi(call.hub.world, repo)}/commits/${sha}` },
        protected: isProtected(repo, name),
      }));
    },
  },
  {
    id: "repos/get-branch",
    method: "GET",
    path: "/repos/{owner}/{repo}/branches/{branch}",
    needs: ["contents", "read"],
    handle: async (call) => {
      const repo = repoOf(call);
      const name = call.path["branch"] ?? "";
      const sha = await repo.git.resolve(`refs/heads/${name}`);
      if (sha === undefined) throw new Refusal(404, "Branch not found");
      const api = `${repoApi(call.hub.world, repo)}/branches/${encodeURIComponent(name)}`;
      const contexts = repo.requiredChecks.get(name) ?? [];
      const level = contexts.length > 0 ? "non_admins" : "off";
      return ok({
        name,
        commit: commitShape(call.hub.world, repo, await repo.git.commit(sha)),
        _links: { self: api, html: `${repoPage(call.hub.world, repo)}/tree/${name}` },
        protected: contexts.length > 0,
        protection: {
          enabled: contexts.length > 0,
          required_status_checks: { enforcement_level: level, contexts, checks: [] },
        },
        protection_url: `${api}/protection`,
      });
    },
  },
  {
    id: "repos/get-commit",
    method: "GET",
    path: "/repos/{owner}/{repo}/commits/{ref}",
    needs: ["contents", "read"],
    handle: async (call) => {
      const { world } = call.hub;
      const repo = repoOf(call);
      const commit = await commitOf(repo, call.path["ref"] ?? "");
      if (/\bsha$/.test(call.accept)) return { status: 200, body: Buffer.from(commit.sha) };
      const [parent] = commit.parents;
      const files = parent === undefined ? [] : await diffFiles(repo.git, parent, commit.sha);
      const additions = files.reduce((sum, file) => sum + file.additions, 0);
      const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
      return ok({
        ...commitShape(world, repo, commit),
        stats: { total: additions + deletions, additions, deletions },
        files: files.map((file) => fileShape(world, repo, commit.sha, file)),
      });
    },
  },
  {
    id: "repos/list-commits",
    method: "GET",
    path: "/repos/{owner}/{repo}/commits",
    needs: ["contents", "read"],
    handle: async (call) => {
      const repo = repoOf(call);
      const head = await commitOf(repo, call.query.get("sha") ?? repo.defaultBranch);
      const only = call.query.get("path");
      const listing = await repo.git.text(["rev-list", head.sha, ...(only === undefined ? [] : ["--", only])]);
      return commitPage(
        call,
        repo,
        listing.split("\n").filter((line) => line !== ""),
      );
    },
  },
  {
    id: "repos/list-pull-requests-associated-with-commit",
    method: "GET",
    path: "/repos/{owner}/{repo}/commits/{commit_sha}/pulls",
    needs: ["pull_requests", "read"],
    handle: async (call) => {
      const repo = repoOf(call);
      const { sha } = await commitOf(repo, call.path["commit_sha"] ?? "");
      const found = [];
      for (const pull of repo.pulls.values()) {
        const own = await repo.git.between(pull.base.sha, pull.head.sha);
        const merged = pull.merged !== undefined && pull.mergeCommit === sha;
        if (merged || own.includes(sha) || pull.head.sha === sha) found.push(pull);
      }
      return page(call, found, (pull) => simplePull(call.hub.world, repo, pull));
    },
  },
  {
    id: "repos/compare-commits-with-basehead",
    method: "GET",
    path: "/repos/{owner}/{repo}/compare/{basehead}",
    needs: ["contents", "read"],
    handle: async (call) => compare(call, repoOf(call)),
  },
];

export async function commitOf(repo: Repo, ref: string): Promise<CommitInfo> {
  const sha = await repo.git.resolve(ref);
  if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${ref}`);
  return repo.git.commit(sha);
}

/** One page of commits, of which only those shown are read from git. */
export async function commitPage(call: Call, repo: Repo, shas: readonly string[]): Promise<ReturnType<typeof page>> {
  const reply = page(call, shas, (sha) => sha);
  const shown = await Promise.all((reply.body as readonly string[]).map((sha) => repo.git.commit(sha)));
  return { ...reply, body: shown.map((commit) => commitShape(call.hub.world, repo, commit)) };
}

async function compare(call: Call, repo: Repo): Promise<ReturnType<typeof page>> {
  const { world } = call.hub;
  const [baseName, headName] = (call.path["basehead"] ?? "").split("...");
  const base = await repo.git.resolve(baseName ?? "");
  const head = await repo.git.resolve(headName ?? "");
  const fork = base === undefined || head === undefined ? undefined : await repo.git.mergeBase(base, head);
  if (base === undefined || head === undefined || fork === undefined) throw notFound();
  const [ahead, behind, files] = await Promise.all([
    repo.git.between(base, head),
    repo.git.between(head, base),
    diffFiles(repo.git, fork, head),
  ]);
  const status =
    ahead.length === 0 ? (behind.length === 0 ? "identical" : "behind") : behind.length === 0 ? "ahead" : "diverged";
  const shape = async (sha: string): Promise<unknown> => commitShape(world, repo, await repo.git.commit(sha));
  const range = `${baseName}...${headName}`;
  const html = `${repoPage(world, repo)}/compare/${range}`;
  const reply = page(call, ahead, (sha) => sha);
  return {
    ...reply,
    body: {
      url: `${repoApi(world, repo)}/compare/${range}`,
      html_url: html,
      permalink_url: `${repoPage(world, repo)}/compare/${base}...${head}`,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      base_commit: await shape(base),
      merge_base_commit: await shape(fork),
      status,
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: await Promise.all((reply.body as readonly string[]).map(shape)),
      // Files come with the first page only.
      files: (call.query.get("page") ?? "1") === "1" ? files.map((file) => fileShape(world, repo, head, file)) : [],
    },
  };
}

function isProtected(repo: Repo, branch: string): boolean {
  return (repo.requiredChecks.get(branch) ?? []).length > 0;
}

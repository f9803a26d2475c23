import { diffFiles } from "./diff.ts";
import { latestRuns } from "./checks.ts";
import { type Announcement, type Hub, announce } from "./hub.ts";
import { type Json } from "./shapes/account.ts";
import { type PullFigures, pullShape } from "./shapes/pull-request.ts";
import { type Account, type Pull, type Repo, type World, fullName, personOf } from "./world.ts";

const PASSES = new Set(["success", "neutral", "skipped"]);

/**
 * Brings an open pull request up to its branches: head and base SHA, `refs/pull/N/head`, and the test merge commit at
 * `refs/pull/N/merge`, which is gone while they conflict.
 */
export async function refreshPull(world: World, repo: Repo, pull: Pull): Promise<void> {
  const source = pull.head.repo;
  if (source !== repo) {
    const refs = `+refs/heads/${pull.head.ref}:refs/pull/${pull.number}/head`;
    await repo.git.run(["fetch", "--quiet", source.git.dir, refs]);
  }
  const head = await source.git.resolve(`refs/heads/${pull.head.ref}`);
  const base = await repo.git.resolve(`refs/heads/${pull.base.ref}`);
  if (head === undefined || base === undefined) return;
  pull.head.sha = head;
  pull.base.sha = base;
  await repo.git.setRef(`refs/pull/${pull.number}/head`, head);
  const tree = await repo.git.mergeTree(base, head);
  pull.mergeCommit =
    tree === undefined
      ? undefined
      : await repo.git.createCommit({
          tree,
          parents: [base, head],
          message: `Merge ${head} into ${base}`,
          author: personOf(pull.author),
          date: world.clock.now(),
        });
  if (pull.mergeCommit !== undefined) await repo.git.setRef(`refs/pull/${pull.number}/merge`, pull.mergeCommit);
  else await repo.git.attempt(["update-ref", "-d", `refs/pull/${pull.number}/merge`]);
}

/** Where the pull request's own changes start: its merge base, as GitHub's three-dot diff. */
export async function diffBase(repo: Repo, pull: Pull): Promise<string> {
  return (await repo.git.mergeBase(pull.base.sha, pull.head.sha)) ?? pull.base.sha;
}

export async function pullFigures(world: World, repo: Repo, pull: Pull): Promise<PullFigures> {
  const from = await diffBase(repo, pull);
  const [files, commits] = await Promise.all([
    diffFiles(repo.git, from, pull.head.sha),
    repo.git.between(from, pull.head.sha),
  ]);
  return {
    commits: commits.length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changedFiles: files.length,
    mergeableState: mergeableState(world, repo, pull),
  };
}

/** Required checks that keep a pull request from being merged, in GitHub's words. */
export function blockers(world: World, repo: Repo, pull: Pull): readonly string[] {
  const runs = latestRuns(world, repo, pull.head.sha);
  return (repo.requiredChecks.get(pull.base.ref) ?? []).flatMap((name) => {
    const run = runs.find((candidate) => candidate.name === name);
    if (run === undefined) return [`Required status check "${name}" is expected.`];
    if (run.status !== "completed") return [`Required status check "${name}" is in progress.`];
    return PASSES.has(run.conclusion ?? "") ? [] : [`Required status check "${name}" is failing.`];
  });
}

function mergeableState(world: World, repo: Repo, pull: Pull): string {
  if (pull.state === "closed") return "unknown";
  if (pull.mergeCommit === undefined) return "dirty";
  if (pull.draft) return "draft";
  if (blockers(world, repo, pull).length > 0) return "blocked";
  const runs = latestRuns(world, repo, pull.head.sha);
  return runs.every((run) => run.status === "completed" && PASSES.has(run.conclusion ?? "")) ? "clean" : "unstable";
}

export async function announcePull(
  hub: Hub,
  repo: Repo,
  pull: Pull,
  sender: Account,
  action: string,
  extra: Json = {},
): Promise<void> {
  const shape = pullShape(hub.world, repo, pull, await pullFigures(hub.world, repo, pull));
  const announcement: Announcement = {
    event: "pull_request",
    action,
    sender,
    payload: { number: pull.number, pull_request: shape, ...extra },
  };
  announce(hub, repo, announcement);
}

/** Open pull requests that a branch of a repository feeds, with the repository they are in. */
export function pullsFrom(world: World, source: Repo, branch: string): readonly (readonly [Repo, Pull])[] {
  return [...world.repos.values()].flatMap((repo) =>
    [...repo.pulls.values()]
      .filter((pull) => pull.state === "open" && pull.head.repo === source && pull.head.ref === branch)
      .map((pull) => [repo, pull] as const),
  );
}

export function mergeMessage(pull: Pull): string {
  return `Merge pull request #${pull.number} from ${fullName(pull.head.repo).split("/")[0] ?? ""}/${pull.head.ref}\n\n${pull.title}`;
}

import { CodedError } from "#kernel";
import { announceSuite, suiteOf } from "./checks.ts";
import { type Hub, announce } from "./hub.ts";
import { announcePull, pullsFrom, refreshPull } from "./pull-state.ts";
import type { Json } from "./shapes/account.ts";
import { repoPage, repositoryShape } from "./shapes/repository.ts";
import type { CommitFiles } from "./types.ts";
import { writeFiles } from "./write-files.ts";
import { type Account, type Pull, type Repo, personOf } from "./world.ts";

const NO_COMMIT = "0".repeat(40);

/** Commits files to a branch and does what a push does. Waits for its turn. */
export function commitFiles(hub: Hub, repo: Repo, options: CommitFiles): Promise<string> {
  return repo.turns.take(async () => {
    const actor = hub.world.account(options.author ?? repo.owner.login);
    const before = await repo.git.resolve(`refs/heads/${options.branch}`);
    const start = options.from ?? repo.defaultBranch;
    const fresh = before === undefined || options.force === true;
    const parent = fresh ? await repo.git.resolve(start) : before;
    if (parent === undefined && options.from !== undefined) {
      throw new CodedError("sandbox/no-ref", `${options.from} is neither a branch nor a commit`, { next: "fix-input" });
    }
    const after = await writeFiles(repo.git, {
      branch: options.branch,
      parent,
      files: options.files,
      message: options.message ?? `Update ${Object.keys(options.files)[0] ?? "nothing"}`,
      author: personOf(actor),
      date: hub.world.clock.now(),
    });
    await afterMove(hub, repo, options.branch, { before, after, actor });
    return after;
  });
}

/** Points a branch elsewhere, makes or deletes it (`after` undefined), and does what a push does. */
export async function moveBranch(
  hub: Hub,
  repo: Repo,
  branch: string,
  after: string | undefined,
  actor: Account,
): Promise<void> {
  const before = await repo.git.resolve(`refs/heads/${branch}`);
  await repo.git.setRef(`refs/heads/${branch}`, after);
  await afterMove(hub, repo, branch, { before, after, actor });
}

interface Move {
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly actor: Account;
}

async function afterMove(hub: Hub, repo: Repo, branch: string, move: Move): Promise<void> {
  const { world } = hub;
  repo.pushedAt = world.clock.now();
  await announcePush(hub, repo, branch, move);
  if (move.after !== undefined && world.installationOf(repo) !== undefined) {
    const known = world.suites.size;
    const suite = suiteOf(world, repo, move.after, { branch, before: move.before ?? NO_COMMIT });
    if (world.suites.size > known) await announceSuite(hub, suite, move.actor, "requested");
  }
  for (const [target, pull] of pullsFrom(world, repo, branch)) {
    if (move.after === undefined) await closePull(hub, target, pull, move.actor);
    else await followHead(hub, target, pull, move.actor);
  }
  for (const pull of repo.pulls.values()) {
    if (pull.state === "open" && pull.base.ref === branch) await followBase(hub, repo, pull, move);
  }
}

async function followHead(hub: Hub, repo: Repo, pull: Pull, actor: Account): Promise<void> {
  const before = pull.head.sha;
  await refreshPull(hub.world, repo, pull);
  if (pull.head.sha === before) return;
  pull.updatedAt = hub.world.clock.now();
  await announcePull(hub, repo, pull, actor, "synchronize", { before, after: pull.head.sha });
}

/** A base that moved gives a new test merge, silently; one that holds the head already has merged the pull request. */
async function followBase(hub: Hub, repo: Repo, pull: Pull, move: Move): Promise<void> {
  if (move.after === undefined) {
    await closePull(hub, repo, pull, move.actor);
    return;
  }
  const holds = await repo.git.attempt(["merge-base", "--is-ancestor", pull.head.sha, move.after]);
  if (holds.code !== 0) {
    await refreshPull(hub.world, repo, pull);
    return;
  }
  const now = hub.world.clock.now();
  pull.merged = { by: move.actor, at: now, method: "merge" };
  pull.mergeCommit = move.after;
  await closePull(hub, repo, pull, move.actor);
}

/** Closes and says so; a merged one says that, too. */
export async function closePull(hub: Hub, repo: Repo, pull: Pull, actor: Account): Promise<void> {
  pull.state = "closed";
  pull.closedAt = hub.world.clock.now();
  pull.updatedAt = pull.closedAt;
  await announcePull(hub, repo, pull, actor, "closed");
}

async function announcePush(hub: Hub, repo: Repo, branch: string, move: Move): Promise<void> {
  const { world } = hub;
  const page = repoPage(world, repo);
  const { before, after } = move;
  const news = after === undefined ? [] : await newCommits(repo, before, after);
  const forced = before !== undefined && after !== undefined && !(await contains(repo, before, after));
  const commits = await Promise.all(news.slice(-20).map((sha) => pushedCommit(repo, page, sha)));
  const known = commits.find((commit) => commit["id"] === after);
  const head = after === undefined ? null : (known ?? (await pushedCommit(repo, page, after)));
  const shape = repositoryShape(world, repo);
  const range = `${(before ?? NO_COMMIT).slice(0, 12)}...${(after ?? NO_COMMIT).slice(0, 12)}`;
  announce(hub, repo, {
    event: "push",
    sender: move.actor,
    payload: {
      ref: `refs/heads/${branch}`,
      before: before ?? NO_COMMIT,
      after: after ?? NO_COMMIT,
      // Webhooks of this one event hold these as seconds since 1970.
      repository: { ...shape, created_at: seconds(repo.createdAt), pushed_at: seconds(repo.pushedAt), stargazers: 0 },
      pusher: { name: move.actor.login, email: personOf(move.actor).email },
      created: before === undefined,
      deleted: after === undefined,
      forced,
      base_ref: null,
      compare: `${page}/compare/${range}`,
      commits,
      head_commit: head,
    },
  });
}

async function newCommits(repo: Repo, before: string | undefined, after: string): Promise<readonly string[]> {
  if (before !== undefined) return repo.git.between(before, after);
  const base = await repo.git.resolve(`refs/heads/${repo.defaultBranch}`);
  return base === undefined || base === after ? [after] : repo.git.between(base, after);
}

async function contains(repo: Repo, ancestor: string, commit: string): Promise<boolean> {
  return (await repo.git.attempt(["merge-base", "--is-ancestor", ancestor, commit])).code === 0;
}

async function pushedCommit(repo: Repo, page: string, sha: string): Promise<Json> {
  const commit = await repo.git.commit(sha);
  const raw = await repo.git.text(["show", "--format=", "--name-status", "--no-renames", "--first-parent", sha]);
  const changes = raw.split("\n").map((line) => ({ letter: line.slice(0, 1), path: line.slice(2) }));
  const paths = (letter: string): string[] => changes.filter((it) => it.letter === letter).map((it) => it.path);
  return {
    id: sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${page}/commit/${sha}`,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
    added: paths("A"),
    removed: paths("D"),
    modified: paths("M"),
  };
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

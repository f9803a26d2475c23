import { CodedError } from "#kernel";
import type { Hub } from "./hub.ts";
import { announcePull, blockers, diffBase, mergeMessage, refreshPull } from "./pull-state.ts";
import { closePull, moveBranch } from "./pushes.ts";
import type { MergeMethod, OpenPullRequest } from "./types.ts";
import { type Account, type Pull, type Repo, mayWrite, personOf } from "./world.ts";

/** @throws CodedError `sandbox/bad-pull-request` where GitHub answers 422 */
export function openPull(hub: Hub, repo: Repo, options: OpenPullRequest): Promise<Pull> {
  return repo.turns.take(async () => {
    const { world } = hub;
    const [source, branch] = headOf(hub, repo, options.head);
    const baseRef = options.base ?? repo.defaultBranch;
    const head = await source.git.resolve(`refs/heads/${branch}`);
    const base = await repo.git.resolve(`refs/heads/${baseRef}`);
    if (head === undefined) throw badPull(`${options.head} is no branch`, "head");
    if (base === undefined) throw badPull(`${baseRef} is no branch`, "base");
    const twin = [...repo.pulls.values()].find(
      (pull) =>
        pull.state === "open" && pull.head.repo === source && pull.head.ref === branch && pull.base.ref === baseRef,
    );
    if (twin !== undefined) throw badPull(`A pull request already exists for ${source.owner.login}:${branch}.`, "head");
    const now = world.clock.now();
    const pull: Pull = {
      id: world.nextId(),
      number: world.nextNumber(repo),
      author: world.account(options.author ?? source.owner.login),
      createdAt: now,
      title: options.title,
      body: options.body,
      state: "open",
      updatedAt: now,
      closedAt: undefined,
      head: { repo: source, ref: branch, sha: head },
      base: { ref: baseRef, sha: base },
      draft: options.draft ?? false,
      mergeCommit: undefined,
      merged: undefined,
    };
    repo.pulls.set(pull.number, pull);
    await refreshPull(world, repo, pull);
    if ((await repo.git.between(await diffBase(repo, pull), pull.head.sha)).length === 0) {
      repo.pulls.delete(pull.number);
      throw badPull(`No commits between ${baseRef} and ${branch}`, "head");
    }
    await announcePull(hub, repo, pull, pull.author, "opened");
    return pull;
  });
}

export async function editPull(
  hub: Hub,
  repo: Repo,
  pull: Pull,
  change: { readonly title?: string; readonly body?: string; readonly base?: string },
  actor: Account,
): Promise<void> {
  const from: Record<string, unknown> = {};
  if (change.title !== undefined && change.title !== pull.title) {
    from["title"] = { from: pull.title };
    pull.title = change.title;
  }
  if (change.body !== undefined && change.body !== pull.body) {
    from["body"] = { from: pull.body ?? "" };
    pull.body = change.body;
  }
  if (change.base !== undefined && change.base !== pull.base.ref) {
    if ((await repo.git.resolve(`refs/heads/${change.base}`)) === undefined) {
      throw badPull(`${change.base} is no branch`, "base");
    }
    from["base"] = { ref: { from: pull.base.ref }, sha: { from: pull.base.sha } };
    pull.base.ref = change.base;
    await refreshPull(hub.world, repo, pull);
  }
  if (Object.keys(from).length === 0) return;
  pull.updatedAt = hub.world.clock.now();
  await announcePull(hub, repo, pull, actor, "edited", { changes: from });
}

export async function setPullState(
  hub: Hub,
  repo: Repo,
  pull: Pull,
  state: "open" | "closed",
  actor: Account,
): Promise<void> {
  if (pull.state === state) return;
  if (state === "closed") return closePull(hub, repo, pull, actor);
  if (pull.merged !== undefined) throw badPull("The pull request cannot be reopened: it is merged", "state");
  pull.state = "open";
  pull.closedAt = undefined;
  pull.updatedAt = hub.world.clock.now();
  await refreshPull(hub.world, repo, pull);
  await announcePull(hub, repo, pull, actor, "reopened");
}

export interface MergeOptions {
  readonly method?: MergeMethod;
  /** Refuse when the head is another one by now. */
  readonly sha?: string;
  readonly title?: string;
  readonly message?: string;
}

/**
 * Merges and returns the SHA the base branch got. Waits for its turn.
 *
 * @throws CodedError `sandbox/forbidden` (403), `sandbox/not-mergeable` (405), `sandbox/head-moved` (409)
 */
export function mergePull(
  hub: Hub,
  repo: Repo,
  pull: Pull,
  actor: Account,
  options: MergeOptions = {},
): Promise<string> {
  return repo.turns.take(async () => {
    const { world } = hub;
    if (!mayWrite(world.permissionOf(repo, actor.login)) && actor.type !== "Bot") {
      throw new CodedError("sandbox/forbidden", `${actor.login} may not merge into ${repo.name}`);
    }
    if (pull.state === "closed" || pull.mergeCommit === undefined || pull.draft) {
      throw new CodedError("sandbox/not-mergeable", "Pull Request is not mergeable");
    }
    const blocked = blockers(world, repo, pull);
    if (blocked.length > 0) throw new CodedError("sandbox/not-mergeable", blocked.join(" "));
    if (options.sha !== undefined && options.sha !== pull.head.sha) {
      throw new CodedError("sandbox/head-moved", "Head branch was modified. Review and try the merge again.");
    }
    const method = options.method ?? "merge";
    const sha = await mergeCommit(hub, repo, pull, actor, { ...options, method });
    pull.merged = { by: actor, at: world.clock.now(), method };
    pull.mergeCommit = sha;
    // Closed first, so that the moved base does not find it open and take it for merged by a push.
    await closePull(hub, repo, pull, actor);
    await moveBranch(hub, repo, pull.base.ref, sha, actor);
    await repo.git.attempt(["update-ref", "-d", `refs/pull/${pull.number}/merge`]);
    return sha;
  });
}

async function mergeCommit(
  hub: Hub,
  repo: Repo,
  pull: Pull,
  actor: Account,
  options: MergeOptions & { readonly method: MergeMethod },
): Promise<string> {
  const base = pull.base.sha;
  const author = personOf(actor);
  const date = hub.world.clock.now();
  if (options.method === "rebase") return rebase(hub, repo, pull, actor);
  const { tree } = await repo.git.commit(pull.mergeCommit ?? base);
  const words = (standard: string): string =>
    options.title === undefined ? standard : `${options.title}\n\n${options.message ?? ""}`.trimEnd();
  if (options.method === "squash") {
    const message = words(`${pull.title} (#${pull.number})`);
    return repo.git.createCommit({ tree, parents: [base], message, author, date });
  }
  return repo.git.createCommit({
    tree,
    parents: [base, pull.head.sha],
    message: words(mergeMessage(pull)),
    author,
    date,
  });
}

/** Puts the pull request's commits, merges left out, one by one on the base. */
async function rebase(hub: Hub, repo: Repo, pull: Pull, actor: Account): Promise<string> {
  let tip = pull.base.sha;
  const date = hub.world.clock.now();
  for (const sha of await repo.git.between(await diffBase(repo, pull), pull.head.sha)) {
    const commit = await repo.git.commit(sha);
    const [parent] = commit.parents;
    if (commit.parents.length !== 1 || parent === undefined) continue;
    const { tree: tipTree } = await repo.git.commit(tip);
    // git 2.39 takes no merge base for merge-tree: a stand-in with the tip's files and the commit's parent makes one.
    const standIn = await repo.git.createCommit({
      tree: tipTree,
      parents: [parent],
      message: "stand-in",
      author: personOf(actor),
      date,
    });
    const tree = await repo.git.mergeTree(standIn, sha);
    if (tree === undefined) throw new CodedError("sandbox/not-mergeable", "This branch can't be rebased");
    tip = await repo.git.createCommit({ tree, parents: [tip], message: commit.message, author: commit.author, date });
  }
  return tip;
}

function headOf(hub: Hub, repo: Repo, head: string): readonly [Repo, string] {
  const colon = head.indexOf(":");
  if (colon < 0) return [repo, head];
  const owner = head.slice(0, colon);
  const branch = head.slice(colon + 1);
  if (owner.toLowerCase() === repo.owner.login.toLowerCase()) return [repo, branch];
  const fork = [...hub.world.repos.values()].find(
    (candidate) => candidate.parent === repo && candidate.owner.login.toLowerCase() === owner.toLowerCase(),
  );
  if (fork === undefined) throw badPull(`${owner} has no fork of ${repo.name}`, "head");
  return [fork, branch];
}

function badPull(message: string, field: string): CodedError {
  return new CodedError("sandbox/bad-pull-request", message, { next: "fix-input", details: { field } });
}

import { CodedError } from "#kernel";
import { latestRuns } from "./checks.ts";
import { addComment, deleteComment, editComment } from "./comments.ts";
import type { Hub } from "./hub.ts";
import { forkRepository, install, uninstall } from "./installations.ts";
import { queueMergeGroup } from "./merge-groups.ts";
import { editPull, mergePull, openPull, setPullState } from "./pull-requests.ts";
import { commitFiles, moveBranch } from "./pushes.ts";
import { repoPage } from "./shapes/repository.ts";
import type { CheckRunView, CommentView, PullRequestView, SandboxRepository } from "./types.ts";
import { type CheckRun, type Comment, type Pull, type Repo, iso } from "./world.ts";

/** The people's side of one repository. */
export function repositoryHandle(hub: Hub, folder: string, repo: Repo): SandboxRepository {
  const { world } = hub;
  const actor = (login: string): ReturnType<typeof world.account> => world.account(login);
  const pull = (number: number): Pull => {
    const found = repo.pulls.get(number);
    if (found === undefined) throw new CodedError("sandbox/no-pull-request", `No pull request ${number}`);
    return found;
  };
  const commentOf = (id: number): Comment => {
    const found = world.comments.get(id);
    if (found === undefined) throw new CodedError("sandbox/no-comment", `No comment ${id}`);
    return found;
  };
  const view = (number: number): PullRequestView => pullView(hub, repo, pull(number));
  return {
    id: repo.id,
    owner: repo.owner.login,
    name: repo.name,
    defaultBranch: repo.defaultBranch,
    get installationId() {
      return world.installationOf(repo)?.id;
    },
    url: repoPage(world, repo),
    gitDir: repo.git.dir,
    commitFiles: (options) => commitFiles(hub, repo, options),
    deleteBranch: (branch, login) => repo.turns.take(() => moveBranch(hub, repo, branch, undefined, actor(login))),
    resolve: (ref) => repo.git.resolve(ref),
    readFile: async (ref, path) => {
      const sha = await repo.git.resolve(ref);
      const entry = sha === undefined ? undefined : await repo.git.entryAt(sha, path);
      return entry?.type === "blob" ? (await repo.git.blob(entry.sha)).toString("utf8") : undefined;
    },
    fork: async (owner) => repositoryHandle(hub, folder, await forkRepository(hub, folder, repo, owner)),
    openPullRequest: async (options) => pullView(hub, repo, await openPull(hub, repo, options)),
    pullRequest: view,
    editPullRequest: (number, change, login) => editPull(hub, repo, pull(number), change, actor(login)),
    closePullRequest: (number, login) => setPullState(hub, repo, pull(number), "closed", actor(login)),
    reopenPullRequest: (number, login) => setPullState(hub, repo, pull(number), "open", actor(login)),
    merge: (number, login, method = "merge") => mergePull(hub, repo, pull(number), actor(login), { method }),
    comment: async (number, login, body) => {
      const issue = world.issue(repo, number) ?? pull(number);
      return commentView(addComment(hub, repo, issue, actor(login), body));
    },
    editComment: async (id, login, body) => editComment(hub, commentOf(id), actor(login), body),
    deleteComment: async (id, login) => deleteComment(hub, commentOf(id), actor(login)),
    comments: (number) => world.commentsOn(repo, number).map(commentView),
    checkRuns: async (ref) => {
      const sha = await repo.git.resolve(ref);
      return sha === undefined ? [] : latestRuns(world, repo, sha).map(checkRunView);
    },
    setPermission: (login, permission) => {
      actor(login);
      repo.collaborators.set(login.toLowerCase(), permission);
    },
    requireChecks: (branch, names) => {
      repo.requiredChecks.set(branch, names);
      world.changed(repo);
    },
    queueMergeGroup: (numbers) => repo.turns.take(() => queueMergeGroup(hub, repo, numbers)),
    install: async () => install(hub, repo),
    uninstall: async () => uninstall(hub, repo),
  };
}

function pullView(hub: Hub, repo: Repo, pull: Pull): PullRequestView {
  return {
    number: pull.number,
    title: pull.title,
    state: pull.state,
    merged: pull.merged !== undefined,
    author: pull.author.login,
    head: { ref: pull.head.ref, sha: pull.head.sha },
    base: { ...pull.base },
    mergeCommitSha: pull.mergeCommit,
    url: `${repoPage(hub.world, repo)}/pull/${pull.number}`,
  };
}

function commentView(comment: Comment): CommentView {
  return {
    id: comment.id,
    author: comment.author.login,
    body: comment.body,
    createdAt: iso(comment.createdAt),
    updatedAt: iso(comment.updatedAt),
    reactions: comment.reactions.map((reaction) => ({ login: reaction.user.login, content: reaction.content })),
  };
}

function checkRunView(run: CheckRun): CheckRunView {
  return {
    id: run.id,
    name: run.name,
    headSha: run.headSha,
    status: run.status,
    conclusion: run.conclusion,
    externalId: run.externalId,
    detailsUrl: run.detailsUrl,
    ...run.output,
    actions: run.actions,
  };
}

import type { FileDiff } from "../diff.ts";
import type { CommitInfo } from "../git.ts";
import { type Account, type Repo, type World, nodeId } from "../world.ts";
import { type Json, simpleUser } from "./account.ts";
import { repoApi, repoPage } from "./repository.ts";

/** Commits here are not signed, and GitHub says so in the same words. */
const UNSIGNED = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };

/** The account a commit's address belongs to, or null as for strangers. */
function accountOf(world: World, email: string): Json | null {
  const id = Number(/^(\d+)\+/.exec(email)?.[1]);
  const account = [...world.accounts.values()].find((candidate: Account) => candidate.id === id);
  return account === undefined ? null : simpleUser(world, account);
}

export function commitShape(world: World, repo: Repo, commit: CommitInfo): Json {
  const url = `${repoApi(world, repo)}/commits/${commit.sha}`;
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: treeLink(world, repo, commit.tree),
      url: `${repoApi(world, repo)}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: UNSIGNED,
    },
    url,
    html_url: `${repoPage(world, repo)}/commit/${commit.sha}`,
    comments_url: `${url}/comments`,
    author: accountOf(world, commit.author.email),
    committer: accountOf(world, commit.committer.email),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${repoApi(world, repo)}/commits/${sha}`,
      html_url: `${repoPage(world, repo)}/commit/${sha}`,
    })),
  };
}

/** A commit as the git data part of the API holds it. */
export function gitCommitShape(world: World, repo: Repo, commit: CommitInfo): Json {
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    url: `${repoApi(world, repo)}/git/commits/${commit.sha}`,
    html_url: `${repoPage(world, repo)}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: treeLink(world, repo, commit.tree),
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${repoApi(world, repo)}/git/commits/${sha}`,
      html_url: `${repoPage(world, repo)}/commit/${sha}`,
    })),
    verification: UNSIGNED,
  };
}

export function fileShape(world: World, repo: Repo, head: string, file: FileDiff): Json {
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  return {
    sha: file.blob,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${repoPage(world, repo)}/blob/${head}/${path}`,
    raw_url: `${repoPage(world, repo)}/raw/${head}/${path}`,
    contents_url: `${repoApi(world, repo)}/contents/${path}?ref=${head}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previousPath === undefined ? {} : { previous_filename: file.previousPath }),
  };
}

/** A commit as check suites and merge groups hold it. */
export function simpleCommit(commit: CommitInfo): Json {
  return {
    id: commit.sha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: commit.committer.date,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  };
}

export function refShape(world: World, repo: Repo, ref: string, sha: string): Json {
  return {
    ref,
    node_id: nodeId("Ref", `${repo.id}:${ref}`),
    url: `${repoApi(world, repo)}/git/${ref}`,
    object: { type: "commit", sha, url: `${repoApi(world, repo)}/git/commits/${sha}` },
  };
}

function treeLink(world: World, repo: Repo, sha: string): Json {
  return { sha, url: `${repoApi(world, repo)}/git/trees/${sha}` };
}

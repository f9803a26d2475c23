import type { RepositoryName } from "#config";
import { type Clock, CodedError } from "#kernel";
import type { Octokit } from "../client/octokit.ts";
import { statusOf } from "./errors.ts";

export interface PullRequest {
  readonly number: number;
  readonly state: "open" | "merged" | "closed";
  readonly headSha: string;
  /** The branch it goes to. */
  readonly base: string;
  /** Tip of the base branch; once merged, what it was just before. */
  readonly baseSha: string;
  readonly author: string;
  /** Its commits come from another repository. */
  readonly isFork: boolean;
  readonly changedFiles: number;
  /** Undefined while GitHub is still trying. */
  readonly isMergeable: boolean | undefined;
  /** While open the test merge, once merged what the base branch got. */
  readonly mergeSha: string | undefined;
  /** ISO 8601. */
  readonly mergedAt: string | undefined;
}

/** @returns undefined when there is no such pull request */
export async function readPull(
  octokit: Octokit,
  repository: RepositoryName,
  pull: number,
): Promise<PullRequest | undefined> {
  try {
    const { data } = await octokit.rest.pulls.get({
      owner: repository.owner,
      repo: repository.name,
      pull_number: pull,
    });
    return {
      number: data.number,
      state: data.merged ? "merged" : data.state,
      headSha: data.head.sha,
      base: data.base.ref,
      baseSha: data.base.sha,
      author: data.user.login,
      // A deleted fork leaves no head repository behind; it was a fork all the same.
      isFork: (data.head.repo as { id: number } | null)?.id !== data.base.repo.id,
      changedFiles: data.changed_files,
      isMergeable: data.mergeable ?? undefined,
      mergeSha: data.merge_commit_sha ?? undefined,
      mergedAt: data.merged_at ?? undefined,
    };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

const MERGE_TRIES = 6;

/**
 * Waits until GitHub has made (or failed to make) the test merge of exactly this head.
 *
 * @throws CodedError `github/merge-unknown` when GitHub does not get there in about 10 s; try again
 */
export async function readMergeable(
  octokit: Octokit,
  repository: RepositoryName,
  pull: PullRequest,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly at: "merges"; readonly sha: string } | { readonly at: "conflicts" } | { readonly at: "gone" }> {
  for (let attempt = 0; attempt < MERGE_TRIES; attempt += 1) {
    if (attempt > 0) await clock.sleep(500 * attempt, signal);
    const now = await readPull(octokit, repository, pull.number);
    if (now === undefined || now.state !== "open" || now.headSha !== pull.headSha) return { at: "gone" };
    if (now.isMergeable === false) return { at: "conflicts" };
    if (now.isMergeable === undefined || now.mergeSha === undefined) continue;
    const { data } = await octokit.rest.git.getCommit({
      owner: repository.owner,
      repo: repository.name,
      commit_sha: now.mergeSha,
    });
    // Right after a push GitHub may still show the test merge of the head before.
    if (data.parents.some((parent) => parent.sha === pull.headSha)) return { at: "merges", sha: now.mergeSha };
  }
  throw new CodedError("github/merge-unknown", `GitHub has not made the test merge of #${pull.number} yet`, {
    next: "retry",
  });
}

/** Files GitHub lists at most; beyond that nobody knows what else is in there. */
export const MOST_FILES = 3000;

/** Whether the pull request adds, changes, moves or removes a file for which `matches` holds. */
export async function touches(
  octokit: Octokit,
  repository: RepositoryName,
  pull: number,
  matches: (path: string) => boolean,
): Promise<boolean> {
  const pages = octokit.paginate.iterator(octokit.rest.pulls.listFiles, {
    owner: repository.owner,
    repo: repository.name,
    pull_number: pull,
    per_page: 100,
  });
  for await (const { data } of pages) {
    if (data.some((file) => matches(file.filename) || matches(file.previous_filename ?? ""))) return true;
  }
  return false;
}

export interface PullOfCommit {
  readonly number: number;
  readonly isOpen: boolean;
  readonly headSha: string;
  readonly base: string;
}

/** The pull requests that brought a commit, or whose head it is. */
export async function pullsOfCommit(
  octokit: Octokit,
  repository: RepositoryName,
  sha: string,
): Promise<readonly PullOfCommit[]> {
  const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({
    owner: repository.owner,
    repo: repository.name,
    commit_sha: sha,
    per_page: 100,
  });
  return data.map((pull) => ({
    number: pull.number,
    isOpen: pull.state === "open",
    headSha: pull.head.sha,
    base: pull.base.ref,
  }));
}

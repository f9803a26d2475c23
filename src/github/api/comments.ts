import type { RepositoryName } from "#config";
import type { Octokit } from "../client/octokit.ts";
import { statusOf } from "./errors.ts";

export interface Comment {
  readonly id: number;
  readonly body: string;
  readonly author: string;
  readonly isBot: boolean;
  /** Number of the app that wrote it, if one did. */
  readonly appId: number | undefined;
  readonly isEdited: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
}

interface CommentAnswer {
  readonly id: number;
  readonly body?: string;
  readonly user: { readonly login: string; readonly type: string } | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly performed_via_github_app?: { readonly id: number } | null;
}

function commentOf(data: CommentAnswer): Comment {
  return {
    id: data.id,
    body: data.body ?? "",
    author: data.user?.login ?? "ghost",
    isBot: data.user === null || data.user.type !== "User",
    appId: data.performed_via_github_app?.id,
    isEdited: data.created_at !== data.updated_at,
    createdAt: data.created_at,
  };
}

/** @returns undefined when it was deleted */
export async function readComment(
  octokit: Octokit,
  repository: RepositoryName,
  id: number,
): Promise<Comment | undefined> {
  try {
    const { data } = await octokit.rest.issues.getComment({
      owner: repository.owner,
      repo: repository.name,
      comment_id: id,
    });
    return commentOf(data as CommentAnswer);
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Whose comments are ours. */
export interface Ourselves {
  readonly appId: number;
  /** `sluice[bot]`. */
  readonly login: string;
}

export function isOurs(comment: Comment, us: Ourselves): boolean {
  return comment.appId === us.appId || (comment.isBot && comment.author === us.login);
}

/** Our own comment that begins with `marker`, the oldest first. */
export async function findComment(
  octokit: Octokit,
  repository: RepositoryName,
  pull: number,
  marker: string,
  us: Ourselves,
): Promise<number | undefined> {
  const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, {
    owner: repository.owner,
    repo: repository.name,
    issue_number: pull,
    per_page: 100,
  });
  for await (const { data } of pages) {
    const found = data
      .map((one) => commentOf(one as CommentAnswer))
      .find((one) => isOurs(one, us) && one.body.startsWith(marker));
    if (found !== undefined) return found.id;
  }
  return undefined;
}

export async function createComment(
  octokit: Octokit,
  repository: RepositoryName,
  pull: number,
  body: string,
): Promise<number> {
  const { data } = await octokit.rest.issues.createComment({
    owner: repository.owner,
    repo: repository.name,
    issue_number: pull,
    body,
  });
  return data.id;
}

/** @returns false when it is gone */
export async function updateComment(
  octokit: Octokit,
  repository: RepositoryName,
  id: number,
  body: string,
): Promise<boolean> {
  try {
    await octokit.rest.issues.updateComment({ owner: repository.owner, repo: repository.name, comment_id: id, body });
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

/** Adding a reaction twice is no error at GitHub. */
export async function react(
  octokit: Octokit,
  repository: RepositoryName,
  comment: number,
  content: "eyes" | "rocket" | "confused",
): Promise<void> {
  try {
    await octokit.rest.reactions.createForIssueComment({
      owner: repository.owner,
      repo: repository.name,
      comment_id: comment,
      content,
    });
  } catch (error) {
    // Deleted meanwhile: there is nobody to answer.
    if (statusOf(error) !== 404) throw error;
  }
}

/** Comments written on pull requests (or issues) since a moment, newest last; `pull` is the number it stands under. */
export async function commentsSince(
  octokit: Octokit,
  repository: RepositoryName,
  since: string,
): Promise<readonly (Comment & { readonly pull: number })[]> {
  const comments = await octokit.paginate(octokit.rest.issues.listCommentsForRepo, {
    owner: repository.owner,
    repo: repository.name,
    since,
    sort: "created",
    direction: "asc",
    per_page: 100,
  });
  return comments.map((one) => ({
    ...commentOf(one as CommentAnswer),
    pull: Number(/\/(\d+)$/.exec(one.issue_url)?.[1] ?? 0),
  }));
}

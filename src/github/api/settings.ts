import {
  type RepositoryName,
  type RepositorySettings,
  defaultRepositorySettings,
  parseRepositorySettings,
} from "#config";
import type { Reason } from "#kernel";
import type { Octokit } from "../client/octokit.ts";
import { statusOf } from "./errors.ts";

const FILE = ".github/sluice.yml";

/**
 * What a repository asks for, read from the channel branch and never from a pull request's head: otherwise a pull
 * request could loosen the rules it is judged by.
 *
 * @param ref `refs/heads/…` of a channel branch, or a commit that was on it
 */
export async function readRepositorySettings(
  octokit: Octokit,
  repository: RepositoryName,
  ref: string,
): Promise<
  | { readonly at: "settings"; readonly settings: RepositorySettings }
  | { readonly at: "refused"; readonly problems: readonly Reason[] }
> {
  try {
    const { data } = await octokit.rest.repos.getContent({
      owner: repository.owner,
      repo: repository.name,
      path: FILE,
      ref,
    });
    if (Array.isArray(data) || data.type !== "file" || !("content" in data)) {
      return { at: "refused", problems: [{ code: "github/not-a-file", message: `${FILE} is not a file.` }] };
    }
    return parseRepositorySettings(Buffer.from(data.content, "base64").toString("utf8"), FILE);
  } catch (error) {
    if (statusOf(error) === 404) return { at: "settings", settings: defaultRepositorySettings };
    throw error;
  }
}

import type { RepositoryName } from "#config";
import type { Subject } from "#deploy";
import type { Ourselves } from "../api/comments.ts";
import type { Octokit } from "../client/octokit.ts";
import type { GithubDeps } from "../room.ts";

/** Where something is published, as whom. */
export interface Surface {
  readonly deps: GithubDeps;
  readonly octokit: Octokit;
  readonly us: Ourselves;
  readonly subject: Subject;
}

export async function surfaceOf(deps: GithubDeps, repository: RepositoryName, pull: number): Promise<Surface> {
  const octokit = await deps.clients.of(repository);
  const us = { appId: deps.clients.appId, login: await deps.clients.botLogin() };
  return { deps, octokit, us, subject: { repository, pull } };
}

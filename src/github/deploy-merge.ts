import type { RepositoryName } from "#config";
import { startDeployments } from "#deploy";
import { CodedError, type Reason } from "#kernel";
import { MOST_FILES, type PullRequest, readPull, touches } from "./api/pull-requests.ts";
import { readRepositorySettings } from "./api/settings.ts";
import { isSchemaFile, readSchemaFiles } from "./api/trees.ts";
import { type Binding, bindingsOf } from "./binding.ts";
import { sayOnce } from "./publish/put-comment.ts";
import { surfaceOf } from "./publish/surface.ts";
import { reasonItem } from "./render/plan-rows.ts";
import type { GithubDeps } from "./room.ts";

/**
 * Starts the deployments of a merged pull request; again and again gives the same ones. A merge that changes no file
 * of the schema folder starts nothing.
 */
export async function deployMerge(deps: GithubDeps, repository: RepositoryName, number: number): Promise<void> {
  const octokit = await deps.clients.of(repository);
  const pull = await readPull(octokit, repository, number);
  if (pull?.state !== "merged") return;
  if (pull.mergeSha === undefined || pull.mergedAt === undefined) {
    throw new CodedError("github/merge-unknown", `GitHub does not yet say what #${number} became`, { next: "retry" });
  }
  const subject = { repository, pull: number };
  const kind = mergeKind(pull.mergeSha);
  if ((await deps.control.publications.get(subject, kind)) !== undefined) return;
  for (const binding of bindingsOf(deps.fleet, repository, pull.base)) {
    if (!(await deployBinding(deps, repository, pull, binding))) return;
  }
  await deps.control.publications.put(subject, kind, pull.mergeSha, "");
}

/** Under this, the subject's publications remember that the merge was dealt with. */
export function mergeKind(mergeSha: string): string {
  return `merge:${mergeSha}`;
}

/** @returns false when it has to be tried again after somebody mended something */
async function deployBinding(
  deps: GithubDeps,
  repository: RepositoryName,
  pull: PullRequest,
  binding: Binding,
): Promise<boolean> {
  const { group, channel } = binding;
  const octokit = await deps.clients.of(repository);
  // Beyond what GitHub lists nobody knows: then it counts as touched.
  const isTouched =
    pull.changedFiles > MOST_FILES ||
    (await touches(octokit, repository, pull.number, (path) => isSchemaFile(group.path, path)));
  if (!isTouched) return true;
  const mergeSha = pull.mergeSha ?? "";
  const read = await readRepositorySettings(octokit, repository, channel.branch);
  if (read.at === "refused") return await hold(deps, repository, pull, read.problems);
  try {
    const files = await readSchemaFiles(octokit, repository, mergeSha, group.path, deps.blobs);
    await startDeployments(deps, {
      group: group.name,
      channel: channel.name,
      origin: {
        repository,
        pull: pull.number,
        headSha: pull.headSha,
        mergeSha,
        author: pull.author,
        mergedAt: pull.mergedAt ?? "",
      },
      files,
      approvals: read.settings.approvals,
    });
    return true;
  } catch (error) {
    if (error instanceof CodedError && error.next === "fix-input")
      return await hold(deps, repository, pull, [error.toReason()]);
    throw error;
  }
}

/** Tells the pull request, once per merge, why nothing was started; the reconciler tries again. */
async function hold(
  deps: GithubDeps,
  repository: RepositoryName,
  pull: PullRequest,
  reasons: readonly Reason[],
): Promise<false> {
  const kind = `held:${pull.mergeSha ?? ""}`;
  const marker = `<!-- sluice:${kind} -->`;
  const body = [
    marker,
    "⛔ The merge was not staged. It is tried again when this is mended:",
    ...reasons.map(reasonItem),
  ].join("\n");
  await sayOnce(await surfaceOf(deps, repository, pull.number), kind, marker, body);
  return false;
}

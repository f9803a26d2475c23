import type { RepositoryName } from "#config";
import { startDeployments } from "#deploy";
import { CodedError, type Reason } from "#kernel";
import { MOST_FILES, type PullRequest, readPull, touches } from "./api/pull-requests.ts";
import { readRepositorySettings } from "./api/settings.ts";
import { isSchemaFile, readSchemaFiles } from "./api/trees.ts";
import { type Binding, bindingsOf } from "./binding.ts";
import { type Merge, mergeKind, unseenMerges, wentBefore } from "./merged-pulls.ts";
import { sayOnce } from "./publish/put-comment.ts";
import { surfaceOf } from "./publish/surface.ts";
import { reasonItem } from "./render/plan-rows.ts";
import type { GithubDeps } from "./room.ts";

/**
 * Starts the deployments of a merged pull request; again and again gives the same ones. A merge that changes no file
 * of the schema folder starts nothing.
 *
 * What was merged before it and is not known yet goes first: webhooks come in any order or not at all, and the files of
 * an older merge, carried out after a newer one, would undo it.
 */
export async function deployMerge(deps: GithubDeps, repository: RepositoryName, number: number): Promise<void> {
  const pull = await mergedPull(deps, repository, number);
  if (pull === undefined || (await isDone(deps, repository, pull))) return;
  if (bindingsOf(deps.fleet, repository, pull.base).length > 0) {
    for (const earlier of await unseenMerges(deps, repository, pull.base)) {
      if (wentBefore(earlier, pull)) await deployEarlier(deps, repository, earlier.number);
    }
  }
  await deployOne(deps, repository, pull);
}

type Merged = PullRequest & Merge;

async function mergedPull(deps: GithubDeps, repository: RepositoryName, number: number): Promise<Merged | undefined> {
  const pull = await readPull(await deps.clients.of(repository), repository, number);
  if (pull?.state !== "merged") return undefined;
  const { mergeSha, mergedAt } = pull;
  if (mergeSha === undefined || mergedAt === undefined) {
    throw new CodedError("github/merge-unknown", `GitHub does not yet say what #${number} became`, { next: "retry" });
  }
  return { ...pull, mergeSha, mergedAt };
}

async function isDone(deps: GithubDeps, repository: RepositoryName, { number, mergeSha }: Merge): Promise<boolean> {
  return (await deps.control.publications.get({ repository, pull: number }, mergeKind(mergeSha))) !== undefined;
}

/** What a retry may mend holds up the later ones; what needs a person does not. */
async function deployEarlier(deps: GithubDeps, repository: RepositoryName, number: number): Promise<void> {
  try {
    const pull = await mergedPull(deps, repository, number);
    if (pull !== undefined) await deployOne(deps, repository, pull);
  } catch (error) {
    if (!(error instanceof CodedError) || error.next === "retry") throw error;
    deps.log.warn("merge.earlier-failed", { repository, pull: number, code: error.code });
  }
}

async function deployOne(deps: GithubDeps, repository: RepositoryName, pull: Merged): Promise<void> {
  for (const binding of bindingsOf(deps.fleet, repository, pull.base)) {
    if (!(await deployBinding(deps, repository, pull, binding))) return;
  }
  await deps.control.publications.put({ repository, pull: pull.number }, mergeKind(pull.mergeSha), pull.mergeSha, "");
}

/** @returns false when it has to be tried again after somebody mended something */
async function deployBinding(
  deps: GithubDeps,
  repository: RepositoryName,
  pull: Merged,
  binding: Binding,
): Promise<boolean> {
  const { group, channel } = binding;
  const octokit = await deps.clients.of(repository);
  // Beyond what GitHub lists nobody knows: then it counts as touched.
  const isTouched =
    pull.changedFiles > MOST_FILES ||
    (await touches(octokit, repository, pull.number, (path) => isSchemaFile(group.path, path)));
  if (!isTouched) return true;
  const { mergeSha, mergedAt } = pull;
  const read = await readRepositorySettings(octokit, repository, `refs/heads/${channel.branch}`);
  if (read.at === "refused") return await hold(deps, repository, pull, read.problems);
  // The branch has the pull request's own settings by now; it must not lower the quorum it is judged by.
  const before = await readRepositorySettings(octokit, repository, pull.baseSha);
  const approvals = Math.max(read.settings.approvals, before.at === "settings" ? before.settings.approvals : 1);
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
        mergedAt,
      },
      files,
      approvals,
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
  pull: Merged,
  reasons: readonly Reason[],
): Promise<false> {
  const kind = `held:${pull.mergeSha}`;
  const marker = `<!-- sluice:${kind} -->`;
  const body = [
    marker,
    "⛔ The merge was not staged. It is tried again when this is mended:",
    ...reasons.map(reasonItem),
  ].join("\n");
  await sayOnce(await surfaceOf(deps, repository, pull.number), kind, marker, body);
  return false;
}

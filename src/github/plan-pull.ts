import type { RepositoryName } from "#config";
import { type Proposal, proposePlans } from "#deploy";
import { CodedError, type Reason } from "#kernel";
import { splitFiles } from "#schema";
import { MOST_FILES, type PullRequest, readMergeable, readPull, touches } from "./api/pull-requests.ts";
import { readRepositorySettings } from "./api/settings.ts";
import { isSchemaFile, readSchemaFiles } from "./api/trees.ts";
import { type Binding, bindingsOf } from "./binding.ts";
import type { Octokit } from "./client/octokit.ts";
import { FORK, UNTOUCHED } from "./render/plan-groups.ts";
import type { GithubDeps } from "./room.ts";

/**
 * Plans an open pull request for every database that follows its base branch. Whatever stands in the way becomes a
 * refused proposal with its reason, so that the check always reports.
 *
 * @returns the head that was planned; undefined when there was nothing to plan
 * @throws what GitHub or the control database failed with, and `github/merge-unknown`: try again
 */
export async function planPull(
  deps: GithubDeps,
  repository: RepositoryName,
  number: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const octokit = await deps.clients.of(repository);
  const pull = await readPull(octokit, repository, number);
  if (pull === undefined || pull.state !== "open") return undefined;
  const bindings = bindingsOf(deps.fleet, repository, pull.base);
  if (bindings.length === 0) {
    deps.log.debug("pull.unbound", { repository, pull: number, base: pull.base });
    return undefined;
  }
  // The check shows at once that something is coming.
  await deps.control.outbox.mark({ repository, pull: number });
  for (const binding of bindings) {
    signal.throwIfAborted();
    await planBinding({ deps, octokit, repository, pull, binding }, signal);
  }
  await deps.control.outbox.mark({ repository, pull: number });
  return pull.headSha;
}

interface PlanTask {
  readonly deps: GithubDeps;
  readonly octokit: Octokit;
  readonly repository: RepositoryName;
  readonly pull: PullRequest;
  readonly binding: Binding;
}

async function planBinding(task: PlanTask, signal: AbortSignal): Promise<void> {
  const { deps, octokit, repository, pull, binding } = task;
  const { group, channel } = binding;
  try {
    if (pull.changedFiles > MOST_FILES) return await refuse(task, [tooManyFiles(pull.changedFiles)]);
    if (!(await touches(octokit, repository, pull.number, (path) => isSchemaFile(group.path, path)))) {
      return await refuse(task, [{ code: UNTOUCHED, message: `No file of ${group.path} is changed.` }]);
    }
    const merge = await readMergeable(octokit, repository, pull, deps.clock, signal);
    if (merge.at === "gone") return;
    if (merge.at === "conflicts") return await refuse(task, [conflict(channel.branch)]);
    const files = await readSchemaFiles(octokit, repository, merge.sha, group.path, deps.blobs);
    if (pull.isFork) return await refuse(task, [fork(pull), ...splitFiles(files).problems]);
    const read = await readRepositorySettings(octokit, repository, `refs/heads/${channel.branch}`);
    if (read.at === "refused") return await refuse(task, read.problems);
    await proposePlans(
      deps,
      {
        group: group.name,
        channel: channel.name,
        repository,
        pull: pull.number,
        headSha: pull.headSha,
        files,
        lint: read.settings.lint,
      },
      signal,
    );
  } catch (error) {
    // What a retry cannot mend is told to the author; the rest is tried again.
    if (error instanceof CodedError && error.next === "fix-input") return await refuse(task, [error.toReason()]);
    throw error;
  }
}

async function refuse(task: PlanTask, reasons: readonly Reason[]): Promise<void> {
  const { deps, repository, pull, binding } = task;
  const createdAt = deps.clock.now().toISOString();
  for (const database of binding.databases) {
    const proposal: Proposal = {
      group: binding.group.name,
      channel: binding.channel.name,
      database: database.name,
      repository,
      pull: pull.number,
      headSha: pull.headSha,
      result: { at: "refused", reasons },
      createdAt,
    };
    await deps.control.proposals.put(proposal);
  }
}

function tooManyFiles(count: number): Reason {
  return {
    code: "github/too-many-files",
    message: `The pull request changes ${count} files; GitHub lists ${MOST_FILES} at most.`,
    hint: "Split it, so that nothing can hide in the rest.",
  };
}

function conflict(branch: string): Reason {
  return {
    code: "github/conflict",
    message: `The branch does not merge into ${branch}.`,
    hint: "Resolve the conflicts; the plan is made of the merge's result.",
  };
}

/** A fork's SQL is split and looked at, but no server ever runs it before the merge. */
function fork(pull: PullRequest): Reason {
  return {
    code: FORK,
    message: "Schema changes from a fork are checked for form only and never run on a server.",
    hint: `A maintainer can push commit ${pull.headSha.slice(0, 7)} to a branch of this repository and open a pull request from there.`,
  };
}

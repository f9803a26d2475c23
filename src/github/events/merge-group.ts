import { type Proposal, proposePlans } from "#deploy";
import { CodedError } from "#kernel";
import { readRepositorySettings } from "../api/settings.ts";
import { hashOfFiles, readSchemaFiles } from "../api/trees.ts";
import { type Binding, bindingsOf } from "../binding.ts";
import { commitSubject, putCheck } from "../publish/put-check.ts";
import { surfaceOf } from "../publish/surface.ts";
import { renderPlanCheck } from "../render/plan-check.ts";
import { UNTOUCHED, summarise } from "../render/plan-groups.ts";
import type { GithubDeps } from "../room.ts";
import { type EventHandler, boundRepository, read } from "./handler.ts";
import { mergeGroupPayload } from "./payloads.ts";

/**
 * The merge queue asks about a tree that nobody has seen yet: two pull requests that are each fine can disagree. So
 * it is planned for real; only the check reports.
 */
export const mergeGroupChecks: EventHandler = {
  on: "merge_group.checks_requested",
  async handle(deps, delivery, signal) {
    const { merge_group: group, ...payload } = read(mergeGroupPayload, delivery);
    const repository = boundRepository(deps, payload.repository);
    const branch = group.base_ref.replace(/^refs\/heads\//, "");
    if (repository === undefined) return;
    const bindings = bindingsOf(deps.fleet, repository, branch);
    if (bindings.length === 0) return;
    const surface = await surfaceOf(deps, repository, commitSubject(repository).pull);
    await putCheck(surface, renderPlanCheck(summarise(bindings, []), group.head_sha, deps.publicUrl));
    const proposals: Proposal[] = [];
    for (const binding of bindings) proposals.push(...(await planTree(deps, binding, group, branch, signal)));
    await putCheck(surface, renderPlanCheck(summarise(bindings, proposals), group.head_sha, deps.publicUrl));
  },
};

async function planTree(
  deps: GithubDeps,
  binding: Binding,
  tree: { readonly head_sha: string; readonly base_sha: string },
  branch: string,
  signal: AbortSignal,
): Promise<readonly Proposal[]> {
  const { repository, path } = binding.group;
  const octokit = await deps.clients.of(repository);
  const facts = {
    group: binding.group.name,
    channel: binding.channel.name,
    repository,
    pull: commitSubject(repository).pull,
    headSha: tree.head_sha,
  };
  const refused = (reasons: Extract<Proposal["result"], { at: "refused" }>["reasons"]): readonly Proposal[] =>
    binding.databases.map((database) => ({
      ...facts,
      database: database.name,
      result: { at: "refused", reasons },
      createdAt: deps.clock.now().toISOString(),
    }));
  try {
    const files = await readSchemaFiles(octokit, repository, tree.head_sha, path, deps.blobs);
    const before = await readSchemaFiles(octokit, repository, tree.base_sha, path, deps.blobs).catch(() => undefined);
    if (before !== undefined && hashOfFiles(before) === hashOfFiles(files)) {
      return refused([{ code: UNTOUCHED, message: `No file of ${path} is changed.` }]);
    }
    const read = await readRepositorySettings(octokit, repository, `refs/heads/${branch}`);
    if (read.at === "refused") return refused(read.problems);
    return await proposePlans(deps, { ...facts, files, lint: read.settings.lint }, signal);
  } catch (error) {
    if (error instanceof CodedError && error.next === "fix-input") return refused([error.toReason()]);
    throw error;
  }
}

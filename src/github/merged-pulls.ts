import type { RepositoryName } from "#config";
import { commitSubject } from "./publish/put-check.ts";
import type { GithubDeps } from "./room.ts";

/** How far back a lost merge is looked for; the control database remembers when the branch was first seen. */
const MERGES_BACK_MS = 7 * 86_400_000;

export interface Merge {
  readonly number: number;
  readonly mergeSha: string;
  /** ISO 8601, whole seconds. */
  readonly mergedAt: string;
}

/** Under this, the subject's publications remember that the merge was dealt with. */
export function mergeKind(mergeSha: string): string {
  return `merge:${mergeSha}`;
}

/** Pull requests merged into a branch that nobody dealt with, in merge order; not those from before it was bound. */
export async function unseenMerges(
  deps: GithubDeps,
  repository: RepositoryName,
  branch: string,
): Promise<readonly Merge[]> {
  const octokit = await deps.clients.of(repository);
  const from = Math.max(await boundSince(deps, repository, branch), deps.clock.now().getTime() - MERGES_BACK_MS);
  const { data } = await octokit.rest.pulls.list({
    owner: repository.owner,
    repo: repository.name,
    state: "closed",
    base: branch,
    sort: "updated",
    direction: "desc",
    per_page: 100,
  });
  const unseen: Merge[] = [];
  for (const { number, merged_at: mergedAt, merge_commit_sha: mergeSha } of data) {
    if (mergedAt === null || mergeSha === null || Date.parse(mergedAt) < from) continue;
    const known = await deps.control.publications.get({ repository, pull: number }, mergeKind(mergeSha));
    if (known === undefined) unseen.push({ number, mergeSha, mergedAt });
  }
  return unseen.sort((a, b) => (wentBefore(a, b) ? -1 : 1));
}

/** As the queue has it: by time, then by number. */
export function wentBefore(a: Omit<Merge, "mergeSha">, b: Omit<Merge, "mergeSha">): boolean {
  const apart = Date.parse(a.mergedAt) - Date.parse(b.mergedAt);
  return apart < 0 || (apart === 0 && a.number < b.number);
}

/** When this branch was first looked at: what was merged before belongs to somebody else's history. */
async function boundSince(deps: GithubDeps, repository: RepositoryName, branch: string): Promise<number> {
  const subject = commitSubject(repository);
  const kind = `bound:${branch}`;
  const known = await deps.control.publications.get(subject, kind);
  // GitHub tells whole seconds.
  if (known !== undefined) return Math.floor(Date.parse(known.externalId) / 1000) * 1000;
  const now = deps.clock.now();
  await deps.control.publications.put(subject, kind, now.toISOString(), "");
  return Math.floor(now.getTime() / 1000) * 1000;
}

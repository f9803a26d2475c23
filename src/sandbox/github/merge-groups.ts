import { CodedError } from "#kernel";
import { type Hub, announce } from "./hub.ts";
import { mergeMessage } from "./pull-state.ts";
import { simpleCommit } from "./shapes/commit.ts";
import { type Repo, personOf } from "./world.ts";

/**
 * Puts open pull requests of one base branch on top of each other, as GitHub's merge queue does, and asks for checks on
 * the result. The branch is GitHub's own, so there is no push event of a person.
 */
export async function queueMergeGroup(
  hub: Hub,
  repo: Repo,
  numbers: readonly number[],
): Promise<{ readonly headSha: string; readonly headRef: string }> {
  const pulls = numbers.flatMap((number) => repo.pulls.get(number) ?? []);
  const last = pulls.at(-1);
  if (last === undefined || pulls.length !== numbers.length) {
    throw new CodedError("sandbox/no-pull-request", `Not all of ${numbers.join(", ")} are pull requests`);
  }
  const author = personOf(last.author);
  let headSha = last.base.sha;
  for (const pull of pulls) {
    const tree = await repo.git.mergeTree(headSha, pull.head.sha);
    if (tree === undefined) throw new CodedError("sandbox/not-mergeable", `#${pull.number} conflicts in the group`);
    const parents = [headSha, pull.head.sha];
    const message = mergeMessage(pull);
    headSha = await repo.git.createCommit({ tree, parents, message, author, date: hub.world.clock.now() });
  }
  const baseRef = last.base.ref;
  const headRef = `refs/heads/gh-readonly-queue/${baseRef}/pr-${last.number}-${last.base.sha}`;
  await repo.git.setRef(headRef, headSha);
  announce(hub, repo, {
    event: "merge_group",
    action: "checks_requested",
    sender: last.author,
    payload: {
      merge_group: {
        head_sha: headSha,
        head_ref: headRef,
        base_sha: last.base.sha,
        base_ref: `refs/heads/${baseRef}`,
        head_commit: simpleCommit(await repo.git.commit(headSha)),
      },
    },
  });
  return { headSha, headRef };
}

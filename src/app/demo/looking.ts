import type { CheckRunView, CommentView } from "#sandbox";
import type { DemoWorld } from "./world.ts";

/** The newest comment of Sluice on the pull request that carries `marker`, as a person would find it. */
export function commentWith(world: DemoWorld, pull: number, marker: string): CommentView | undefined {
  return world.repository
    .comments(pull)
    .findLast(({ author, body }) => author === world.github.botLogin && body.includes(marker));
}

export async function checkNamed(world: DemoWorld, ref: string, name: string): Promise<CheckRunView | undefined> {
  const runs = await world.repository.checkRuns(ref);
  return runs.find((run) => run.name === name);
}

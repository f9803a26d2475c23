import type { Hub } from "../hub.ts";
import type { Repo } from "../world.ts";

/** One look at a repository. */
export interface Visit {
  readonly hub: Hub;
  readonly repo: Repo;
  /** Who looks and clicks. */
  readonly login: string;
  readonly problem: string | undefined;
}

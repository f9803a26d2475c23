import type { Operation } from "../operation.ts";
import { appOperations } from "./apps.ts";
import { checkOperations } from "./checks.ts";
import { contentOperations } from "./contents.ts";
import { gitDataOperations } from "./git-data.ts";
import { issueOperations } from "./issues.ts";
import { pullOperations } from "./pulls.ts";
import { repoOperations } from "./repos.ts";
import { userOperations } from "./users.ts";

/** Everything the sandbox answers. A test holds this list equal to the description that judges it. */
export const operations: readonly Operation[] = [
  ...appOperations,
  ...userOperations,
  ...repoOperations,
  ...contentOperations,
  ...gitDataOperations,
  ...pullOperations,
  ...issueOperations,
  ...checkOperations,
];

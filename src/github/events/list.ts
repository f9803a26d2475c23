import { checkHandlers } from "./checks.ts";
import type { EventHandler } from "./handler.ts";
import { installationHandlers } from "./installation.ts";
import { issueCommentCreated } from "./issue-comment.ts";
import { mergeGroupChecks } from "./merge-group.ts";
import { pullRequestHandlers } from "./pull-request.ts";
import { pushed } from "./push.ts";

/** Everything we listen to; app.yml's events are held equal to this by a test. */
export const EVENT_HANDLERS: readonly EventHandler[] = [
  ...pullRequestHandlers,
  issueCommentCreated,
  ...checkHandlers,
  pushed,
  mergeGroupChecks,
  ...installationHandlers,
];

/** `event` or `event.action`: what of all that GitHub sends is worth keeping. */
export const HEARD: ReadonlySet<string> = new Set(EVENT_HANDLERS.map((handler) => handler.on));

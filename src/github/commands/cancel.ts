import type { CommandKind } from "./command.ts";
import { decide } from "./decide.ts";

/** Stops before the seal and removes everything of ours. */
export const cancel: CommandKind = { verb: "cancel", run: (context) => decide(context, "cancel") };

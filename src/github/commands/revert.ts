import type { CommandKind } from "./command.ts";
import { decide } from "./decide.ts";

/** Puts the old tables back, with every write made since. */
export const revert: CommandKind = { verb: "revert", run: (context) => decide(context, "revert") };

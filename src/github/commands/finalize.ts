import type { CommandKind } from "./command.ts";
import { decide } from "./decide.ts";

/** Ends the revert window early. */
export const finalize: CommandKind = { verb: "finalize", run: (context) => decide(context, "finalize") };

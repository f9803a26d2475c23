import type { CommandKind } from "./command.ts";
import { decide } from "./decide.ts";

/** Seals what is staged; a vote, where more than one is needed. */
export const apply: CommandKind = { verb: "apply", run: (context) => decide(context, "apply") };

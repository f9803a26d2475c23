import type { CommandKind } from "./command.ts";
import { code, table } from "../render/markdown.ts";
import { VERBS, verbSyntax } from "./syntax.ts";

/** Lists what there is. */
export const help: CommandKind = {
  verb: "help",
  run: async () => ({ at: "done", say: helpText() }),
};

function helpText(): string {
  const rows = VERBS.map((verb) => {
    const { usage, about, who } = verbSyntax(verb);
    return [code(usage), about, who];
  });
  return [
    table(["Command", "What it does", "Who"], rows),
    "One command per line, at the start of the line, at most three in a comment. `@plan` is the plan's fingerprint: the command acts only if the plan still is that one. Editing a comment never acts.",
  ].join("\n\n");
}

import { optionOf, parseTable } from "#schema";
import type { Refusal } from "./refusal.ts";

/** Only InnoDB gives the consistent reads the copy stands on. */
export const otherEngines: Refusal = ({ changes }) =>
  changes.flatMap((change) => {
    const texts =
      change.kind === "copy"
        ? [change.before, change.after]
        : [change.kind === "create" ? change.after : change.before];
    const engine = texts.map(engineOf).find((name) => name !== undefined && name !== "InnoDB");
    if (engine === undefined) return [];
    return [
      {
        code: "engine/not-yet",
        message: `${change.table} uses the storage engine ${engine}; only InnoDB tables can be changed`,
      },
    ];
  });

function engineOf(sql: string): string | undefined {
  const parsed = parseTable(sql);
  return parsed.at === "table" ? optionOf(parsed.table, "ENGINE") : /\n\) .*?ENGINE=(\w+)/.exec(sql)?.[1];
}

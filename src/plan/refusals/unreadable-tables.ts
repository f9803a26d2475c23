import { parseTable } from "#schema";
import type { Refusal } from "./refusal.ts";

/** A new or dropped table we cannot read might hold a foreign key: not staged until we can tell. */
export const unreadableTables: Refusal = ({ changes }) =>
  changes.flatMap((change) => {
    if (change.kind === "copy") return [];
    const parsed = parseTable(change.kind === "create" ? change.after : change.before);
    if (parsed.at === "table" || !/\bFOREIGN KEY\b/.test(change.kind === "create" ? change.after : change.before))
      return [];
    return [{ code: "engine/not-yet", message: `${change.table} cannot be read: ${parsed.reason.message}` }];
  });

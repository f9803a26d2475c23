import { parseTable } from "#schema";
import type { Refusal } from "./refusal.ts";

/** After a crash the owner of a name is told by the table's id; a partitioned table has one per partition. */
export const partitions: Refusal = ({ changes }) =>
  changes.flatMap((change) => {
    if (change.kind === "create") return [];
    const parsed = parseTable(change.before);
    if (parsed.at !== "table" || parsed.table.partition === undefined) return [];
    return [
      {
        code: "engine/not-yet",
        message: `${change.table} is partitioned, which is not supported yet`,
        hint: "Change it with the server's own ALTER TABLE for now.",
        ...(change.place === undefined ? {} : { where: change.place }),
      },
    ];
  });

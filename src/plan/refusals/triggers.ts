import { triggerTable } from "#schema";
import type { Refusal } from "./refusal.ts";

/** Tables with triggers cannot change their names between databases yet (server error 1435, design D8b). */
export const triggers: Refusal = ({ live, desired, changes }) =>
  changes.flatMap((change) => {
    const names = new Set(
      [...live.objects, ...desired.objects]
        .filter((object) => triggerTable(object) === change.table)
        .map((object) => object.name),
    );
    if (names.size === 0) return [];
    return [
      {
        code: "engine/not-yet",
        message: `${change.table} has triggers (${[...names].toSorted().join(", ")}), which is not supported yet`,
        hint: "Drop the triggers in a change of its own, or change the table with the server's own ALTER TABLE.",
        ...(change.place === undefined ? {} : { where: change.place }),
      },
    ];
  });

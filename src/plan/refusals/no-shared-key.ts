import type { Refusal } from "./refusal.ts";

/** Without a key that names a row on both sides, changes made during the copy cannot be carried over. */
export const noSharedKey: Refusal = ({ changes }) =>
  changes.flatMap((change) => {
    if (change.kind !== "copy" || change.key !== undefined) return [];
    return [
      {
        code: "engine/no-shared-key",
        message: `${change.table} has no unique NOT NULL key that stays the same on both sides`,
        hint: "Add a primary key over columns that do not change, in a change of its own, with the server's own ALTER.",
        ...(change.place === undefined ? {} : { where: change.place }),
      },
    ];
  });

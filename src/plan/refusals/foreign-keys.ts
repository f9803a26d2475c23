import type { Reason } from "#kernel";
import { parseTable, type CanonicalObject, type ForeignKey } from "#schema";
import type { Refusal } from "./refusal.ts";

/** Tables that are children or parents of a foreign key, now or afterwards, cannot be changed yet (design D8b). */
export const foreignKeys: Refusal = ({ live, desired, changes }) => {
  const keys = [...live.objects, ...desired.objects].flatMap(foreignKeysOf);
  return changes.flatMap((change): readonly Reason[] => {
    const names = new Set(
      keys
        .filter(
          ({ child, key }) => child === change.table || (key.database === undefined && key.table === change.table),
        )
        .map(({ key }) => key.name),
    );
    if (names.size === 0) return [];
    return [
      {
        code: "engine/not-yet",
        message: `${change.table} takes part in foreign keys (${[...names].toSorted().join(", ")}), which is not supported yet`,
        hint: "Change it with the server's own ALTER TABLE for now.",
        ...(change.place === undefined ? {} : { where: change.place }),
      },
    ];
  });
};

function foreignKeysOf(object: CanonicalObject): readonly { readonly child: string; readonly key: ForeignKey }[] {
  if (object.kind !== "table" || !object.sql.includes(" FOREIGN KEY ")) return [];
  const parsed = parseTable(object.sql);
  return parsed.at === "table" ? parsed.table.foreignKeys.map((key) => ({ child: object.name, key })) : [];
}

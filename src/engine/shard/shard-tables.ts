import type { CopyChange, IdentityKey, PlannedChange } from "#plan";
import { CodedError } from "#kernel";
import type { OwnNames } from "../own-tables/own-names.ts";
import type { Target } from "../ports.ts";
import type { TableRef } from "../sql/names.ts";

/** Where the tables of one change are on one shard. `live` is the name that clients use. */
export interface ChangeTables {
  readonly change: PlannedChange;
  readonly live: TableRef;
  /** Before the seal, the shadow or the table to be created; after a revert, the retired new table. */
  readonly next: TableRef;
  /** After the seal, the retired table. */
  readonly old: TableRef;
}

export function changeTables(target: Target, names: OwnNames, changes: readonly PlannedChange[]): ChangeTables[] {
  return changes.map((change) => ({
    change,
    live: { database: target.database, table: change.table },
    next: { database: names.next, table: change.table },
    old: { database: names.old, table: change.table },
  }));
}

export type CopyTables = ChangeTables & { readonly change: CopyChange };

export function isCopy(tables: ChangeTables): tables is CopyTables {
  return tables.change.kind === "copy";
}

/** @throws CodedError `engine/no-shared-key` for a plan that should have been refused */
export function identityKey(change: CopyChange): IdentityKey {
  if (change.key !== undefined) return change.key;
  throw new CodedError("engine/no-shared-key", `Rows of \`${change.table}\` cannot be told apart on both sides`, {
    hint: "The table needs a primary key or a unique key over NOT NULL columns that exist before and after.",
    next: "fix-input",
  });
}

import type { ShardName } from "#kernel";
import type { TableProgress } from "../runner.ts";
import type { DirtyKeys } from "../tail/dirty-keys.ts";

/** What one table's staging has come to; the mutable side of `TableProgress`. */
export class TableMeter {
  readonly shard: ShardName;
  readonly table: string;
  state: TableProgress["state"] = "waiting";
  rowsCopied = 0;
  rowsEstimated = 0;
  rowsChecked = 0;
  repaired = 0;
  dirty: DirtyKeys | undefined;

  constructor(shard: ShardName, table: string) {
    this.shard = shard;
    this.table = table;
  }

  read(): TableProgress {
    return {
      shard: this.shard,
      table: this.table,
      state: this.state,
      rowsCopied: this.rowsCopied,
      rowsEstimated: this.rowsEstimated,
      keysApplied: this.dirty?.applied ?? 0,
      keysPending: this.dirty?.pending ?? 0,
    };
  }
}

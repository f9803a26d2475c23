import type { WatchedTable } from "#binlog";
import { applyForward, batchesOf } from "../flow/apply-forward.ts";
import { countDuplicates, duplicateError, misfitError } from "../flow/explain-trouble.ts";
import type { RowFlow } from "../flow/row-flow.ts";
import { type RowTrouble, RowTroubleError } from "../flow/row-trouble.ts";
import { fencedTransaction } from "../own-tables/fence.ts";
import type { Session } from "../ports.ts";
import type { ShardContext } from "../shard/context.ts";
import type { ColumnShape, TableShape } from "../sql/table-shape.ts";
import { DirtyKeys } from "./dirty-keys.ts";
import type { TailedTable } from "./tailed-table.ts";

/** Conflicts in a row before the source is searched for real duplicates. */
const PATIENCE = 5;
const NONE: ReadonlySet<string> = new Set();

/** A staged table: keys of the source go to the shadow. */
export class ForwardTable implements TailedTable {
  readonly watch: WatchedTable;
  readonly dirty = new DirtyKeys();
  readonly blocked = NONE;
  readonly flow: RowFlow;
  isActive = false;
  readonly #context: ShardContext;
  readonly #shadowShape: TableShape;
  #conflicts = 0;

  constructor(context: ShardContext, flow: RowFlow, shadowShape: TableShape) {
    this.#context = context;
    this.flow = flow;
    this.#shadowShape = shadowShape;
    this.watch = watchFor(flow);
  }

  async prepare(session: Session, signal: AbortSignal): Promise<void> {
    await prepareApply(session, signal);
  }

  async flush(session: Session, keys: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    try {
      for (const batch of batchesOf(keys)) await this.#apply(session, batch, signal);
    } catch (error) {
      if (!(error instanceof RowTroubleError)) throw error;
      return this.#applyTogether(session, keys, signal);
    }
    this.#conflicts = 0;
    return [];
  }

  async drain(session: Session, keys: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      await applyForward(session, this.flow, keys, signal);
    } catch (error) {
      throw await this.#explained(session, error, signal);
    }
  }

  /** Unique values that moved from one row to another conflict unless both rows go in one transaction. */
  async #applyTogether(session: Session, keys: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    try {
      await this.#apply(session, keys, signal);
      this.#conflicts = 0;
      return [];
    } catch (error) {
      if (!(error instanceof RowTroubleError) || error.trouble.kind !== "duplicate") {
        throw await this.#explained(session, error, signal);
      }
      await this.conflict(session, error.trouble, signal);
      return keys;
    }
  }

  /**
   * Called after a duplicate in flush or copy: the other row's change may still be on its way.
   *
   * @throws CodedError `engine/duplicate` when the source itself holds the duplicate
   */
  async conflict(session: Session, trouble: RowTrouble, signal: AbortSignal): Promise<void> {
    this.#conflicts += 1;
    if (trouble.kind !== "duplicate" || this.#conflicts % PATIENCE !== 0) return;
    const groups = await countDuplicates(session, this.flow, this.#shadowShape, trouble.key, signal);
    if (groups === 0 && this.#conflicts < 20 * PATIENCE) return;
    // None found where the key cannot be expressed on the source (prefixes, functions): the server still said so.
    throw duplicateError(this.flow, this.#context.target.shard, trouble.key, Math.max(1, groups ?? 1));
  }

  async #apply(session: Session, keys: readonly string[], signal: AbortSignal): Promise<void> {
    await fencedTransaction(session, this.#context, () => applyForward(session, this.flow, keys, signal), signal);
  }

  async #explained(session: Session, error: unknown, signal: AbortSignal): Promise<unknown> {
    if (!(error instanceof RowTroubleError) || error.trouble.kind !== "misfit") return error;
    return misfitError(session, this.flow, this.#context.target.shard, error.trouble, signal);
  }
}

/** Key lists of a thousand keys need more than the default memory, else the range access is given up for a scan. */
export async function prepareApply(session: Session, signal: AbortSignal): Promise<void> {
  await session.execute(
    "SET SESSION range_optimizer_max_mem_size = 0, innodb_lock_wait_timeout = 5, foreign_key_checks = 0",
    undefined,
    signal,
  );
}

export function watchFor(flow: RowFlow): WatchedTable {
  return { schema: flow.from.database, table: flow.from.table, key: flow.fromKey.map(watchedColumn) };
}

function watchedColumn(column: ColumnShape): WatchedTable["key"][number] {
  return {
    name: column.name,
    ordinal: column.ordinal,
    dataType: column.dataType,
    unsigned: column.unsigned,
    ...(column.charset === undefined ? {} : { charset: column.charset }),
  };
}

import type { WatchedTable } from "#binlog";
import { applyBackward, prepareBackward } from "../flow/apply-backward.ts";
import { batchesOf } from "../flow/apply-forward.ts";
import type { RowFlow } from "../flow/row-flow.ts";
import { RowTroubleError } from "../flow/row-trouble.ts";
import { holdFence } from "../own-tables/fence.ts";
import type { Session } from "../ports.ts";
import type { ShardContext } from "../shard/context.ts";
import { inTransaction } from "../sql/transaction.ts";
import { DirtyKeys } from "./dirty-keys.ts";
import { prepareApply, watchFor } from "./forward-table.ts";
import type { TailedTable } from "./tailed-table.ts";

const RETRY_BLOCKED_EVERY_MS = 2000;

/**
 * A sealed table in its window: keys of the new table go to the retired one. A row that the old definition does not
 * take is set aside and tried again: its value may be mended, and it must not hold up the others.
 */
export class BackwardTable implements TailedTable {
  readonly watch: WatchedTable;
  readonly dirty = new DirtyKeys();
  readonly flow: RowFlow;
  isActive = true;
  readonly #context: ShardContext;
  readonly #blocked = new Set<string>();
  #retriedAt = Number.NEGATIVE_INFINITY;

  constructor(context: ShardContext, flow: RowFlow) {
    this.#context = context;
    this.flow = flow;
    this.watch = watchFor(flow);
  }

  get blocked(): ReadonlySet<string> {
    return this.#blocked;
  }

  async prepare(session: Session, signal: AbortSignal): Promise<void> {
    await prepareApply(session, signal);
    await prepareBackward(session, this.flow, signal);
  }

  async flush(session: Session, keys: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    await this.#applyOrBlock(session, keys, signal);
    if (this.#blocked.size > 0 && this.#context.clock.monotonicMs() - this.#retriedAt > RETRY_BLOCKED_EVERY_MS) {
      await this.#retryBlocked(session, signal);
    }
    return [];
  }

  retryAtNextFlush(): void {
    this.#retriedAt = Number.NEGATIVE_INFINITY;
  }

  async #retryBlocked(session: Session, signal: AbortSignal): Promise<void> {
    this.#retriedAt = this.#context.clock.monotonicMs();
    const keys = [...this.#blocked];
    await this.#applyOrBlock(session, keys, signal);
  }

  async drain(session: Session, keys: readonly string[], signal: AbortSignal): Promise<void> {
    await applyBackward(session, this.flow, [...new Set([...keys, ...this.#blocked])], signal);
  }

  async #applyOrBlock(session: Session, keys: readonly string[], signal: AbortSignal): Promise<void> {
    for (const batch of batchesOf(keys)) await this.#halve(session, batch, signal);
  }

  /** Applies what can be applied; narrows down what cannot to single keys. */
  async #halve(session: Session, keys: readonly string[], signal: AbortSignal): Promise<void> {
    if (keys.length === 0) return;
    try {
      await this.#apply(session, keys, signal);
      for (const key of keys) this.#blocked.delete(key);
    } catch (error) {
      if (!(error instanceof RowTroubleError)) throw error;
      if (keys.length === 1) {
        for (const key of keys) this.#blocked.add(key);
        return;
      }
      const middle = Math.ceil(keys.length / 2);
      await this.#halve(session, keys.slice(0, middle), signal);
      await this.#halve(session, keys.slice(middle), signal);
    }
  }

  async #apply(session: Session, keys: readonly string[], signal: AbortSignal): Promise<void> {
    const { names, fence } = this.#context;
    await inTransaction(
      session,
      async () => {
        await holdFence(session, names, fence, signal);
        await applyBackward(session, this.flow, keys, signal);
      },
      signal,
    );
  }
}

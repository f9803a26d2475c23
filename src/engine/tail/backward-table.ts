import type { WatchedTable } from "#binlog";
import { applyBackward, prepareBackward } from "../flow/apply-backward.ts";
import { batchesOf } from "../flow/apply-forward.ts";
import type { RowFlow } from "../flow/row-flow.ts";
import { type RowTrouble, RowTroubleError } from "../flow/row-trouble.ts";
import { fencedTransaction } from "../own-tables/fence.ts";
import type { Session } from "../ports.ts";
import type { ShardContext } from "../shard/context.ts";
import { DirtyKeys } from "./dirty-keys.ts";
import { prepareApply, watchFor } from "./forward-table.ts";
import type { TailedTable } from "./tailed-table.ts";

const RETRY_BLOCKED_EVERY_MS = 2000;
/** Rounds in a row that a key may conflict with another row before it counts as blocked. */
const PATIENCE = 20;

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
  readonly #conflicts = new Map<string, number>();
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
    const isRetry =
      this.#blocked.size > 0 && this.#context.clock.monotonicMs() - this.#retriedAt > RETRY_BLOCKED_EVERY_MS;
    if (isRetry) this.#retriedAt = this.#context.clock.monotonicMs();
    const all = isRetry ? [...new Set([...keys, ...this.#blocked])] : keys;
    const failed = await this.#applyAll(session, all, signal);
    const left: string[] = [];
    for (const key of all) {
      const trouble = failed.get(key);
      if (trouble?.kind === "duplicate" && this.#mayPass(key)) left.push(key);
      else this.#settle(key, trouble !== undefined);
    }
    return left;
  }

  retryAtNextFlush(): void {
    this.#retriedAt = Number.NEGATIVE_INFINITY;
  }

  async drain(session: Session, keys: readonly string[], signal: AbortSignal): Promise<void> {
    await applyBackward(session, this.flow, [...new Set([...keys, ...this.#blocked])], signal);
  }

  /** A unique value may still be held by a row whose own change is on its way. */
  #mayPass(key: string): boolean {
    if (this.#blocked.has(key)) return false;
    const conflicts = (this.#conflicts.get(key) ?? 0) + 1;
    this.#conflicts.set(key, conflicts);
    return conflicts < PATIENCE;
  }

  #settle(key: string, isBlocked: boolean): void {
    this.#conflicts.delete(key);
    if (isBlocked) this.#blocked.add(key);
    else this.#blocked.delete(key);
  }

  /** Applies what can be applied. @returns why each of the others could not */
  async #applyAll(
    session: Session,
    keys: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, RowTrouble>> {
    const failed = new Map<string, RowTrouble>();
    try {
      for (const batch of batchesOf(keys)) await this.#apply(session, batch, signal);
    } catch (error) {
      if (!(error instanceof RowTroubleError)) throw error;
      // Rows that exchanged a unique value go only together; so all at once before any narrowing down.
      await this.#halve(session, keys, failed, signal);
    }
    return failed;
  }

  async #halve(
    session: Session,
    keys: readonly string[],
    failed: Map<string, RowTrouble>,
    signal: AbortSignal,
  ): Promise<void> {
    if (keys.length === 0) return;
    try {
      await this.#apply(session, keys, signal);
    } catch (error) {
      if (!(error instanceof RowTroubleError)) throw error;
      if (keys.length === 1) {
        for (const key of keys) failed.set(key, error.trouble);
        return;
      }
      const middle = Math.ceil(keys.length / 2);
      await this.#halve(session, keys.slice(0, middle), failed, signal);
      await this.#halve(session, keys.slice(middle), failed, signal);
    }
  }

  async #apply(session: Session, keys: readonly string[], signal: AbortSignal): Promise<void> {
    await fencedTransaction(session, this.#context, () => applyBackward(session, this.flow, keys, signal), signal);
  }
}

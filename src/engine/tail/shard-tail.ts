import type { LogEvent, LogPosition, WatchedTable } from "#binlog";
import { CodedError, type Clock, type Log } from "#kernel";
import type { Session } from "../ports.ts";
import { backOffMs } from "../sql/again.ts";
import { isPassing } from "../sql/errors.ts";
import type { TableRef } from "../sql/names.ts";
import { SteadySession } from "../sql/steady-session.ts";
import { AppliedPosition } from "./applied-position.ts";
import { type ServerStream, type StreamSubscriber, untilAborted } from "./server-stream.ts";
import { statementMeaning } from "./statement-meaning.ts";
import type { TailedTable } from "./tailed-table.ts";

/** Beyond this many dirty keys of one table the stream is paused until they are flushed. */
const MOST_KEYS = 500_000;
const ROUND_EVERY_MS = 50;
const CHECKPOINT_EVERY_MS = 1000;

export interface ShardTailOptions {
  readonly stream: ServerStream;
  readonly open: (signal: AbortSignal) => Promise<Session>;
  readonly tables: readonly TailedTable[];
  /** More tables whose definition must not change. */
  readonly guarded: readonly TableRef[];
  readonly ownPrefix: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Records the position before which every key has been brought over. */
  readonly checkpoint: (applied: LogPosition, signal: AbortSignal) => Promise<void>;
  /** Hears once why the tail has ended; not when it is closed. */
  readonly onEnd: (error: unknown) => void;
}

interface ParkedXa {
  readonly keys: readonly (readonly [TailedTable, readonly string[]])[];
  /** Where to read from to get the prepared transaction's rows again. */
  readonly before: LogPosition | undefined;
}

/**
 * Keeps the other tables of a shard current: collects dirty keys from the stream and flushes them in rounds, each after
 * a settled heartbeat, so that the rows of every collected event are visible to the flush (design D6b).
 */
export class ShardTail implements StreamSubscriber, AsyncDisposable {
  readonly #options: ShardTailOptions;
  readonly #tables: ReadonlyMap<string, TailedTable>;
  readonly #life = new AbortController();
  readonly #session: SteadySession;
  readonly #parked = new Map<string, ParkedXa>();
  #current: (readonly [TailedTable, readonly string[]])[] = [];
  /** End of the last transaction taken. */
  #cursor: LogPosition | undefined;
  readonly #applied = new AppliedPosition();
  #savedAt = Number.NEGATIVE_INFINITY;
  #waiting: PromiseWithResolvers<void>[] = [];
  #room: PromiseWithResolvers<void> | undefined;
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();
  #isWatching = true;
  #pauses = 0;
  #resumed: PromiseWithResolvers<void> | undefined;
  #round: Promise<void> = Promise.resolve();
  #loop: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #lastApplyMs: number | undefined;

  constructor(options: ShardTailOptions) {
    this.#options = options;
    this.#tables = new Map(options.tables.map((table) => [tableKey(table.watch.schema, table.watch.table), table]));
    this.#session = new SteadySession(async (signal) => {
      const session = await options.open(signal);
      for (const table of options.tables) await table.prepare(session, signal);
      return session;
    });
  }

  /** Begins to collect and to flush; without `from`, from the next barrier on. */
  async start(from: LogPosition | undefined, signal: AbortSignal): Promise<void> {
    this.#cursor = from;
    this.#applied.begin(from);
    await this.#options.stream.subscribe(this, from, signal);
    this.#loop = this.#run();
  }

  /** When keys were last brought over, on the clock; undefined when none yet. */
  get lastApplyMs(): number | undefined {
    return this.#lastApplyMs;
  }

  get lagMs(): number {
    const now = this.#options.clock.monotonicMs();
    const oldest = this.#options.tables.map((table) => table.dirty.oldestMs() ?? now);
    return Math.max(0, now - Math.min(now, ...oldest));
  }

  /** Resolves when everything committed before the call has been brought over, or is blocked. */
  async flushAll(signal: AbortSignal): Promise<void> {
    await this.#options.stream.barrier(signal);
    this.assertAlive();
    const wait = Promise.withResolvers<void>();
    wait.promise.catch(() => undefined);
    this.#waiting.push(wait);
    this.#wake.resolve();
    await untilAborted(wait.promise, signal);
  }

  /** No flush runs when it resolves, and none starts before `resume`. Keys are still collected. */
  async pause(): Promise<void> {
    this.#pauses += 1;
    await this.#round;
  }

  resume(): void {
    this.#pauses -= 1;
    if (this.#pauses > 0) return;
    this.#resumed?.resolve();
    this.#resumed = undefined;
  }

  /**
   * Under the seal's locks: nothing can be written to the tables now, and what is written after the RENAME has another
   * layout.
   */
  unwatch(): void {
    this.#isWatching = false;
    this.#options.stream.watchAgain();
  }

  /** Before the locks are given back without a RENAME. */
  watchOn(): void {
    this.#isWatching = true;
    this.#options.stream.watchAgain();
  }

  watched(): readonly WatchedTable[] {
    if (!this.#isWatching) return [];
    return this.#options.tables.map((table) => table.watch);
  }

  take(event: LogEvent): void {
    switch (event.type) {
      case "rows":
        return this.#takeRows(event.schema, event.table, event.keys);
      case "transaction-end":
      case "idle":
        this.#cursor = event.position;
        this.#current = [];
        return;
      case "statement":
        return this.#takeStatement(event.schema, event.sql);
      case "xa-prepared":
        // Not visible before its commit, so the keys become dirty again then; until then `applied` stays before it.
        this.#parked.set(event.xid, { keys: this.#current, before: this.#cursor });
        this.#current = [];
        return;
      case "xa-ended":
        for (const [table, keys] of this.#parked.get(event.xid)?.keys ?? []) table.dirty.add(keys, this.#nowMs());
        this.#parked.delete(event.xid);
        return;
    }
  }

  room(): Promise<void> | undefined {
    if (this.#options.tables.every((table) => table.dirty.pending < MOST_KEYS)) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  fail(error: unknown): void {
    if (this.#failure !== undefined || this.#life.signal.aborted) return;
    this.#failure = { error };
    // Others may share the stream: what we can no longer read must not end it for them.
    this.#options.stream.unsubscribe(this);
    for (const wait of this.#waiting.splice(0)) wait.reject(error);
    this.#room?.resolve();
    this.#life.abort(error);
    this.#options.onEnd(error);
  }

  #takeRows(schema: string, name: string, keys: readonly string[]): void {
    const table = this.#tables.get(tableKey(schema, name));
    if (table === undefined || !table.isActive) return;
    table.dirty.add(keys, this.#nowMs());
    this.#current.push([table, keys]);
  }

  #takeStatement(schema: string, sql: string): void {
    const watched = [
      ...this.#options.tables.map(({ watch }) => ({ database: watch.schema, table: watch.table })),
      ...this.#options.guarded,
    ];
    const meaning = statementMeaning(sql, schema, watched, this.#options.ownPrefix);
    if (meaning === "ddl") {
      this.fail(
        new CodedError("engine/ddl-seen", "Somebody changed or emptied a table that is being staged", {
          hint: "Cancel, wait until the other change is over, and plan again.",
          next: "stop",
        }),
      );
    } else if (meaning === "logged-as-statement") {
      this.fail(
        new CodedError(
          "engine/statement-logged",
          "A session wrote to a staged table with binlog_format other than ROW",
          {
            hint: "Its changed rows are unknown. Set binlog_format=ROW for every session and stage again.",
            next: "stop",
          },
        ),
      );
    }
  }

  async #run(): Promise<void> {
    await this.#rounds();
    // Those whose round was under way when the tail ended.
    const ended = this.#failure?.error ?? this.#life.signal.reason;
    for (const wait of this.#waiting.splice(0)) wait.reject(ended);
  }

  async #rounds(): Promise<void> {
    for (let attempt = 0; !this.#life.signal.aborted;) {
      try {
        await this.#nextTurn();
        if (this.#pauses > 0) continue;
        const round = this.#flushRound();
        this.#round = round.catch(() => undefined);
        await round;
        attempt = 0;
      } catch (error) {
        if (this.#life.signal.aborted) return;
        if (!isPassing(error)) return this.fail(error);
        this.#options.log.warn("tail.retry", { code: error instanceof CodedError ? error.code : undefined, attempt });
        await this.#options.clock.sleep(backOffMs(attempt), this.#life.signal).catch(() => undefined);
        attempt += 1;
      }
    }
  }

  async #nextTurn(): Promise<void> {
    const signal = this.#life.signal;
    if (this.#waiting.length === 0) {
      const early = new AbortController();
      const soon = this.#options.clock.sleep(ROUND_EVERY_MS, AbortSignal.any([signal, early.signal]));
      await Promise.race([soon, this.#wake.promise]).finally(() => {
        early.abort();
        soon.catch(() => undefined);
      });
    }
    this.#wake = Promise.withResolvers();
    while (this.#pauses > 0) {
      this.#resumed ??= Promise.withResolvers();
      await untilAborted(this.#resumed.promise, signal);
    }
    signal.throwIfAborted();
  }

  /** Brings over everything that is dirty at its start. */
  async #flushRound(): Promise<void> {
    const signal = this.#life.signal;
    const upTo = this.#parkedBefore() ?? this.#cursor;
    const waiting = this.#waiting;
    this.#waiting = [];
    const advance = this.#applied.beginRound(upTo);
    try {
      const complete = await this.#flushTables(signal);
      if (!complete) {
        this.#waiting.unshift(...waiting);
        return;
      }
      for (const wait of waiting) wait.resolve();
      if (this.#options.tables.every((table) => table.blocked.size === 0)) {
        advance(this.#options.tables.flatMap((table) => table.dirty.owing()));
      }
      await this.#saveNowAndThen(signal);
    } catch (error) {
      this.#waiting.unshift(...waiting);
      throw error;
    } finally {
      if (this.room() === undefined) this.#room?.resolve();
      if (this.room() === undefined) this.#room = undefined;
    }
  }

  async #flushTables(signal: AbortSignal): Promise<boolean> {
    const dirty = this.#options.tables.filter((table) => table.dirty.pending > 0 || table.blocked.size > 0);
    if (dirty.length === 0) return true;
    const taken = dirty.map((table) => ({ table, keys: table.dirty.beginFlush() }));
    const left = new Map<TailedTable, readonly string[]>(taken.map(({ table, keys }) => [table, keys]));
    try {
      if (taken.some(({ keys }) => keys.length > 0)) await this.#options.stream.settle(signal);
      for (const { table, keys } of taken) {
        left.set(table, await this.#session.use((session) => table.flush(session, keys, signal), signal));
      }
      if (taken.some(({ keys }) => keys.length > 0)) this.#lastApplyMs = this.#nowMs();
    } finally {
      for (const { table } of taken) table.dirty.endFlush(left.get(table) ?? [], this.#nowMs());
    }
    return [...left.values()].every((keys) => keys.length === 0);
  }

  async #saveNowAndThen(signal: AbortSignal): Promise<void> {
    const applied = this.#applied.position;
    if (applied === undefined || this.#nowMs() - this.#savedAt < CHECKPOINT_EVERY_MS) return;
    await this.#options.checkpoint(applied, signal);
    this.#savedAt = this.#nowMs();
  }

  /** Reading on from here finds the rows of every transaction that is still only prepared. */
  #parkedBefore(): LogPosition | undefined {
    return this.#parked.values().next().value?.before;
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  /** @throws what ended the tail */
  assertAlive(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#life.signal.throwIfAborted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.stream.unsubscribe(this);
    const closed = new CodedError("engine/closed", "The tail was closed", { next: "stop" });
    this.#life.abort(closed);
    for (const wait of this.#waiting.splice(0)) wait.reject(closed);
    // Others may share the stream: it must not wait for us any more.
    this.#room?.resolve();
    await this.#loop;
    await this.#session[Symbol.asyncDispose]();
  }
}

function tableKey(schema: string, table: string): string {
  return `${schema}\0${table}`;
}

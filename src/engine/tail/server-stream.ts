import type { LogEvent, LogPosition, WatchedTable } from "#binlog";
import { CodedError, type Clock, type Log } from "#kernel";
import type { LogStream, Target } from "../ports.ts";
import { backOffMs } from "../sql/again.ts";
import { isUnreachable } from "../sql/errors.ts";
import { Heartbeat, HEARTBEAT_WATCH } from "./heartbeat.ts";
import { isBefore } from "./log-order.ts";

/** Who gets the events of a server's binlog. Events may come twice (reconnect, another subscriber's rewind). */
export interface StreamSubscriber {
  watched(): readonly WatchedTable[];
  /** In stream order; quick, never throws. */
  take(event: LogEvent): void;
  /** A promise while there is no room for more events. */
  room(): Promise<void> | undefined;
  /** The stream has ended for good. */
  fail(error: unknown): void;
}

interface Beat {
  /** Resolves with the position after the heartbeat's own transaction, when the stream has come there. */
  readonly seen: Promise<LogPosition>;
}

/**
 * The one binlog stream of a server, for everybody in this process. Reconnects from the last transaction's end;
 * level-triggered consumers make the repeats harmless.
 */
export class ServerStream implements AsyncDisposable {
  readonly #target: Target;
  readonly #serverId: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #heartbeat: Heartbeat;
  readonly #life = new AbortController();
  /**
   * From where each one wants events. Before that place its tables may have had another layout, or have been altered
   * rightly: while the stream reads there again for somebody else, it gets nothing.
   */
  readonly #subscribers = new Map<StreamSubscriber, LogPosition>();
  readonly #awaited = new Map<string, PromiseWithResolvers<LogPosition>>();
  #seenTokens: string[] = [];
  /** End of the last transaction that was handed on. */
  #position: LogPosition | undefined;
  #rewindTo: LogPosition | undefined;
  #open: LogStream | undefined;
  #loop: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #beating: Promise<unknown> = Promise.resolve();
  #nextBeat: Promise<Beat> | undefined;

  constructor(target: Target, serverId: string, context: { readonly clock: Clock; readonly log: Log }) {
    this.#target = target;
    this.#serverId = serverId;
    this.#clock = context.clock;
    this.#log = context.log.with({ server: serverId });
    this.#heartbeat = new Heartbeat((signal) => target.open(signal), context.clock);
  }

  /**
   * From now on `subscriber` gets what it watches. With `from`, everything since that position; without, everything
   * that is committed after the next barrier begins.
   */
  async subscribe(subscriber: StreamSubscriber, from: LogPosition | undefined, signal: AbortSignal): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const place = from ?? this.#position ?? (await this.#target.currentPosition(signal));
    this.#position ??= place;
    this.#subscribers.set(subscriber, place);
    if (isBefore(place, this.#rewindTo ?? this.#position)) this.#rewindTo = place;
    this.#loop ??= this.#run();
    if (this.#rewindTo === undefined) this.watchAgain();
    else await this.#close();
  }

  /** Whether it has ended for good: a new subscriber needs a new stream. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  unsubscribe(subscriber: StreamSubscriber): void {
    this.#subscribers.delete(subscriber);
    this.watchAgain();
  }

  /** After a subscriber's `watched` has changed; for events read from now on. */
  watchAgain(): void {
    this.#open?.watch(this.#watched());
  }

  /**
   * Commits a heartbeat. When it resolves, the rows of every event that any subscriber has taken before the call are
   * visible to readers. Calls that wait at the same time share one commit.
   */
  async settle(signal: AbortSignal): Promise<void> {
    await this.#beat(signal);
  }

  /** The same, and everything that was committed before the call has been handed to the subscribers. */
  async barrier(signal: AbortSignal): Promise<LogPosition> {
    const { seen } = await this.#beat(signal);
    return untilAborted(seen, signal);
  }

  #beat(signal: AbortSignal): Promise<Beat> {
    this.#nextBeat ??= this.#beating.then(() => {
      this.#nextBeat = undefined;
      const beat = this.#beatNow();
      this.#beating = beat.catch(() => undefined);
      return beat;
    });
    return untilAborted(this.#nextBeat, signal);
  }

  async #beatNow(): Promise<Beat> {
    let last = this.#expect("");
    await this.#heartbeat.beat((token) => {
      last = this.#expect(token);
    }, this.#life.signal);
    return { seen: last };
  }

  #expect(token: string): Promise<LogPosition> {
    const wait = Promise.withResolvers<LogPosition>();
    wait.promise.catch(() => undefined);
    if (this.#failure !== undefined) wait.reject(this.#failure.error);
    else if (token !== "") this.#awaited.set(token, wait);
    return wait.promise;
  }

  async #run(): Promise<void> {
    for (let attempt = 0; !this.#life.signal.aborted; attempt += 1) {
      try {
        await this.#readOn(() => {
          attempt = 0;
        });
        if (this.#rewindTo === undefined) await this.#clock.sleep(backOffMs(attempt), this.#life.signal);
      } catch (error) {
        if (this.#life.signal.aborted) return;
        if (!isUnreachable(error)) return this.#end(error);
        this.#log.warn("stream.lost", { code: error instanceof CodedError ? error.code : undefined, attempt });
        await this.#clock.sleep(backOffMs(attempt), this.#life.signal).catch(() => undefined);
      }
    }
  }

  /** Opens the log at the last position and hands its events on, until it is closed or lost. */
  async #readOn(onEvent: () => void): Promise<void> {
    const signal = this.#life.signal;
    if ((await this.#target.serverId(signal)) !== this.#serverId) {
      throw new CodedError("engine/server-changed", "Another server answers at this shard's address now", {
        hint: "Positions in its binlog mean something else. Cancel and stage again.",
        next: "stop",
      });
    }
    if (this.#rewindTo !== undefined) this.#position = this.#rewindTo;
    this.#rewindTo = undefined;
    this.#seenTokens = [];
    const from = this.#position ?? (await this.#target.currentPosition(signal));
    await using log = await this.#target.openLog(from, signal);
    this.#open = log;
    try {
      log.watch(this.#watched());
      for await (const event of log.events()) {
        if (this.#rewindTo !== undefined || signal.aborted) return;
        onEvent();
        this.#take(event);
        await this.#room();
      }
    } finally {
      this.#open = undefined;
    }
  }

  #take(event: LogEvent): void {
    if (event.type === "rows" && event.schema === HEARTBEAT_WATCH.schema && event.table === HEARTBEAT_WATCH.table) {
      this.#seenTokens.push(...event.keys);
      return;
    }
    for (const subscriber of this.#active()) subscriber.take(event);
    if (event.type === "transaction-end" || event.type === "idle") this.#moveTo(event.position);
    if (event.type !== "transaction-end") return;
    for (const token of this.#seenTokens) {
      this.#awaited.get(token)?.resolve(event.position);
      this.#awaited.delete(token);
    }
    this.#seenTokens = [];
  }

  /** Between two transactions: whose place is reached now is watched from the very next event on. */
  #moveTo(position: LogPosition): void {
    const before = this.#active().length;
    this.#position = position;
    if (this.#active().length !== before) this.watchAgain();
  }

  #active(): readonly StreamSubscriber[] {
    const at = this.#position;
    return [...this.#subscribers]
      .filter(([, from]) => at !== undefined && !isBefore(at, from))
      .map(([subscriber]) => subscriber);
  }

  async #room(): Promise<void> {
    for (const subscriber of this.#subscribers.keys()) {
      const room = subscriber.room();
      if (room !== undefined) await untilAborted(room, this.#life.signal);
    }
  }

  #end(error: unknown): void {
    this.#failure = { error };
    for (const wait of this.#awaited.values()) wait.reject(error);
    this.#awaited.clear();
    // A subscriber that fails takes itself out.
    for (const subscriber of Array.from(this.#subscribers.keys())) subscriber.fail(error);
  }

  #watched(): WatchedTable[] {
    return [HEARTBEAT_WATCH, ...this.#active().flatMap((subscriber) => subscriber.watched())];
  }

  async #close(): Promise<void> {
    await this.#open?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new CodedError("engine/closed", "The reader of the binary log was closed", { next: "stop" });
    this.#failure ??= { error: ended };
    this.#life.abort(ended);
    await this.#close();
    await this.#loop?.catch(() => undefined);
    for (const wait of this.#awaited.values()) wait.reject(ended);
    await this.#heartbeat[Symbol.asyncDispose]();
  }
}

/** The promise, or the signal's reason as soon as it aborts. */
export function untilAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const stop = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

import type { LogStream, Session, SqlValue, Target } from "#engine";
import { CodedError } from "#kernel";

/** Before the call reaches the server, or after the server has done it and before anybody hears of it. */
export type Moment = "before" | "after";

/**
 * The death of a process at a chosen call to a server: from then on every call fails, and the server ends the
 * connections. One `Fate` is shared by all targets of a runner.
 */
export class Fate {
  /** Calls since the last `arm`. */
  calls = 0;
  isDead = false;
  onCall: (() => void) | undefined;
  #dieAt = Number.POSITIVE_INFINITY;
  #moment: Moment = "before";
  #dieOn: RegExp | undefined;
  #dieAtMatch = 0;
  #matches = 0;
  readonly #ends = new Set<() => Promise<unknown>>();

  /** Counts anew; the `at`-th call from now is the last. */
  arm(at: number, moment: Moment): void {
    this.calls = 0;
    this.#dieAt = at;
    this.#moment = moment;
  }

  /** The `nth` statement from now that matches is the last call. */
  armOn(statement: RegExp, nth: number, moment: Moment): void {
    this.arm(Number.POSITIVE_INFINITY, moment);
    this.#dieOn = statement;
    this.#dieAtMatch = nth;
    this.#matches = 0;
  }

  onDeath(end: () => Promise<unknown>): () => void {
    this.#ends.add(end);
    return () => this.#ends.delete(end);
  }

  async call<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#assertAlive();
    this.calls += 1;
    this.onCall?.();
    const isLast = this.calls === this.#dieAt;
    if (isLast && this.#moment === "before") await this.#die();
    const result = await work();
    if (isLast) await this.#die();
    this.#assertAlive();
    return result;
  }

  /** A statement; death may be bound to one that matches. */
  async statement<Result>(sql: string, work: () => Promise<Result>): Promise<Result> {
    if (this.#dieOn?.test(sql) !== true) return this.call(work);
    this.#matches += 1;
    if (this.#matches === this.#dieAtMatch) this.#dieAt = this.calls + 1;
    return this.call(work);
  }

  async #die(): Promise<void> {
    this.isDead = true;
    await Promise.all([...this.#ends].map((end) => end().catch(() => undefined)));
    this.#assertAlive();
  }

  #assertAlive(): void {
    if (this.isDead) throw new CodedError("test/process-died", "The process has died");
  }
}

/** A target all of whose calls can be the last one. */
export function mortalTarget(target: Target, fate: Fate): Target {
  return {
    shard: target.shard,
    database: target.database,
    serverId: (signal) => fate.call(() => target.serverId(signal)),
    facts: (signal) => fate.call(() => target.facts(signal)),
    kill: (id, what) => fate.call(() => target.kill(id, what)),
    currentPosition: (signal) => fate.call(() => target.currentPosition(signal)),
    freeDiskBytes: (signal) => target.freeDiskBytes(signal),
    open: async (signal) => {
      const session = await fate.call(() => target.open(signal));
      return mortalSession(session, target, fate);
    },
    openLog: (from, signal) => fate.call(async () => mortalLog(await target.openLog(from, signal), fate)),
  };
}

function mortalSession(session: Session, target: Target, fate: Fate): Session {
  const forget = fate.onDeath(async () => {
    await target.kill(session.connectionId, "connection");
    await session[Symbol.asyncDispose]();
  });
  return {
    connectionId: session.connectionId,
    query: (sql: string, values?: readonly SqlValue[], signal?: AbortSignal) =>
      fate.statement(sql, () => session.query(sql, values, signal)),
    execute: (sql: string, values?: readonly SqlValue[], signal?: AbortSignal) =>
      fate.statement(sql, () => session.execute(sql, values, signal)),
    [Symbol.asyncDispose]: async () => {
      forget();
      await session[Symbol.asyncDispose]();
    },
  };
}

function mortalLog(log: LogStream, fate: Fate): LogStream {
  const forget = fate.onDeath(async () => log[Symbol.asyncDispose]());
  return {
    watch: (tables) => log.watch(tables),
    events: async function* () {
      for await (const event of log.events()) {
        await fate.call(async () => undefined);
        yield event;
      }
    },
    [Symbol.asyncDispose]: async () => {
      forget();
      await log[Symbol.asyncDispose]();
    },
  };
}

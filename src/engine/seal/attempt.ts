import { CodedError, reasonOf, type Reason } from "#kernel";
import type { Blocker } from "../runner.ts";
import { errnoOf } from "../sql/errors.ts";
import { type AttemptFigures, type AttemptOutcome, isLockRefusal, missedDrain } from "./attempt-outcome.ts";
import { readBlockers, readOldSnapshots } from "./onlookers.ts";
import { SealSession } from "./seal-session.ts";
import { type Direction, lockedTables, type SealSide } from "./seal-side.ts";
import { type RenameAnswer, renameEvent, type SealAttempt, type SealEvent, step } from "./seal.machine.ts";

/** What is measured on one shard; clock readings in milliseconds. */
interface Mark {
  asked: number;
  granted: number | undefined;
  drained: number;
  keys: number;
  renamed: number;
  unlocked: number;
  snapshots: number;
}

/**
 * One attempt: locks on every table of every shard, last keys, all names at once, unlock (design D8). Tails are paused
 * meanwhile; they go on only when nothing has changed.
 */
export async function attemptSeal(
  sides: readonly SealSide[],
  direction: Direction,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  await using stack = new AsyncDisposableStack();
  await Promise.all(sides.map(({ tail }) => tail.flushAll(signal)));
  const opened = await Promise.allSettled(sides.map((side) => SealSession.open(side, direction, signal)));
  for (const one of opened) if (one.status === "fulfilled") stack.use(one.value);
  const sessions = opened.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
  await Promise.all(sides.map(({ tail }) => tail.pause()));
  let outcome: AttemptOutcome | undefined;
  try {
    outcome = await new Attempt(sessions, direction, signal).run();
    return outcome;
  } finally {
    // Where names may have moved, the tails would write to the wrong tables: they stay paused until they are closed.
    if (outcome === undefined || outcome.at === "missed") for (const { tail } of sides) tail.resume();
  }
}

class Attempt {
  readonly #sessions: readonly SealSession[];
  readonly #direction: Direction;
  readonly #signal: AbortSignal;
  readonly #marks: Map<SealSession, Mark>;
  #state: SealAttempt = { at: "locking" };

  constructor(sessions: readonly SealSession[], direction: Direction, signal: AbortSignal) {
    this.#sessions = sessions;
    this.#direction = direction;
    this.#signal = signal;
    this.#marks = new Map(
      sessions.map((session) => [
        session,
        { asked: 0, granted: undefined, drained: 0, keys: 0, renamed: 0, unlocked: 0, snapshots: 0 },
      ]),
    );
  }

  async run(): Promise<AttemptOutcome> {
    const missed = (await this.#lockAll()) ?? (await this.#drainAll());
    if (missed !== undefined) return missed;
    for (const { side } of this.#sessions) side.tail.unwatch();
    const answers = await Promise.all(this.#sessions.map((session) => this.#rename(session)));
    this.#move(renameEvent(answers.map(({ answer }) => answer)));
    const trouble = answers.find(({ answer }) => answer !== "renamed")?.reason;
    if (this.#state.at === "taking-back") await this.#takeBack(answers.map(({ answer }) => answer));
    if (this.#state.at === "missed") for (const { side } of this.#sessions) side.tail.watchOn();
    await this.#unlockAll();
    if (this.#state.at === "sealed") return { at: "sealed", figures: this.#figures() };
    const reason = trouble ?? { code: "engine/seal-unsure", message: "A shard did not answer its RENAME" };
    if (this.#state.at === "missed") return { at: "missed", reason, blockers: [], again: false };
    return { at: "unsure", reason };
  }

  async #lockAll(): Promise<AttemptOutcome | undefined> {
    const { clock, settings } = this.#context;
    const budget = new AbortController();
    const spent = new CodedError("engine/lock-budget", "The lock budget is spent");
    const done = new AbortController();
    const blockers = this.#watchBlockers(done.signal);
    void clock.sleep(settings.lockBudgetMs, done.signal).then(
      () => budget.abort(spent),
      () => undefined,
    );
    const signal = AbortSignal.any([this.#signal, budget.signal]);
    const locking = this.#sessions.map(async (session) => {
      const mark = this.#mark(session);
      mark.asked = clock.monotonicMs();
      try {
        await session.lock(signal);
        mark.granted = clock.monotonicMs();
      } catch (error) {
        // One shard that cannot be had is enough: clients of the others need not wait any longer.
        budget.abort(error);
        throw error;
      }
    });
    const results = await this.#settled(locking, signal);
    done.abort();
    const isGranted = results.every(({ status }) => status === "fulfilled") && !signal.aborted;
    if (isGranted) {
      this.#move({ type: "all-locked" });
      return undefined;
    }
    await this.#giveUp();
    this.#signal.throwIfAborted();
    const errors = results.flatMap((one) => (one.status === "rejected" ? [one.reason as Error] : []));
    const real = errors.find((error) => error !== spent && !isLockRefusal(error));
    if (real !== undefined) throw real;
    const { lockBudgetMs } = settings;
    return {
      at: "missed",
      again: true,
      blockers: await blockers,
      reason: {
        code: "engine/lock-budget",
        message: `The locks could not be had within ${lockBudgetMs} ms on every shard`,
        hint: "Wait for the transactions that hold the tables, or end them.",
      },
    };
  }

  /** Looked at while we wait: afterwards the real ones are hidden among those who were waiting behind us. */
  async #watchBlockers(done: AbortSignal): Promise<readonly Blocker[]> {
    const { clock, settings } = this.#context;
    const isDone = await clock.sleep(settings.lockBudgetMs * 0.6, done).then(
      () => false,
      () => true,
    );
    if (isDone) return [];
    const own = this.#sessions.map(({ connectionId }) => connectionId);
    const perShard = this.#sessions
      .filter((session) => this.#mark(session).granted === undefined)
      .map(({ side }) => {
        const tables = side.tables.flatMap((one) => lockedTables(one, this.#direction));
        return readBlockers(side.context, tables, own, this.#signal).catch(() => []);
      });
    return (await Promise.all(perShard)).flat();
  }

  async #drainAll(): Promise<AttemptOutcome | undefined> {
    const { clock, settings } = this.#context;
    const budget = new AbortController();
    const done = new AbortController();
    const firstGranted = Math.min(...this.#sessions.map((session) => this.#mark(session).granted ?? Infinity));
    const left = Math.max(0, settings.sealBudgetMs - (clock.monotonicMs() - firstGranted));
    void clock.sleep(left, done.signal).then(
      () => budget.abort(new CodedError("engine/drain-budget", "The time for the last changes is spent")),
      () => undefined,
    );
    const signal = AbortSignal.any([this.#signal, budget.signal]);
    const draining = this.#sessions.map((session) => this.#drain(session, signal, budget));
    const results = await this.#settled(draining, signal);
    done.abort();
    if (results.every(({ status }) => status === "fulfilled") && !signal.aborted) {
      this.#move({ type: "all-drained" });
      return undefined;
    }
    await this.#giveUp();
    this.#signal.throwIfAborted();
    return missedDrain(
      results.map((one) => (one.status === "rejected" ? one.reason : undefined)),
      budget.signal,
      this.#direction,
    );
  }

  async #drain(session: SealSession, signal: AbortSignal, budget: AbortController): Promise<void> {
    const mark = this.#mark(session);
    const { context, writtenAtMs, tail } = session.side;
    try {
      // Every write of before the locks is in the stream and visible after this.
      const locked = await context.stream.barrier(signal);
      const keys = await session.drain(signal);
      mark.keys = keys;
      // Under LOCK TABLES a transaction's log names every locked table, in its old layout: the window begins after it.
      const position = keys === 0 ? locked : await context.stream.barrier(signal);
      const lastWriteMs =
        keys > 0 ? context.clock.monotonicMs() : Math.max(writtenAtMs, tail.lastApplyMs ?? writtenAtMs);
      const [snapshots] = await Promise.all([
        readOldSnapshots(context, context.clock.monotonicMs() - lastWriteMs, signal),
        session.carryCounters(signal),
        this.#direction === "seal"
          ? context.store.saveShard({ sealed_from: JSON.stringify(position) }, signal)
          : undefined,
      ]);
      mark.snapshots = snapshots.length;
      tail.assertAlive();
      await session.assertFence(signal);
      mark.drained = context.clock.monotonicMs();
    } catch (error) {
      budget.abort(error);
      throw error;
    }
  }

  async #rename(session: SealSession): Promise<{ readonly answer: RenameAnswer; readonly reason?: Reason }> {
    try {
      await session.rename();
      this.#mark(session).renamed = this.#context.clock.monotonicMs();
      return { answer: "renamed" };
    } catch (error) {
      const { shard } = session.side.context.target;
      const reason = {
        ...reasonOf(error),
        code: "engine/rename-failed",
        message: `Shard ${shard} did not rename`,
      } as const;
      return errnoOf(error) === undefined ? { answer: "lost", reason } : { answer: "refused", reason };
    }
  }

  async #takeBack(answers: readonly RenameAnswer[]): Promise<void> {
    const renamed = this.#sessions.filter((_, i) => answers[i] === "renamed");
    const results = await Promise.allSettled(renamed.map((session) => session.renameBack()));
    const isBack = results.every(({ status }) => status === "fulfilled");
    this.#move(isBack ? { type: "all-taken-back" } : { type: "answer-lost" });
  }

  /**
   * All works' ends. Once `signal` has aborted, each session unlocks as soon as its own work has ended: clients of one
   * shard do not wait for another shard's server that does not answer.
   */
  async #settled(works: readonly Promise<void>[], signal: AbortSignal): Promise<PromiseSettledResult<void>[]> {
    const early: Promise<void>[] = [];
    const release = (): void => {
      for (const [i, session] of this.#sessions.entries()) {
        early.push((works[i] ?? Promise.resolve()).catch(() => undefined).then(() => session.unlock()));
      }
    };
    signal.addEventListener("abort", release, { once: true });
    try {
      return await Promise.allSettled(works);
    } finally {
      signal.removeEventListener("abort", release);
      await Promise.all(early);
    }
  }

  async #giveUp(): Promise<void> {
    await this.#unlockAll();
    this.#move({ type: "gave-up" });
  }

  async #unlockAll(): Promise<void> {
    const { clock } = this.#context;
    await Promise.all(
      this.#sessions.map(async (session) => {
        await session.unlock();
        this.#mark(session).unlocked = clock.monotonicMs();
      }),
    );
  }

  #figures(): AttemptFigures {
    const marks = this.#sessions.map((session) => this.#mark(session));
    const first = Math.min(...marks.map(({ granted }) => granted ?? Infinity));
    const last = Math.max(...marks.map(({ unlocked }) => unlocked));
    return {
      lockHeldMs: round(last - first),
      oldSnapshots: marks.reduce((sum, { snapshots }) => sum + snapshots, 0),
      shards: this.#sessions.map((session) => {
        const mark = this.#mark(session);
        const granted = mark.granted ?? mark.asked;
        return {
          shard: session.side.context.target.shard,
          lockWaitMs: round(granted - mark.asked),
          drainMs: round(mark.drained - granted),
          drainedKeys: mark.keys,
          renameMs: round(mark.renamed - mark.drained),
          lockHeldMs: round(mark.unlocked - granted),
        };
      }),
    };
  }

  #move(event: SealEvent): void {
    this.#state = step(this.#state, event);
  }

  #mark(session: SealSession): Mark {
    const mark = this.#marks.get(session);
    if (mark === undefined) throw new CodedError("engine/defect", "A seal session nobody opened");
    return mark;
  }

  get #context(): SealSide["context"] {
    const first = this.#sessions[0];
    if (first === undefined) throw new CodedError("engine/nothing-to-seal", "There is no shard to seal");
    return first.side.context;
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}

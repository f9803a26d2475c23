import type { Session, SqlValue } from "../ports.ts";
import { isUnreachable } from "./errors.ts";

/** Single statements that need nothing of an earlier one. */
export type Queries = Pick<Session, "query" | "execute">;

/**
 * A session that is opened when first needed and opened anew after it was lost. Uses run one after another, so that
 * the transaction of one never meets the statements of another.
 */
export class SteadySession implements Queries, AsyncDisposable {
  readonly #open: (signal: AbortSignal) => Promise<Session>;
  #session: Session | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(open: (signal: AbortSignal) => Promise<Session>) {
    this.#open = open;
  }

  use<Result>(work: (session: Session) => Promise<Result>, signal: AbortSignal): Promise<Result> {
    const turn = this.#turn.then(() => this.#run(work, signal));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  query(sql: string, values?: readonly SqlValue[], signal: AbortSignal = NEVER): ReturnType<Session["query"]> {
    return this.use((session) => session.query(sql, values, signal), signal);
  }

  execute(sql: string, values?: readonly SqlValue[], signal: AbortSignal = NEVER): ReturnType<Session["execute"]> {
    return this.use((session) => session.execute(sql, values, signal), signal);
  }

  async #run<Result>(work: (session: Session) => Promise<Result>, signal: AbortSignal): Promise<Result> {
    signal.throwIfAborted();
    this.#session ??= await this.#open(signal);
    try {
      return await work(this.#session);
    } catch (error) {
      // After an abort a transaction may be half done: a new session starts clean.
      if (isUnreachable(error) || signal.aborted) await this.#drop();
      throw error;
    }
  }

  async #drop(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    await this.#drop();
  }
}

const NEVER = new AbortController().signal;

import type { Dispatcher } from "#deploy";
import { type DeploymentId, type Log, reasonOf } from "#kernel";

export type Work = Parameters<Dispatcher["start"]>[0];

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** `busy`: a call for this deployment is running in this process already, or there is no room for another one. */
export type SliceOutcome = { readonly at: "ran"; readonly againMs?: number } | { readonly at: "busy" };

/** Calls `work`, at most one call per deployment and `most` in all at a time; work that throws is asked for again after a growing pause. */
export class Slices {
  readonly #work: Work;
  readonly #log: Log;
  readonly #most: number;
  readonly #running = new Map<DeploymentId, Promise<SliceOutcome>>();
  readonly #failures = new Map<DeploymentId, number>();
  readonly #stopping = new AbortController();

  constructor(work: Work, log: Log, most: number) {
    this.#work = work;
    this.#most = most;
    this.#log = log;
  }

  /** Never after `stop`: a queue may still hand out what it was just given back. */
  hasRoomFor(id: DeploymentId): boolean {
    return !this.#stopping.signal.aborted && this.#running.size < this.#most && !this.#running.has(id);
  }

  /** Never rejects. */
  async run(id: DeploymentId, signal?: AbortSignal): Promise<SliceOutcome> {
    if (!this.hasRoomFor(id)) return { at: "busy" };
    const both = signal === undefined ? this.#stopping.signal : AbortSignal.any([signal, this.#stopping.signal]);
    const call = this.#call(id, both);
    this.#running.set(id, call);
    try {
      return await call;
    } finally {
      this.#running.delete(id);
    }
  }

  /** Aborts what runs and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running.values());
  }

  async #call(id: DeploymentId, signal: AbortSignal): Promise<SliceOutcome> {
    try {
      const { againMs } = await this.#work(id, signal);
      this.#failures.delete(id);
      // It was cut short, whatever it thinks of its own future.
      if (signal.aborted) return { at: "ran", againMs: 0 };
      return { at: "ran", ...(againMs === undefined ? {} : { againMs }) };
    } catch (error) {
      if (signal.aborted) return { at: "ran", againMs: 0 };
      const failures = (this.#failures.get(id) ?? 0) + 1;
      this.#failures.set(id, failures);
      const againMs = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
      this.#log.error("dispatch.work-failed", { deployment: id, failures, againMs, ...reasonOf(error) });
      return { at: "ran", againMs };
    }
  }
}

import type { Clock } from "#kernel";
import { isPassing } from "./errors.ts";

export interface AgainOptions {
  readonly clock: Clock;
  /** How long to go on trying, milliseconds; the last error is thrown after that. */
  readonly forMs: number;
}

/** Does `work` again, with growing pauses, while it fails for a passing reason (lost connection, lock contention). */
export async function again<Result>(
  options: AgainOptions,
  work: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  const deadline = options.clock.monotonicMs() + options.forMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !isPassing(error) || options.clock.monotonicMs() > deadline) throw error;
      await options.clock.sleep(backOffMs(attempt), signal);
    }
  }
}

/** 20 ms, doubling to 2 s. */
export function backOffMs(attempt: number): number {
  return Math.min(2000, 20 * 2 ** Math.min(attempt, 10));
}

import { type Clock, type Log, reasonOf } from "#kernel";

/** Runs `work` now and every `everyMs` after it has ended, until aborted. One that fails is logged, the next one runs. */
export async function loop(
  options: { readonly name: string; readonly everyMs: number; readonly clock: Clock; readonly log: Log },
  work: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) options.log.warn("loop.failed", { loop: options.name, code: reasonOf(error).code });
    }
    await options.clock.sleep(options.everyMs, signal).catch(() => undefined);
  }
}

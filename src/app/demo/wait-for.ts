import { type Clock, CodedError } from "#kernel";

/**
 * Looks again and again, as a person reloading a page would, until `look` sees something.
 *
 * @throws CodedError `app/demo-stuck` when nothing is seen within `limitMs`
 */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  options: {
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly limitMs?: number;
    readonly everyMs?: number;
  },
): Promise<T> {
  const until = options.clock.monotonicMs() + (options.limitMs ?? 120_000);
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (options.clock.monotonicMs() > until) {
      throw new CodedError("app/demo-stuck", `Waited in vain for: ${what}`, {
        hint: "The log file named at the start says what Sluice was doing.",
      });
    }
    await options.clock.sleep(options.everyMs ?? 50, options.signal);
  }
}

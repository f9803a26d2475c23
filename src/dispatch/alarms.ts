import type { Clock, DeploymentId } from "#kernel";

/** One timer per deployment; several wishes for one come to the earliest. */
export class Alarms {
  readonly #clock: Clock;
  readonly #ring: (id: DeploymentId) => void;
  readonly #set = new Map<DeploymentId, { readonly at: number; readonly cancel: AbortController }>();

  constructor(clock: Clock, ring: (id: DeploymentId) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  set(id: DeploymentId, afterMs: number): void {
    const at = this.#clock.monotonicMs() + afterMs;
    const earlier = this.#set.get(id);
    if (earlier !== undefined && earlier.at <= at) return;
    earlier?.cancel.abort();
    const cancel = new AbortController();
    this.#set.set(id, { at, cancel });
    void this.#clock.sleep(afterMs, cancel.signal).then(
      () => {
        this.#set.delete(id);
        this.#ring(id);
      },
      () => undefined,
    );
  }

  /** Forgets everything and returns what there was, with what is left of each pause. */
  drain(): readonly (readonly [id: DeploymentId, afterMs: number])[] {
    const now = this.#clock.monotonicMs();
    const all = [...this.#set].map(([id, { at }]) => [id, Math.max(at - now, 0)] as const);
    for (const { cancel } of this.#set.values()) cancel.abort();
    this.#set.clear();
    return all;
  }
}

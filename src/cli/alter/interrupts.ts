import { CodedError } from "#kernel";
import type { Keyboard } from "../deps.ts";

/** Ctrl-C during an alter: the first ends it cleanly, the second leaves everything as it is. */
export interface Interrupts extends Disposable {
  /** Aborted by the first. */
  readonly first: AbortSignal;
  /** Aborted by the second. */
  readonly second: AbortSignal;
  /** While shielded (the seal is under way) a first interrupt only leads to a word. */
  shield(say: () => void): Disposable;
}

export function watchInterrupts(keyboard: Keyboard, heard: () => void): Interrupts {
  const first = new AbortController();
  const second = new AbortController();
  let shielded: (() => void) | undefined;
  const watch = keyboard.onInterrupt(() => {
    if (shielded !== undefined) {
      shielded();
      return;
    }
    if (first.signal.aborted) {
      second.abort(interrupted());
      return;
    }
    heard();
    first.abort(interrupted());
  });
  return {
    first: first.signal,
    second: second.signal,
    shield: (say) => {
      shielded = say;
      return {
        [Symbol.dispose]: () => {
          shielded = undefined;
        },
      };
    },
    [Symbol.dispose]: () => watch[Symbol.dispose](),
  };
}

function interrupted(): CodedError {
  return new CodedError("alter/interrupted", "Interrupted; production is untouched", { next: "stop" });
}

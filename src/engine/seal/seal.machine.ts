import { advance, type Moves } from "#kernel";

/**
 * One attempt at a barrier over all shards. Until `renaming` nothing has changed anywhere; from `renaming` on an answer
 * that never came leads to `unsure`, which only looking at the shards can end.
 */
export type SealAttempt =
  | { readonly at: "locking" }
  | { readonly at: "draining" }
  | { readonly at: "renaming" }
  /** Some shards answered that they did not rename; the others take theirs back, still under the locks. */
  | { readonly at: "taking-back" }
  | { readonly at: "sealed" }
  | { readonly at: "missed" }
  | { readonly at: "unsure" };

export type SealEvent =
  | { readonly type: "all-locked" }
  | { readonly type: "all-drained" }
  /** Anything before the first RENAME was sent. */
  | { readonly type: "gave-up" }
  | { readonly type: "all-renamed" }
  | { readonly type: "none-renamed" }
  | { readonly type: "some-renamed" }
  | { readonly type: "answer-lost" }
  | { readonly type: "all-taken-back" };

export const sealMoves: Moves<SealAttempt, SealEvent> = {
  locking: {
    "all-locked": () => ({ at: "draining" }),
    "gave-up": () => ({ at: "missed" }),
  },
  draining: {
    "all-drained": () => ({ at: "renaming" }),
    "gave-up": () => ({ at: "missed" }),
  },
  renaming: {
    "all-renamed": () => ({ at: "sealed" }),
    "none-renamed": () => ({ at: "missed" }),
    "some-renamed": () => ({ at: "taking-back" }),
    "answer-lost": () => ({ at: "unsure" }),
  },
  "taking-back": {
    "all-taken-back": () => ({ at: "missed" }),
    "answer-lost": () => ({ at: "unsure" }),
  },
  sealed: {},
  missed: {},
  unsure: {},
};

/** How each shard answered its RENAME. */
export type RenameAnswer = "renamed" | "refused" | "lost";

export function renameEvent(answers: readonly RenameAnswer[]): SealEvent {
  if (answers.includes("lost")) return { type: "answer-lost" };
  if (answers.every((answer) => answer === "renamed")) return { type: "all-renamed" };
  return answers.includes("renamed") ? { type: "some-renamed" } : { type: "none-renamed" };
}

/** An illegal move means our own code is wrong, after locks were taken: the safe reading is `unsure`. */
export function step(state: SealAttempt, event: SealEvent): SealAttempt {
  return advance(sealMoves, state, event) ?? { at: "unsure" };
}

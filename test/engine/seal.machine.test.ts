import { expect, test } from "vitest";
// The door does not open on the machine: only the engine itself steps it.
import { renameEvent, type SealAttempt, type SealEvent, sealMoves, step } from "../../src/engine/seal/seal.machine.ts";

const EVENTS: readonly SealEvent["type"][] = [
  "all-locked",
  "all-drained",
  "gave-up",
  "all-renamed",
  "none-renamed",
  "some-renamed",
  "answer-lost",
  "all-taken-back",
];
const LEGAL: Readonly<Record<SealAttempt["at"], Partial<Record<SealEvent["type"], SealAttempt["at"]>>>> = {
  locking: { "all-locked": "draining", "gave-up": "missed" },
  draining: { "all-drained": "renaming", "gave-up": "missed" },
  renaming: {
    "all-renamed": "sealed",
    "none-renamed": "missed",
    "some-renamed": "taking-back",
    "answer-lost": "unsure",
  },
  "taking-back": { "all-taken-back": "missed", "answer-lost": "unsure" },
  sealed: {},
  missed: {},
  unsure: {},
};
const STATES = Object.keys(LEGAL) as SealAttempt["at"][];

test.each(STATES.flatMap((at) => EVENTS.map((type) => [at, type] as const)))(
  "%s on %s is the move it should be, or unsure",
  (at, type) => {
    expect(step({ at } as SealAttempt, { type } as SealEvent).at).toBe(LEGAL[at][type] ?? "unsure");
  },
);

test("every state of the machine is in the table above", () => {
  expect(Object.keys(sealMoves).toSorted()).toEqual(STATES.toSorted());
});

test("one lost answer makes all of them unsure, whatever the others said", () => {
  expect(renameEvent(["renamed", "lost", "refused"]).type).toBe("answer-lost");
  expect(renameEvent(["renamed", "renamed"]).type).toBe("all-renamed");
  expect(renameEvent(["renamed", "refused"]).type).toBe("some-renamed");
  expect(renameEvent(["refused", "refused"]).type).toBe("none-renamed");
});

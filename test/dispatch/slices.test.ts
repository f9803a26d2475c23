import { silentLog } from "#kernel";
import { expect, test } from "vitest";
import { Slices } from "../../src/dispatch/slices.ts";
import { idOf } from "./dispatcher.contract.ts";

test("what a queue hands out after the stop is given back unworked", async () => {
  let calls = 0;
  const work = (): Promise<{ againMs?: number }> => Promise.resolve({ againMs: (calls += 1) });
  const slices = new Slices(work, silentLog, 2);
  expect(await slices.run(idOf("aaaa1"))).toEqual({ at: "ran", againMs: 1 });
  await slices.stop();
  expect(await slices.run(idOf("aaaa1"))).toEqual({ at: "busy" });
  expect(calls).toBe(1);
});

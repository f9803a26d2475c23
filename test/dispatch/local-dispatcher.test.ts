import { createLocalDispatcher } from "#dispatch";
import { silentLog, systemClock } from "#kernel";
import { describe } from "vitest";
import { dispatcherContract } from "./dispatcher.contract.ts";

describe("local dispatcher", () => {
  dispatcherContract(() => createLocalDispatcher({ clock: systemClock, log: silentLog, concurrency: 2 }));
});

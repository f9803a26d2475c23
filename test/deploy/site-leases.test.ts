import type { Leases } from "#deploy";
import { CodedError, silentLog, systemClock } from "#kernel";
import { expect, test } from "vitest";
import { SiteLeases } from "../../src/deploy/site-leases.ts";

// What the store promises is tested on a real server; here it fails at a moment that no server can be told to fail at.
test("servers are taken together or not at all, also when the control database fails between two of them", async () => {
  const held = new Set<string>();
  let fails = true;
  const leases: Leases = {
    take: (name) => {
      if (name === "server:b" && fails) return Promise.reject(new CodedError("store/unreachable", "gone"));
      held.add(name);
      return Promise.resolve({ fence: 1n });
    },
    renew: () => Promise.resolve(true),
    release: (name) => Promise.resolve(void held.delete(name)),
  };
  await using site = new SiteLeases({ leases, holder: "one", leaseMs: 1000, clock: systemClock, log: silentLog });
  await expect(site.hold(["a", "b"])).rejects.toThrow("gone");
  expect([...held]).toEqual([]);
  fails = false;
  const hold = await site.hold(["a", "b"]);
  expect([...held]).toEqual(["server:a", "server:b"]);
  await hold?.release();
  expect([...held]).toEqual([]);
});

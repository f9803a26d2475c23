import { decideCommand, type CommandVerb, type Control, type DeploymentAt } from "#deploy";
import type { DeploymentId } from "#kernel";
import { startMysql, type MysqlServer } from "#sandbox";
import { createConnection } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freshControl } from "../support/deploy-control.ts";
import type { Method } from "../support/deploy-runner.ts";
import { DeployWorld } from "../support/deploy-world.ts";

let server: MysqlServer;
let control: Control & AsyncDisposable;
let world: DeployWorld;
let n = 0;
let db = "";
let brief = "";

beforeAll(async () => {
  server = await startMysql({ label: "restarts" });
  control = await freshControl((database) => server.dsn(database), "control");
});
afterAll(async () => {
  await control?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  n += 1;
  [db, brief] = [`db${n}`, `brief${n}`];
  world = new DeployWorld(control, {
    [db]: {},
    [brief]: { revertWindowMs: 400 },
  });
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

let keys = 0;
const ask = (verb: CommandVerb, deployment: DeploymentId, actor = "ada"): ReturnType<typeof decideCommand> => {
  keys += 1;
  return decideCommand(world.deps, { verb, deployment, actor, via: "comment", key: `key-${keys}` });
};

describe("restarts", () => {
  const CASES: readonly [DeploymentAt, Method, "done" | "none", DeploymentAt, readonly CommandVerb[]][] = [
    ["staging", "preflight", "none", "ready", []],
    ["staging", "stage", "done", "ready", []],
    ["sealing", "seal", "none", "ready", ["apply"]],
    ["sealing", "seal", "done", "window", ["apply"]],
    ["window", "openWindow", "done", "window", ["apply"]],
    ["reverting", "revert", "none", "reverted", ["apply", "revert"]],
    ["reverting", "revert", "done", "reverted", ["apply", "revert"]],
    ["reverting", "abandon", "none", "reverted", ["apply", "revert"]],
    ["finalising", "finalise", "none", "finalised", ["apply", "finalize"]],
    ["finalising", "finalise", "done", "finalised", ["apply", "finalize"]],
    ["cancelling", "abandon", "done", "cancelled", ["cancel"]],
  ];
  const BEFORE: Partial<Record<CommandVerb, DeploymentAt>> = {
    apply: "ready",
    cancel: "ready",
    revert: "window",
    finalize: "window",
  };

  test.each(CASES)(
    "a worker that dies in %s during %s (effect: %s) is replaced and it becomes %s",
    async (at, method, effect, end, verbs) => {
      const first = world.startHost("a");
      world.servers.faults[method] = [{ at: "hang", effect }];
      const id = await world.merge(db, "t");
      for (const verb of verbs) {
        await world.until(id, BEFORE[verb] ?? "ready");
        if (verb === "revert" || verb === "finalize")
          await world.waitFor(() => world.servers.count(id, "openWindow") > 0);
        await ask(verb, id);
      }
      await world.waitFor(() => world.servers.count(id, method) === 1);
      await world.until(id, at);
      await first.stop();
      const fence = world.servers.of(id).highestFence;
      world.startHost("b");
      world.deps.dispatcher.wake(id);
      await world.waitFor(() => world.servers.of(id).highestFence > fence);
      await world.until(id, end);
      expect(world.servers.of(id).names).toBe(
        end === "window" || end === "finalised" ? "sealed" : end === "reverted" ? "reverted" : "original",
      );
      if (end === "window")
        await world.waitFor(() => world.servers.count(id, "openWindow") > (method === "openWindow" ? 1 : 0));
      expect(world.servers.count(id, "seal")).toBeLessThanOrEqual(effect === "none" && method === "seal" ? 2 : 1);
    },
  );

  test("a seal that is found half done is ended, not begun again", async () => {
    world.servers.faults.seal = [{ at: "unsure", effect: "none" }];
    world.startHost("a");
    const id = await world.merge(db, "t");
    await world.until(id, "ready");
    world.servers.of(id).names = "split";
    await ask("apply", id);
    await world.until(id, "window");
    expect(world.servers.of(id)).toMatchObject({ names: "sealed" });
    expect([world.servers.count(id, "seal"), world.servers.count(id, "resolve")]).toEqual([1, 1]);
  });

  test("closing waits for a seal under way, so that a restart cuts none off", async () => {
    const first = world.startHost("a", { graceMs: 20_000 });
    world.servers.faults.seal = [{ at: "slow", ms: 300 }];
    const id = await world.merge(db, "t");
    await world.until(id, "ready");
    await ask("apply", id);
    await world.waitFor(() => world.servers.count(id, "seal") === 1);
    await first.stop();
    expect(await world.view(id)).toMatchObject({ at: "window", sealed: { tables: 1 } });
  });

  test("a held deployment is armed again by the next worker before it can be sealed", async () => {
    const first = world.startHost("a");
    const id = await world.merge(db, "t");
    await world.until(id, "ready");
    await first.stop();
    await ask("apply", id);
    world.startHost("b");
    world.deps.dispatcher.wake(id);
    await world.until(id, "window");
    expect(world.servers.of(id).calls).toEqual(["preflight", "stage", "stage", "seal", "openWindow"]);
  });
});

describe("leases", () => {
  test("a lost lease aborts the driver at once; the next holder goes on with a greater fence", async () => {
    const first = world.startHost("a", { leaseMs: 900 });
    world.servers.faults.stage = [{ at: "hang", effect: "none" }];
    const id = await world.merge(db, "t");
    await world.waitFor(() => world.servers.count(id, "stage") === 1);
    const fence = world.servers.of(id).highestFence;
    const connection = await createConnection(server.dsn("control"));
    await connection.query("UPDATE lease SET expires_at = '2000-01-01' WHERE name = ?", [`server:server-of-${db}`]);
    await connection.end();
    await world.waitFor(() => world.servers.of(id).closed === 1, 2000);
    await world.until(id, "ready");
    expect(world.servers.of(id).highestFence).toBeGreaterThan(fence);
    await first.stop();
  });

  test("two workers and many wake-ups: one of them works, and nothing is done twice", async () => {
    const [a, b] = [world.startHost("a"), world.startHost("b")];
    const id = await world.merge(brief, "t");
    const never = new AbortController().signal;
    const storm = async (): Promise<void> => {
      for (let i = 0; i < 20; i += 1) void Promise.all([a.host.work(id, never), b.host.work(id, never)]);
      await Promise.resolve();
    };
    await storm();
    await world.until(id, "ready");
    await storm();
    await ask("apply", id);
    await storm();
    await world.until(id, "finalised");
    await storm();
    expect(world.servers.of(id)).toMatchObject({ opened: 1 });
    expect(world.servers.of(id).calls).toEqual(["preflight", "stage", "seal", "openWindow", "finalise"]);
  });
});

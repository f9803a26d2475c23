import { decideCommand, startDeployments, type CommandVerb, type Control, type DeploymentAt } from "#deploy";
import { CodedError, type DeploymentId } from "#kernel";
import { startMysql, type MysqlServer } from "#sandbox";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freshControl } from "../support/deploy-control.ts";
import { origin } from "../support/deploy-plans.ts";
import type { Fault } from "../support/deploy-runner.ts";
import { DeployWorld, tableSql } from "../support/deploy-world.ts";

let server: MysqlServer;
let control: Control & AsyncDisposable;
let world: DeployWorld;
let n = 0;
let db = "";
let auto = "";
let brief = "";
let patient = "";

beforeAll(async () => {
  server = await startMysql({ label: "host" });
  control = await freshControl((database) => server.dsn(database), "control");
});
afterAll(async () => {
  await control?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  n += 1;
  [db, auto, brief, patient] = [`db${n}`, `auto${n}`, `brief${n}`, `patient${n}`] as [string, string, string, string];
  world = new DeployWorld(control, {
    [db]: {},
    [auto]: { seal: "auto", revertWindowMs: 0 },
    [brief]: { revertWindowMs: 400 },
    [patient]: { sealAttempts: 6 },
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
const retry = (code: `${string}/${string}`): CodedError => new CodedError(code, "for a while", { next: "retry" });

describe("the way through", () => {
  test("a manual deployment holds until somebody applies, then its window ends it", async () => {
    world.startHost("a");
    const id = await world.merge(brief, "t");
    const held = await world.until(id, "ready");
    expect(held.votes).toEqual([]);
    expect(world.servers.count(id, "seal")).toBe(0);
    expect(await ask("apply", id)).toMatchObject({ at: "accepted" });
    const sealed = await world.until(id, "window");
    expect(sealed.windowUntil).toBeDefined();
    expect(sealed.sealed?.tables).toBe(1);
    await world.until(id, "finalised");
    expect(world.servers.of(id).calls).toEqual(["preflight", "stage", "seal", "openWindow", "finalise"]);
    await world.waitFor(() => world.servers.of(id).closed === 1);
    expect(world.servers.of(id)).toMatchObject({ ours: false, opened: 1 });
  });

  test("an automatic one seals by itself, and without a window it is final at once", async () => {
    world.startHost("a");
    const id = await world.merge(auto, "t");
    await world.until(id, "finalised");
    expect(world.servers.of(id).calls).toEqual(["preflight", "stage", "seal", "finalise"]);
  });

  test("an automatic one waits for a vote when nobody saw a plan", async () => {
    world.startHost("a");
    const id = await world.merge(auto, "t", { reviewed: false });
    expect(await world.until(id, "ready")).toMatchObject({ needsVote: true });
    await ask("apply", id);
    await world.until(id, "finalised");
  });

  test("a merge that changes nothing is over without touching a server", async () => {
    world.startHost("a");
    world.live.set(db, new Map([["t", tableSql("t")]]));
    const id = await world.merge(db, "t");
    await world.until(id, "unchanged");
    expect(world.servers.of(id).opened).toBe(0);
  });

  test("a revert takes the names back and cleans up; refused, it stays in the window with the reason", async () => {
    world.startHost("a");
    const reason = { code: "engine/revert-blocked", message: "2 keys cannot go back" } as const;
    world.servers.faults.revert = [{ at: "refuse", reason }];
    const id = await world.merge(db, "t");
    await world.until(id, "ready");
    await ask("apply", id);
    await world.until(id, "window");
    await ask("revert", id, "olga");
    await world.waitFor(async () => (await world.view(id)).reasons.some((one) => one.code === reason.code));
    expect(await world.view(id)).toMatchObject({ at: "window" });
    await ask("revert", id, "olga");
    await world.until(id, "reverted");
    expect(world.servers.of(id)).toMatchObject({ names: "reverted", ours: false });
    expect(world.servers.count(id, "revert")).toBe(2);
  });

  test("a finalize ends the window early", async () => {
    world.startHost("a");
    const id = await world.merge(db, "t");
    await world.until(id, "ready");
    await ask("apply", id);
    await world.until(id, "window");
    expect(await ask("finalize", id)).toMatchObject({ at: "accepted" });
    await world.until(id, "finalised");
  });
});

describe("what stops it before the seal", () => {
  test("a cancel ends the staging at once and leaves nothing", async () => {
    world.startHost("a");
    world.servers.faults.stage = [{ at: "hang", effect: "done" }];
    const id = await world.merge(db, "t");
    await world.waitFor(() => world.servers.count(id, "stage") === 1);
    expect(await ask("cancel", id, "olga")).toMatchObject({ at: "accepted" });
    await world.until(id, "cancelled", 2000);
    expect(world.servers.of(id)).toMatchObject({ names: "original", ours: false });
  });

  test("a preflight's reasons block it with nothing on the servers; a cancel then needs no server", async () => {
    world.startHost("a");
    world.servers.faults.preflight = [{ at: "refuse", reason: { code: "engine/drift", message: "differs" } }];
    const id = await world.merge(db, "t");
    expect(await world.until(id, "blocked")).toMatchObject({ reasons: [{ code: "engine/drift" }] });
    await ask("cancel", id);
    await world.until(id, "cancelled");
    expect(world.servers.of(id).calls).toEqual(["preflight"]);
  });

  test.each<["stage" | "failure", CodedError["next"], DeploymentAt]>([
    ["stage", "ask-human", "blocked"],
    ["stage", "stop", "failed"],
    ["failure", "ask-human", "blocked"],
    ["failure", "stop", "failed"],
  ])("an error of %s that says %s makes it %s, with everything of ours gone", async (where, next, at) => {
    world.startHost("a");
    const error = new CodedError("engine/ddl-seen", "somebody altered it", { next });
    if (where === "stage") world.servers.faults.stage = [{ at: "throw", error, effect: "done" }];
    const id = await world.merge(db, "t");
    if (where === "failure") {
      await world.until(id, "ready");
      await world.waitFor(() => (world.servers.endTails(error), world.servers.count(id, "abandon") > 0));
    }
    expect(await world.until(id, at)).toMatchObject({ reasons: [{ code: "engine/ddl-seen" }] });
    expect(world.servers.of(id)).toMatchObject({ names: "original", ours: false });
  });

  test("a tail that is lost for a while brings it back to staging and to ready by itself", async () => {
    world.startHost("a");
    const id = await world.merge(db, "t");
    await world.until(id, "ready");
    await world.waitFor(async () => {
      world.servers.endTails(retry("drivers/log-lost"));
      return (await world.view(id)).history.some((line) => line.what === "stage-lost");
    });
    await world.until(id, "ready");
    expect(world.servers.count(id, "preflight")).toBe(1);
  });

  test("errors that pass are told and tried again", async () => {
    world.startHost("a");
    const lost: Fault = { at: "throw", error: retry("drivers/cannot-connect") };
    world.servers.faults.stage = [lost, lost];
    const id = await world.merge(db, "t");
    await world.waitFor(async () =>
      (await world.view(id)).reasons.some((one) => one.code === "drivers/cannot-connect"),
    );
    expect(await world.until(id, "ready")).toMatchObject({ reasons: [] });
    const told = (await world.view(id)).history.filter((line) => line.what === "hindered");
    expect(told).toHaveLength(1);
  });
});

describe("the seal", () => {
  test("refused, it is tried again with the same votes; after its rounds it needs a new one", async () => {
    world.startHost("a");
    const refuse: Fault = { at: "refuse", reason: { code: "engine/lock-timeout", message: "a long transaction" } };
    world.servers.faults.seal = [refuse, refuse];
    const id = await world.merge(patient, "t");
    await world.until(id, "ready");
    await ask("apply", id);
    await world.waitFor(async () => (await world.view(id)).history.some((line) => line.what === "seal-refused"));
    expect(await world.view(id)).toMatchObject({ at: "ready", votes: [{ actor: "ada" }] });
    await world.waitFor(() => world.servers.count(id, "seal") === 2);
    await world.waitFor(async () => (await world.view(id)).votes.length === 0);
    expect(await world.view(id)).toMatchObject({
      at: "ready",
      needsVote: true,
      reasons: [{ code: "engine/lock-timeout" }],
    });
    await ask("apply", id);
    await world.until(id, "window");
    expect(world.servers.count(id, "seal")).toBe(3);
  });

  test.each<["done" | "none", DeploymentAt]>([
    ["done", "window"],
    ["none", "ready"],
  ])("whose answer is lost with the rename %s is looked up and is %s then", async (effect, at) => {
    world.startHost("a");
    world.servers.faults.seal = [{ at: "unsure", effect }];
    const id = await world.merge(db, "t");
    await world.until(id, "ready");
    await ask("apply", id);
    await world.waitFor(() => world.servers.count(id, "look") === 1);
    const view = await world.until(id, at);
    expect(view.history.map((line) => line.what)).toContain("seal-unsure");
    expect(world.servers.count(id, "seal")).toBe(1);
  });

  test("apply and cancel at the same moment: one of them, and the servers agree", async () => {
    world.startHost("a");
    for (let round = 0; round < 6; round += 1) {
      const database = [db, brief, patient][round % 3] ?? db;
      const id = await world.merge(database, `race${round}`);
      await world.until(id, "ready");
      const delayed = new Promise((resolve) => setTimeout(resolve, round)).then(() => ask("cancel", id));
      const [, cancel] = await Promise.all([ask("apply", id), delayed]);
      const cancelled = cancel.at === "accepted";
      if (!cancelled && database !== brief) {
        await world.until(id, "window");
        await ask("finalize", id);
      }
      await world.until(id, cancelled ? "cancelled" : "finalised");
      const { names, ours } = world.servers.of(id);
      const seals = world.servers.count(id, "seal");
      expect({ names, ours, seals }).toEqual({
        names: cancelled ? "original" : "sealed",
        ours: false,
        seals: cancelled ? 0 : 1,
      });
      const code = cancelled ? "" : cancel.reasons[0]?.code;
      expect(code).toMatch(/^(deploy\/(seal-started|already-sealed|over))?$/);
    }
  });
});

describe("the queue", () => {
  test("the second waits until the first is over, and the plan is computed anew at its turn", async () => {
    world.startHost("a");
    const first = await world.merge(db, "one");
    await world.until(first, "ready");
    const second = await world.merge(db, "two");
    const waiting = await world.until(second, "queued");
    expect(waiting.queuePlace).toBe(1);
    await ask("apply", first);
    await world.until(first, "window");
    expect((await world.view(second)).at).toBe("queued");
    world.live.set(db, new Map([["one", tableSql("one")]]));
    await ask("finalize", first);
    // Its files were merged before the first was live: what it would drop now, nobody reviewed.
    const blocked = await world.until(second, "blocked");
    expect(blocked.reasons.map((reason) => reason.code)).toContain("deploy/plan-changed");
    expect(blocked.plan.fingerprint).not.toBe(blocked.reviewedFingerprint);
  });

  test("changes that were reviewed go on when an earlier deployment has carried out its share of them", async () => {
    world.startHost("a");
    const first = await world.merge(db, "one");
    await world.until(first, "ready");
    const second = await world.merge(db, "two", { also: ["one"] });
    const reviewed = await world.view(second);
    await ask("apply", first);
    await world.until(first, "window");
    world.live.set(db, new Map([["one", tableSql("one")]]));
    await ask("finalize", first);
    const ready = await world.until(second, "ready");
    expect(reviewed.plan.changes.map((change) => change.table).sort()).toEqual(["one", "two"]);
    expect(ready.plan.changes.map((change) => change.table)).toEqual(["two"]);
    expect(ready.plan.fingerprint).not.toBe(ready.reviewedFingerprint);
  });

  test("a blocked one lets a later merge pass, which takes over its changes", async () => {
    world.startHost("a");
    world.servers.faults.preflight = [{ at: "refuse", reason: { code: "engine/drift", message: "differs" } }];
    const first = await world.merge(db, "one");
    await world.until(first, "blocked");
    const second = await world.merge(db, "two");
    await world.until(second, "ready");
    expect(await world.until(first, "cancelled")).toMatchObject({ reasons: [{ code: "deploy/superseded" }] });
  });

  test("what the repository's own rules failed on the pull request is not staged after the merge", async () => {
    world.startHost("a");
    const bare = tableSql("bare").replace("NULL,\n  PRIMARY KEY (`id`)", "NULL");
    const files = [{ path: "bare.sql", text: `${bare};\n` }];
    const place = { ...origin, pull: 900, headSha: "9".repeat(40), mergeSha: "8".repeat(40) };
    await world.review(db, place, files, { "no-primary-key": "error" });
    const [id] = await startDeployments(world.deps, { group: `g-${db}`, channel: "c", origin: place, files });
    if (id === undefined) throw new Error("nothing started");
    expect(await world.until(id, "blocked")).toMatchObject({ reasons: [{ code: "lint/no-primary-key" }] });
  });

  test("a fresh /plan of a blocked one becomes the reviewed plan and it goes on", async () => {
    world.startHost("a");
    const id = await world.merge(db, "t");
    await world.until(id, "ready");
    world.servers.faults.stage = [];
    world.servers.endTails(new CodedError("engine/ddl-seen", "altered"));
    await world.waitFor(async () => {
      world.servers.endTails(new CodedError("engine/ddl-seen", "altered"));
      return (await world.view(id)).at === "blocked";
    });
    const { origin } = await world.view(id);
    if (origin === undefined) throw new Error("no origin");
    const files = [{ path: "t.sql", text: `${tableSql("t")};\n` }];
    await world.review(db, origin, files);
    expect(await world.until(id, "ready")).toMatchObject({ votes: [], reasons: [] });
  });
});

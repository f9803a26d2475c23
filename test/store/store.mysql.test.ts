import type { Control, DeploymentView } from "#deploy";
import { type CodedError, newDeploymentId, silentLog, systemClock } from "#kernel";
import { startMysql, type MysqlServer } from "#sandbox";
import { openControl } from "#store";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { streamOf, toStored } from "../../src/deploy/deployment-events.ts";
import { next, viewOfKnown } from "../../src/deploy/fold.ts";
import { queuePlace } from "../../src/deploy/queue.ts";
import { record } from "../../src/deploy/record.ts";
import { controlSchemas, freshControl } from "../support/deploy-control.ts";
import { origin, planOf, started, subject } from "../support/deploy-plans.ts";

let server: MysqlServer;
let control: Control & AsyncDisposable;
const at = "2026-01-01T10:00:02.000Z";

beforeAll(async () => {
  server = await startMysql({ label: "store" });
  control = await freshControl((database) => server.dsn(database), "control");
});
afterAll(async () => {
  await control?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const merge = (n: number): string => n.toString(16).padStart(40, "0");

describe("events", () => {
  test("of two appends at one version one wins and the other changes nothing", async () => {
    const first = await record(
      control,
      undefined,
      started({ database: "race", origin: { ...origin, mergeSha: merge(1) } }),
    );
    if (first === undefined) throw new Error("not recorded");
    const id = first.state.body.id;
    const cancel = { type: "cancel-asked", at, actor: "ada", via: "cli", key: "k" } as const;
    const turn = { type: "turn-came", at } as const;
    const results = await Promise.all(
      [cancel, turn, cancel, turn, cancel].map((event) => {
        const after = next(first, event);
        const together = { subjects: [subject], view: viewOfKnown(after) };
        return control.events.append(streamOf(id), 1, [toStored(event)], together);
      }),
    );
    expect(results.filter((result) => result === "appended")).toHaveLength(1);
    const { version, events } = await control.events.load(streamOf(id));
    expect(version).toBe(2);
    expect(await control.events.version(streamOf(id))).toBe(2);
    const view = await control.deployments.get(id);
    expect(view?.at).toBe(events[1]?.type === "turn-came" ? "planning" : "cancelling");
    expect(view?.version).toBe(2);
  });

  test("what was stored is read back as it was", async () => {
    const event = started({ database: "same", origin: { ...origin, mergeSha: merge(2) } });
    await record(control, undefined, event);
    const { events } = await control.events.load(streamOf(event.id));
    expect(events).toEqual([toStored(event)]);
  });

  test("an unknown stream has version 0", async () => {
    expect(await control.events.load("deployment-none")).toEqual({ version: 0, events: [] });
    expect(await control.events.version("deployment-none")).toBe(0);
  });

  test("a merge starts one deployment per database, however often and however many at once", async () => {
    const same = { ...origin, mergeSha: merge(3) };
    const tries = [1, 2, 3, 4].map(() => record(control, undefined, started({ database: "doubled", origin: same })));
    const made = (await Promise.all(tries)).filter((known) => known !== undefined);
    expect(made).toHaveLength(1);
    expect(await control.deployments.findByMerge("doubled", merge(3))).toBe(made[0]?.state.body.id);
    expect(await control.deployments.findByMerge("other", merge(3))).toBeUndefined();
  });

  test("only one deployment of a database has its lane", async () => {
    const [one, two] = await Promise.all(
      [4, 5].map((n) =>
        record(control, undefined, started({ database: "lane", origin: { ...origin, mergeSha: merge(n) } })),
      ),
    );
    if (one === undefined || two === undefined) throw new Error("not recorded");
    const both = await Promise.all([one, two].map((known) => record(control, known, { type: "turn-came", at })));
    expect(both.filter((known) => known !== undefined)).toHaveLength(1);
  });
});

describe("read views", () => {
  test("the queue's place is the one the deploy room counts, blocked ones left out", async () => {
    const made = [];
    for (const n of [3, 1, 2, 4]) {
      const mergedAt = `2026-01-02T10:00:0${n}.000Z`;
      const place = { ...origin, pull: n, mergeSha: merge(10 + n), mergedAt };
      made.push(await record(control, undefined, started({ database: "places", origin: place })));
    }
    const first = made[1];
    if (first === undefined) throw new Error("not recorded");
    const running = await record(control, first, { type: "turn-came", at });
    const check = async (): Promise<readonly (readonly [number, number])[]> => {
      const views = await control.deployments.list({ database: "places", open: true });
      for (const view of views) expect(view.queuePlace).toBe(queuePlace(view, views));
      return views.map((view) => [view.origin?.pull ?? 0, view.queuePlace] as const);
    };
    expect(await check()).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
      [4, 3],
    ]);
    if (running === undefined) throw new Error("no turn");
    await record(control, running, { type: "blocked", at, reasons: [{ code: "x/y", message: "z" }] });
    expect(await check()).toEqual([
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 2],
    ]);
  });

  test("lists by group, database, subject and whether it is open", async () => {
    const event = started({ group: "lists", database: "lists", origin: { ...origin, pull: 99, mergeSha: merge(30) } });
    const known = await record(control, undefined, event);
    const of = async (query: Parameters<Control["deployments"]["list"]>[0]): Promise<readonly string[]> =>
      (await control.deployments.list(query)).map((view) => view.id);
    for (const query of [{ group: "lists" }, { database: "lists" }, { subject: { ...subject, pull: 99 } }]) {
      expect(await of({ ...query, open: true })).toEqual([event.id]);
    }
    if (known === undefined) throw new Error("not recorded");
    const cancelling = await record(control, known, { type: "cancel-asked", at, actor: "a", via: "cli", key: "k" });
    if (cancelling === undefined) throw new Error("not cancelled");
    await record(control, cancelling, { type: "cancelled", at });
    expect(await of({ group: "lists", open: true })).toEqual([]);
    expect(await of({ group: "lists" })).toEqual([event.id]);
  });

  test("progress is the latest and no event", async () => {
    const event = started({ database: "progress", origin: { ...origin, mergeSha: merge(31) } });
    await record(control, undefined, event);
    const progress: NonNullable<DeploymentView["progress"]> = {
      phase: "copying",
      tables: [],
      lagMs: 5,
      blockedKeys: 0,
    };
    await control.deployments.putProgress(event.id, { ...progress, lagMs: 9 });
    await control.deployments.putProgress(event.id, progress);
    const view = await control.deployments.get(event.id);
    expect(view?.progress).toEqual(progress);
    expect(view?.version).toBe(1);
    expect(await control.deployments.get(newDeploymentId())).toBeUndefined();
  });
});

describe("leases", () => {
  test("of many takers at once one holds it, and a later holder has a greater fence", async () => {
    const takes = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => control.leases.take("site", `h${n}`, 400)));
    const held = takes.filter((taken) => taken !== undefined);
    expect(held).toHaveLength(1);
    const winner = `h${takes.findIndex((taken) => taken !== undefined) + 1}`;
    const fence = held[0]?.fence ?? 0n;
    expect(await control.leases.renew("site", winner, fence, 300)).toBe(true);
    expect(await control.leases.renew("site", winner, fence + 1n, 300)).toBe(false);
    expect(await control.leases.take("site", "late", 300)).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 350));
    const later = await control.leases.take("site", "late", 60_000);
    expect(later?.fence).toBeGreaterThan(fence);
    // It woke up too late: neither renewing nor releasing touches the new holder's lease.
    expect(await control.leases.renew("site", winner, fence, 300)).toBe(false);
    await control.leases.release("site", winner, fence);
    expect(await control.leases.take("site", "third", 300)).toBeUndefined();
    await control.leases.release("site", "late", later?.fence ?? 0n);
    expect((await control.leases.take("site", "third", 300))?.fence).toBeGreaterThan(later?.fence ?? 0n);
  });
});

describe("inbox", () => {
  test("a doubled delivery is known, claimed by one of two workers, and gone when done", async () => {
    const delivery = { id: "d-1", event: "push", payload: { text: "ä😀", n: [1] } };
    expect(await control.inbox.receive(delivery)).toBe("new");
    expect(await control.inbox.receive(delivery)).toBe("known");
    const withAction = { id: "d-2", event: "issue_comment", action: "created", payload: {} };
    await control.inbox.receive(withAction);
    const claims = await Promise.all([control.inbox.claim(1, 60_000), control.inbox.claim(1, 60_000)]);
    expect(claims.flat().sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([delivery, withAction]);
    await control.inbox.done("d-1");
    await control.inbox.done("d-2");
    expect(await control.inbox.receive(delivery)).toBe("known");
    expect(await control.inbox.claim(10, 1000)).toEqual([]);
  });

  test("a claim that ended without an answer is given out again, a failed one after a pause", async () => {
    await control.inbox.receive({ id: "d-3", event: "push", payload: {} });
    expect(await control.inbox.claim(10, 50)).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(await control.inbox.claim(10, 60_000)).toHaveLength(1);
    await control.inbox.failed("d-3", "github/unavailable");
    expect(await control.inbox.claim(10, 60_000)).toEqual([]);
    await control.inbox.done("d-3");
  });

  test("a pause that GitHub asks for is no try, however often; too many tries end it", async () => {
    await control.inbox.receive({ id: "d-4", event: "push", payload: {} });
    const claimed = async (): Promise<readonly string[]> =>
      (await control.inbox.claim(10, 0)).map((delivery) => delivery.id);
    for (let n = 0; n < 15; n += 1) {
      expect(await claimed()).toEqual(["d-4"]);
      await control.inbox.failed("d-4", "github/http-403", 0);
    }
    // A worker that dies while it handles one comes back, but not for ever when it says so.
    for (let n = 0; n < 12; n += 1) expect(await claimed()).toEqual(["d-4"]);
    await control.inbox.failed("d-4", "github/odd-payload");
    expect(await claimed()).toEqual([]);
  });

  test("what is done is forgotten after its time, what failed is not", async () => {
    await control.inbox.receive({ id: "d-5", event: "push", payload: {} });
    expect(await control.inbox.claim(10, 0)).toHaveLength(1);
    await control.inbox.done("d-5");
    expect(await control.inbox.forget(60_000)).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await control.inbox.forget(0)).toBeGreaterThan(0);
    expect(await control.inbox.receive({ id: "d-5", event: "push", payload: {} })).toBe("new");
    expect(await control.inbox.receive({ id: "d-4", event: "push", payload: {} })).toBe("known");
    await control.inbox.done("d-5");
  });
});

describe("outbox", () => {
  test("marks made while a subject is being published bring it again", async () => {
    const one = { repository: { owner: "outbox", name: "marks" }, pull: 1 };
    const mine = async (): Promise<readonly { subject: typeof one; ticket: string }[]> =>
      (await control.outbox.claim(100, 60_000)).filter((claim) => claim.subject.repository.owner === "outbox");
    await control.outbox.mark(one);
    await control.outbox.mark(one);
    const [claim, ...rest] = await mine();
    expect(claim?.subject).toEqual(one);
    expect(rest).toEqual([]);
    expect(await mine()).toEqual([]);
    await control.outbox.mark(one);
    expect(await mine()).toEqual([]);
    await control.outbox.done(claim?.ticket ?? "");
    const [second] = await mine();
    expect(second?.subject).toEqual(one);
    await control.outbox.failed(second?.ticket ?? "", "github/unavailable", 0);
    const [third] = await mine();
    expect(third?.ticket).not.toBe(second?.ticket);
    // The answer of the claim before counts for nothing any more.
    await control.outbox.done(second?.ticket ?? "");
    await control.outbox.done(third?.ticket ?? "");
    expect(await mine()).toEqual([]);
  });

  test("a claim is kept for as long as it is renewed, and one that has ended is not renewed", async () => {
    const one = { repository: { owner: "renewed", name: "claims" }, pull: 1 };
    const mine = async (claimMs: number) =>
      (await control.outbox.claim(100, claimMs)).filter((claim) => claim.subject.repository.owner === "renewed");
    await control.outbox.mark(one);
    const [claim] = await mine(300);
    expect(await control.outbox.renew(claim?.ticket ?? "", 60_000)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect(await mine(1)).toEqual([]);
    expect(await control.outbox.renew(claim?.ticket ?? "", 1)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await control.outbox.renew(claim?.ticket ?? "", 60_000)).toBe(false);
    const [next] = await mine(60_000);
    expect(await control.outbox.renew(claim?.ticket ?? "", 60_000)).toBe(false);
    await control.outbox.done(next?.ticket ?? "");
  });

  test("an event marks its pull request in the same transaction, a conflict does not", async () => {
    const place = { ...origin, repository: { owner: "together", name: "x" }, mergeSha: merge(40) };
    const mine = async (): Promise<number> =>
      (await control.outbox.claim(100, 0)).filter((claim) => claim.subject.repository.owner === "together").length;
    expect(await mine()).toBe(0);
    const known = await record(control, undefined, started({ database: "together", origin: place }));
    const [claim] = (await control.outbox.claim(100, 0)).filter((one) => one.subject.repository.owner === "together");
    await control.outbox.done(claim?.ticket ?? "");
    if (known === undefined) throw new Error("not recorded");
    expect(await record(control, { ...known, version: 0 }, { type: "turn-came", at })).toBeUndefined();
    expect(await mine()).toBe(0);
  });
});

describe("the rest", () => {
  test("sources are kept by content, whatever their order", async () => {
    const files = [
      { path: "b.sql", text: "x".repeat(100_000) },
      { path: "a.sql", text: "ä" },
    ];
    const hash = await control.sources.put(files);
    expect(await control.sources.put([...files].reverse())).toBe(hash);
    expect(await control.sources.get(hash)).toEqual([...files].reverse());
    expect(await control.sources.get("0".repeat(64))).toBeUndefined();
  });

  test("a proposal replaces the earlier one of its database and head", async () => {
    const proposal = {
      group: "shop",
      database: "a",
      channel: "prod",
      ...subject,
      headSha: merge(50),
      createdAt: at,
      result: { at: "planned", plan: planOf() },
    } as const;
    await control.proposals.put(proposal);
    await control.proposals.put({ ...proposal, result: { at: "refused", reasons: [] } });
    await control.proposals.put({ ...proposal, database: "b" });
    await control.proposals.put({ ...proposal, headSha: merge(51) });
    const kept = await control.proposals.list(subject, merge(50));
    expect(kept.map((one) => [one.database, one.result.at])).toEqual([
      ["a", "refused"],
      ["b", "planned"],
    ]);
  });

  test("the first answer to a command stays, and what was published is found again", async () => {
    await control.commands.put("key", { at: "accepted", message: "first" });
    await control.commands.put("key", { at: "refused", reasons: [] });
    expect(await control.commands.find("key")).toEqual({ at: "accepted", message: "first" });
    expect(await control.commands.find("none")).toBeUndefined();
    await control.publications.put(subject, "plan", "1", "h1");
    await control.publications.put(subject, "plan", "1", "h2");
    expect(await control.publications.get(subject, "plan")).toEqual({ externalId: "1", hash: "h2" });
    expect(await control.publications.get(subject, "check")).toBeUndefined();
  });

  test("the schema files are what the server itself prints", async () => {
    const connection = await createConnection(server.dsn("control"));
    try {
      for (const { name, text } of await controlSchemas()) {
        const [rows] = await connection.query<RowDataPacket[]>(`SHOW CREATE TABLE \`${name}\``);
        const printed = String(rows[0]?.["Create Table"]).replace(/ AUTO_INCREMENT=\d+/, "");
        expect(`${printed};\n`).toBe(text);
      }
    } finally {
      await connection.end();
    }
  });
});

test("a control database that hangs is given up in time, again and again, and used again when it answers", async () => {
  const impatient = await openControl({
    dsn: server.dsn("control"),
    clock: systemClock,
    log: silentLog,
    answerWithinMs: 300,
  });
  const other = await createConnection(server.dsn("control"));
  try {
    await other.query("LOCK TABLES `source` WRITE, `lease` WRITE");
    const startedAt = Date.now();
    // More than the pool has connections, so that those without one are given up too.
    const asked = Array.from({ length: 12 }, (_, n) =>
      n % 2 === 0
        ? impatient.sources.put([{ path: "a.sql", text: String(n) }])
        : impatient.leases.take("l", "me", 1000),
    );
    const ends = await Promise.allSettled(asked);
    expect(ends.map((end) => (end.status === "rejected" ? (end.reason as CodedError).code : "done"))).toEqual(
      asked.map(() => "store/unreachable"),
    );
    expect(Date.now() - startedAt).toBeLessThan(5000);
    expect(await impatient.events.version("none")).toBe(0);
    await other.query("UNLOCK TABLES");
    expect(await impatient.sources.put([{ path: "a.sql", text: "x" }])).toMatch(/^[0-9a-f]{64}$/);
    expect(await impatient.leases.take("l", "me", 1000)).toBeDefined();
  } finally {
    other.destroy();
    await impatient[Symbol.asyncDispose]();
  }
});

import { type ShopClients, startShopClients } from "#sandbox";
import { type RowDataPacket, createConnection } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Sluice, startSluice } from "../cli/sluice-process.ts";
import { checkAt, deploymentAt, leftovers, planned, rows, story } from "../support/e2e-steps.ts";
import { type World, startWorld } from "../support/e2e.ts";

let world: World;
let clients: ShopClients;
let worker: Sluice;
const ending = new AbortController();

beforeAll(async () => {
  world = await startWorld({ dispatcher: "bullmq", worker: false, rows: 60_000 });
  clients = await startShopClients({
    shards: world.dsns,
    filled: world.filled,
    signal: ending.signal,
    writersPerShard: 2,
  });
  worker = await newWorker();
});

afterAll(async () => {
  ending.abort();
  await worker[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

/** `sluice work` as a process of its own. */
async function newWorker(): Promise<Sluice> {
  const started = startSluice(["work"], world.processEnv);
  await started.event("work.started");
  return started;
}

/** Asks again and again, without a pause, until there is a row. */
async function asSoonAs(dsn: string, sql: string): Promise<void> {
  const connection = await createConnection(dsn);
  try {
    await world.until(sql, async () => {
      for (let look = 0; look < 50; look += 1) {
        const [found] = await connection.query<RowDataPacket[]>(sql);
        if (found.length > 0) return true;
      }
      return undefined;
    });
  } finally {
    connection.destroy();
  }
}

/** Ends the worker without a chance to say goodbye; a new one starts. */
async function replaceWorker(): Promise<void> {
  worker.child.kill("SIGKILL");
  expect(await worker.ended()).toBe("SIGKILL");
  worker = await newWorker();
}

interface Progress {
  readonly table: string;
  readonly shard: string;
  readonly shadow: string | null;
  readonly phase: string;
  readonly copied: number;
}

/** Sluice's own notes on the servers, by shard and table. */
async function progress(): Promise<ReadonlyMap<string, Progress>> {
  const found = new Map<string, Progress>();
  for (const dsn of world.dsns) {
    const notes = await rows(
      dsn,
      "SELECT shard, table_name, shadow_id, phase, rows_copied FROM _sluice.progress WHERE kind = 'copy'",
    ).catch(() => []);
    for (const row of notes) {
      const one = {
        table: String(row["table_name"]),
        shard: String(row["shard"]),
        shadow: row["shadow_id"] as string | null,
        phase: String(row["phase"]),
        copied: Number(row["rows_copied"]),
      };
      found.set(`${one.shard}/${one.table}`, one);
    }
  }
  return found;
}

/** Tables whose copy has lost rows or begun again in another shadow table. */
function setBack(before: ReadonlyMap<string, Progress>, now: ReadonlyMap<string, Progress>): readonly string[] {
  return [...before]
    .filter(([key, was]) => {
      const is = now.get(key);
      return was.copied > 0 && (is === undefined || is.copied < was.copied || is.shadow !== was.shadow);
    })
    .map(([key]) => key);
}

interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly fence: bigint;
}

async function leases(): Promise<readonly Lease[]> {
  const found = await rows(world.home.dsn("sluice"), "SELECT name, holder, fence FROM lease ORDER BY name");
  return found.map((row) => ({
    name: String(row["name"]),
    holder: String(row["holder"]),
    fence: BigInt(String(row["fence"])),
  }));
}

/** Which shape each shard has: true where the coupons are in. */
async function shapes(): Promise<readonly boolean[]> {
  const all: boolean[] = [];
  for (const dsn of world.dsns) {
    const found = await rows(
      dsn,
      `SELECT (SELECT COUNT(*) FROM information_schema.columns
         WHERE table_schema = DATABASE() AND table_name = 'carts' AND column_name = 'coupon_code') AS cart,
       (SELECT COUNT(*) FROM information_schema.tables
         WHERE table_schema = DATABASE() AND table_name = 'coupons') AS coupons,
       (SELECT character_maximum_length = 200 FROM information_schema.columns
         WHERE table_schema = DATABASE() AND table_name = 'reviews' AND column_name = 'title') AS title,
       (SELECT COUNT(DISTINCT index_name) FROM information_schema.statistics
         WHERE table_schema = DATABASE() AND index_name = 'stock_movements_warehouse') AS by_warehouse`,
    );
    const values = Object.values(found[0] ?? {}).map(Number);
    expect(new Set(values).size, `one shape on a shard: ${values.join()}`).toBe(1);
    all.push(values[0] === 1);
  }
  return all;
}

test(
  "killed while staging, while sealing and while reverting, it ends whole each time, with every write there",
  { timeout: 240_000 },
  async () => {
    const pull = await world.openChange("coupons");
    expect(await planned(world, pull)).toBe("success");
    const mergeSha = await world.repository.merge(pull, "ana");

    const atKill = await world.until("a copy under way", async () => {
      const now = await progress();
      return [...now.values()].some((one) => one.copied > 2000) ? now : undefined;
    });
    const before = await leases();
    await replaceWorker();
    const kept = await progress();
    const killedAt = performance.now();

    // Nothing is taken over before the lease of the dead has run out; then the copy goes on where it stood.
    const taken = await world.until("the lease taken over", async () => {
      const now = await leases();
      return now.every((lease, at) => lease.fence > (before[at]?.fence ?? 0n)) ? now : undefined;
    });
    expect(performance.now() - killedAt).toBeLessThan(30_000);
    expect(taken.map((lease) => lease.name)).toEqual(before.map((lease) => lease.name));
    for (const [at, lease] of taken.entries()) expect(lease.holder).not.toBe(before[at]?.holder);
    await world.until("more rows than before the kill", async () => {
      const now = await progress();
      expect(setBack(kept, now)).toEqual([]);
      return (await world.deployment(pull))?.at === "ready" ? true : undefined;
    });
    expect(setBack(atKill, await progress())).toEqual([]);
    expect(await shapes()).toEqual([false, false]);

    // Killed at the first sign of the seal; what the dead had begun is finished or undone, and the vote still counts.
    await checkAt(world, mergeSha, "sluice / seal (prod)", (run) => run.conclusion === "action_required");
    await world.repository.comment(pull, "ben", "/apply");
    await asSoonAs(world.home.dsn("sluice"), "SELECT 1 FROM event WHERE type = 'seal-started'");
    await replaceWorker();
    const sealed = await deploymentAt(world, pull, ["window"]);
    expect(story(sealed)).toContain("seal-unsure");
    expect(sealed.votes.map(({ actor }) => actor)).toEqual(["ben"]);
    expect(await shapes()).toEqual([true, true]);
    const atSeal = clients.written();
    await world.until("writes after the seal", () => (clients.written() > atSeal + 100 ? true : undefined));
    await world.until("the window's tail", async () =>
      (await world.deployment(pull))?.history.some((line) => line.what === "window-opened") ? true : undefined,
    );

    clients.expect("out");
    await world.repository.comment(pull, "ana", '/revert "once more"');
    await asSoonAs(world.dsns[1] ?? "", "SELECT 1 FROM _sluice.shard WHERE intent = 'revert'");
    await replaceWorker();
    await deploymentAt(world, pull, ["reverted"]);
    expect(await shapes()).toEqual([false, false]);
    for (const dsn of world.dsns) expect(await leftovers(dsn)).toEqual([]);

    const after = clients.written();
    await world.until("writes after the revert", () => (clients.written() > after + 50 ? true : undefined));
    const report = await clients.stop();
    expect(report).toMatchObject({ rowsLost: 0, rowsDifferent: 0, clientErrors: 0 });
    expect(report.rowsChecked).toBeGreaterThan(60_000);
    world.github.assertNoViolations();
  },
);

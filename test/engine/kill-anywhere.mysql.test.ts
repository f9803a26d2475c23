import { startMysql, type MysqlServer } from "#sandbox";
import type { CleanReport, Runner, SealOutcome } from "#engine";
import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { never, openWorld, ownDatabases, rowsOf, type World } from "../support/engine.ts";
import { Fate, type Moment, mortalTarget } from "../support/engine-faults.ts";

let server: MysqlServer;
beforeAll(async () => {
  server = await startMysql({ label: "engine-kill" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const BEFORE = [
  "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(20) NOT NULL, gone INT NOT NULL DEFAULT 7)",
  "CREATE TABLE leaving (id INT PRIMARY KEY)",
];
const ALTER = [
  "ALTER TABLE t MODIFY v VARCHAR(80) NOT NULL, ADD COLUMN note VARCHAR(10), ADD KEY v (v)",
  "DROP TABLE leaving",
  "CREATE TABLE coming (id INT PRIMARY KEY)",
];
const SETTINGS = { chunkRows: { first: 20, most: 40 }, chunkMs: 10, snapshotWaitMs: 0 };
const PHASES = ["stage", "seal", "window", "revert", "finalise"] as const;
type Phase = (typeof PHASES)[number];

/** How many deaths are tried in each phase, spread evenly; all there are would take an hour. */
const DEATHS: Readonly<Record<Phase, number>> = { stage: 8, seal: 8, window: 2, revert: 3, finalise: 4 };

/** Statements whose death is worth a look of its own; on two shards each comes twice. */
const TURNING_POINTS: readonly (readonly [Phase, RegExp])[] = [
  ["stage", /^CREATE TABLE `t`/],
  ["stage", /^ALTER TABLE .* ADD KEY/],
  ["seal", /^LOCK TABLES/],
  ["seal", /^RENAME TABLE/],
  ["seal", /^UNLOCK TABLES/],
  ["revert", /^RENAME TABLE/],
  ["finalise", /^DROP DATABASE/],
];

interface Death {
  readonly phase: Phase;
  readonly moment: Moment;
  /** The n-th call of the phase, or the n-th statement that matches. */
  readonly at: number;
  readonly statement?: RegExp;
}

function deathsOf(counts: Readonly<Record<Phase, number>>): readonly Death[] {
  const spread = PHASES.flatMap((phase) =>
    Array.from({ length: DEATHS[phase] }, (_, i): Death => {
      const at = 1 + Math.floor(((i + 0.5) * counts[phase]) / DEATHS[phase]);
      return { phase, at, moment: i % 2 === 0 ? "before" : "after" };
    }),
  );
  const turning = TURNING_POINTS.flatMap(([phase, statement]): Death[] => [
    { phase, statement, at: 1, moment: "after" },
    { phase, statement, at: 2, moment: "before" },
    { phase, statement, at: 2, moment: "after" },
  ]);
  return [...spread, ...turning];
}

/** Two shards with rows; a client that goes on writing and knows what it was told is stored. */
async function openShards(name: string): Promise<{ world: World; clients: Connection[] }> {
  const world = await openWorld({ servers: [server, server], name, before: BEFORE, alter: ALTER });
  const clients = [await world.client(0), await world.client(1)];
  for (const client of clients) {
    await client.query(
      `INSERT INTO t (v) WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 120) SELECT CONCAT('v', i) FROM n`,
    );
    await client.query("INSERT INTO leaving VALUES (1)");
  }
  return { world, clients };
}

class Journal {
  readonly #client: Connection;
  readonly #known = new Map<string, string>();
  #n = 0;
  #stop = false;
  #running: Promise<void> | undefined;

  constructor(client: Connection) {
    this.#client = client;
  }

  async start(): Promise<void> {
    const rows = await rowsOf(this.#client, "t", "id, v", "id");
    for (const row of rows) {
      const { id, v } = JSON.parse(row) as { id: number; v: string };
      this.#known.set(String(id), v);
    }
    this.#running = this.#write();
  }

  async #write(): Promise<void> {
    while (!this.#stop) {
      this.#n += 1;
      const v = `w${this.#n}`;
      const ids = [...this.#known.keys()];
      const id = ids[(this.#n * 37) % ids.length] ?? "1";
      if (this.#n % 3 === 0) {
        const [made] = await this.#client.query("INSERT INTO t (v) VALUES (?)", [v]);
        this.#known.set(String((made as { insertId: number }).insertId), v);
      } else if (this.#n % 3 === 1) {
        await this.#client.query("UPDATE t SET v = ? WHERE id = ?", [v, id]);
        this.#known.set(id, v);
      } else {
        await this.#client.query("DELETE FROM t WHERE id = ?", [id]);
        this.#known.delete(id);
      }
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  }

  /** Rows that were acknowledged and are not there, and the other way round. */
  async stopAndCompare(): Promise<string[]> {
    this.#stop = true;
    await this.#running;
    const rows = await rowsOf(this.#client, "t", "id, v", "id");
    const there = new Map(rows.map((row) => [String(JSON.parse(row).id), JSON.parse(row).v as string]));
    return [
      ...[...this.#known].filter(([id, v]) => there.get(id) !== v).map(([id, v]) => `lost ${id}=${v}`),
      ...[...there].filter(([id]) => !this.#known.has(id)).map(([id, v]) => `stray ${id}=${v}`),
    ];
  }
}

async function walk(runner: Runner, on: (phase: Phase) => void): Promise<void> {
  on("stage");
  await runner.stage(never);
  on("seal");
  await mustSeal(runner.seal(never));
  on("window");
  await runner.openWindow(never);
  on("revert");
  await mustSeal(runner.revert(never));
  on("finalise");
  await runner.finalise(never);
}

/** Calls to servers in each phase of a life that nobody interrupts. */
async function countCalls(): Promise<Readonly<Record<Phase, number>>> {
  const { world } = await openShards("count");
  await using _ = world;
  const fate = new Fate();
  await using runner = await world.runner({
    settings: SETTINGS,
    targets: world.targets().map((target) => mortalTarget(target, fate)),
  });
  const counts: Record<Phase, number> = { stage: 0, seal: 0, window: 0, revert: 0, finalise: 0 };
  await walk(runner, (phase) => {
    fate.onCall = () => {
      counts[phase] += 1;
    };
  });
  return counts;
}

async function liveUntil(world: World, death: Death): Promise<Phase> {
  const { phase, at, moment, statement } = death;
  const fate = new Fate();
  const runner = await world.runner({
    settings: SETTINGS,
    targets: world.targets().map((target) => mortalTarget(target, fate)),
  });
  let reached: Phase = "stage";
  try {
    await walk(runner, (now) => {
      reached = now;
      if (now !== phase) return;
      if (statement === undefined) fate.arm(at, moment);
      else fate.armOn(statement, at, moment);
    });
  } catch (error) {
    if (!fate.isDead) throw error;
  } finally {
    await runner[Symbol.asyncDispose]();
  }
  return reached;
}

async function shapeOf(client: Connection): Promise<string> {
  const [row] = await rowsOf(
    client,
    "information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()",
    "GROUP_CONCAT(TABLE_NAME ORDER BY 1) AS tables",
  );
  const [note] = await rowsOf(
    client,
    "information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'note'",
    "COUNT(*) AS n",
  );
  return `${row} ${note}`;
}

const ORIGINAL = '{"tables":"leaving,t"} {"n":"0"}';
const SEALED = '{"tables":"coming,t"} {"n":"1"}';

test("a process that dies at any moment is followed by one that ends the work: all shards or none, no write lost, nothing left", async () => {
  const deaths = deathsOf(await countCalls());
  for (const [i, death] of deaths.entries()) {
    const where = `death ${death.moment} ${String(death.statement ?? "call")} ${death.at} in ${death.phase}`;
    const { world, clients } = await openShards(`k${i}`);
    await using _ = world;
    const journals = clients.map((client) => new Journal(client));
    await Promise.all(journals.map((journal) => journal.start()));
    const reached = await liveUntil(world, death);
    await using next = await world.runner({ fence: 2n, settings: SETTINGS });
    const shape = await finish(next, reached, i);
    const lost = await Promise.all(journals.map((journal) => journal.stopAndCompare()));
    const shapes = await Promise.all(clients.map(shapeOf));
    const own = (await ownDatabases(await world.client())).filter((name) => name.includes(world.deployment));
    expect({ where, lost: lost.flat(), shapes, own }).toEqual({ where, lost: [], shapes: [shape, shape], own: [] });
  }
}, 300_000);

/** What the next process does, knowing only which command the last one was carrying out. */
async function finish(runner: Runner, reached: Phase, i: number): Promise<string> {
  if (reached === "finalise") {
    await mustClean(runner.finalise(never));
    return ORIGINAL;
  }
  let owner = await runner.look(never);
  if (owner === "split") {
    await runner.resolve(never);
    owner = await runner.look(never);
  }
  if (owner === "reverted" || (owner === "original" && i % 2 === 0)) {
    await mustClean(runner.abandon(never));
    return ORIGINAL;
  }
  if (owner === "original") {
    await runner.stage(never);
    await mustSeal(runner.seal(never));
  }
  await runner.openWindow(never);
  if (i % 3 === 0) {
    await mustSeal(runner.revert(never));
    await mustClean(runner.abandon(never));
    return ORIGINAL;
  }
  await mustClean(runner.finalise(never));
  return SEALED;
}

async function mustSeal(work: Promise<SealOutcome>): Promise<void> {
  const outcome = await work;
  if (outcome.at !== "sealed") throw new TypeError(`the barrier was ${outcome.at}: ${outcome.reason.message}`);
}

async function mustClean(work: Promise<CleanReport>): Promise<void> {
  const { left } = await work;
  if (left.length > 0) throw new TypeError(`left behind: ${left.join(", ")}`);
}

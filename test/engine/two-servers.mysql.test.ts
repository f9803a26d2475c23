import type { Session, Target } from "#engine";
import { startMysql, type MysqlServer } from "#sandbox";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { never, openWorld, ownDatabases, rowsOf, type World } from "../support/engine.ts";

const servers: MysqlServer[] = [];
beforeAll(async () => {
  servers.push(...(await Promise.all([startMysql({ label: "engine-a" }), startMysql({ label: "engine-b" })])));
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
});

const TABLES = ["customers", "orders"] as const;
const BEFORE = TABLES.map((name) => `CREATE TABLE ${name} (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(20) NOT NULL)`);
const ALTER = TABLES.map((name) => `ALTER TABLE ${name} ADD COLUMN note VARCHAR(10), ADD KEY v (v)`);

async function filled(name: string): Promise<World> {
  const world = await openWorld({ servers, name, before: BEFORE, alter: ALTER });
  for (const i of servers.keys()) {
    const client = await world.client(i);
    await client.query("SET SESSION cte_max_recursion_depth = 10000");
    for (const table of TABLES) {
      await client.query(
        `INSERT INTO ${table} (v) WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT CONCAT('v', i) FROM n`,
      );
    }
  }
  return world;
}

/** Goes on until told to stop; the error that ended it early is its result. */
function keepOn(work: () => Promise<void>): () => Promise<unknown> {
  let isOver = false;
  const running = (async () => {
    while (!isOver) await work();
    return undefined;
  })().catch((error: unknown) => error);
  return () => {
    isOver = true;
    return running;
  };
}

test("two servers under load change their names as one: no client error, no reader sees both shapes, no write lost", async () => {
  await using world = await filled("pair");
  const inserted = [new Set<number>(), new Set<number>()];
  const writers = await Promise.all(
    servers.map(async (_, i) => {
      const client = await world.client(i);
      return keepOn(async () => {
        const [made] = await client.query("INSERT INTO customers (v) VALUES ('new')");
        inserted[i]?.add((made as { insertId: number }).insertId);
      });
    }),
  );
  const readers = await Promise.all(servers.map((_, i) => world.client(i)));
  let rounds = 0;
  let mixed = 0;
  const reader = keepOn(async () => {
    for (const client of readers) await client.query("START TRANSACTION");
    const shapes = new Set<boolean>();
    for (const client of readers) for (const table of TABLES) shapes.add(await hasNote(client, table));
    for (const client of readers) await client.query("COMMIT");
    rounds += 1;
    if (shapes.size > 1) mixed += 1;
  });
  await using runner = await world.runner();
  await runner.stage(never);
  const outcome = await runner.seal(never);
  expect(outcome).toMatchObject({ at: "sealed", report: { tables: 2, shards: [{ shard: "s0" }, { shard: "s1" }] } });
  await runner.openWindow(never);
  const reverted = await runner.revert(never);
  expect(reverted).toMatchObject({ at: "sealed" });
  expect(await Promise.all([...writers, reader].map((stop) => stop()))).toEqual([undefined, undefined, undefined]);
  expect({ mixed, hasRead: rounds > 3 }).toEqual({ mixed: 0, hasRead: true });
  for (const [i, ids] of inserted.entries()) {
    const rows = await rowsOf(await world.client(i), "customers WHERE v = 'new'", "id", "id");
    expect(rows).toEqual([...ids].toSorted((a, b) => a - b).map((id) => JSON.stringify({ id })));
  }
  expect((await runner.abandon(never)).left).toEqual([]);
});

test("a server that is killed between the two RENAMEs leaves a split, which is finished forward with every row", async () => {
  await using world = await filled("split");
  const [first, second] = world.targets();
  if (first === undefined || second === undefined) throw new TypeError("two targets");
  const dying = dyingAtRename(second, async () => servers[1]?.kill("SIGKILL"));
  await using runner = await world.runner({ targets: [first, dying] });
  await runner.stage(never);
  expect((await runner.seal(never)).at).toBe("unsure");
  await servers[1]?.restart();

  await using next = await world.runner({ fence: 2n });
  expect(await next.look(never)).toBe("split");
  const client = await world.client(1);
  // The shard that is still as it was takes writes meanwhile; they must come along.
  await client.query("INSERT INTO orders (v) VALUES ('between')");
  expect(await next.resolve(never)).toBe("sealed");
  expect(await next.look(never)).toBe("sealed");
  for (const i of servers.keys()) {
    const each = await world.client(i);
    for (const table of TABLES) {
      expect(await hasNote(each, table)).toBe(true);
      expect(await rowsOf(each, table, "COUNT(*) AS n")).toEqual([
        `{"n":"${i === 1 && table === "orders" ? 3001 : 3000}"}`,
      ]);
    }
  }
  await next.openWindow(never);
  await client.query("INSERT INTO orders (v) VALUES ('after')");
  expect(await next.revert(never)).toMatchObject({ at: "sealed" });
  expect(await rowsOf(client, "orders", "v", "id DESC LIMIT 2")).toEqual(['{"v":"after"}', '{"v":"between"}']);
  expect((await next.abandon(never)).left).toEqual([]);
  expect((await ownDatabases(client)).filter((name) => name.includes(world.deployment))).toEqual([]);
});

test("a shard that refuses its RENAME has the others take theirs back before anybody sees it", async () => {
  await using world = await filled("refuse");
  await using runner = await world.runner();
  await runner.stage(never);
  const client = await world.client(1);
  // In the way of the retired table's place.
  await client.query(`CREATE TABLE _sluice_${world.deployment}_old.orders (id INT)`);
  expect(await runner.seal(never)).toMatchObject({ at: "refused", reason: { code: "engine/rename-failed" } });
  expect(await runner.look(never)).toBe("original");
  await client.query(`DROP TABLE _sluice_${world.deployment}_old.orders`);
  await (await world.client(0)).query("INSERT INTO orders (v) VALUES ('goes on')");
  expect(await runner.seal(never)).toMatchObject({ at: "sealed" });
  expect(await rowsOf(await world.client(0), "orders", "v", "id DESC LIMIT 1")).toEqual(['{"v":"goes on"}']);
  expect((await runner.finalise(never)).left).toEqual([]);
});

async function hasNote(client: Connection, table: string): Promise<boolean> {
  const [rows] = await client.query<RowDataPacket[]>(`SELECT * FROM ${table} LIMIT 1`);
  return Object.hasOwn(rows[0] ?? {}, "note");
}

/** The server dies when it is asked to rename, before it hears of it. */
function dyingAtRename(target: Target, die: () => Promise<unknown>): Target {
  const open = async (signal: AbortSignal): Promise<Session> => {
    const session = await target.open(signal);
    return {
      connectionId: session.connectionId,
      query: (...args) => session.query(...args),
      execute: async (...args) => {
        if (args[0].startsWith("RENAME TABLE")) await die();
        return session.execute(...args);
      },
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    };
  };
  return {
    shard: target.shard,
    database: target.database,
    serverId: (signal) => target.serverId(signal),
    facts: (signal) => target.facts(signal),
    open,
    kill: (id, what) => target.kill(id, what),
    currentPosition: (signal) => target.currentPosition(signal),
    openLog: (from, signal) => target.openLog(from, signal),
    freeDiskBytes: (signal) => target.freeDiskBytes(signal),
  };
}

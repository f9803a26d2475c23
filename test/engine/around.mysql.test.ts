import { openTarget } from "#drivers";
import { defaultEngineSettings, openRunner, requiredGrants, type Runner, StreamHub } from "#engine";
import { silentLog, systemClock } from "#kernel";
import { startMysql, type MysqlServer } from "#sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { never, openWorld, ownDatabases, rowsOf, shardName, type World } from "../support/engine.ts";

let server: MysqlServer;
beforeAll(async () => {
  server = await startMysql({ label: "engine-around" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const BEFORE = ["CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20) NOT NULL)"];
const ALTER = ["ALTER TABLE t ADD COLUMN note VARCHAR(10), ADD KEY v (v)"];

async function filled(name: string): Promise<World> {
  const world = await openWorld({ servers: [server], name, before: BEFORE, alter: ALTER });
  await (await world.client()).query("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
  return world;
}

test("the grants we ask for are enough for a whole life, and each one that is missing is asked for", async () => {
  await using world = await filled("granted");
  const root = await world.client();
  await root.query("CREATE USER limited IDENTIFIED BY 'secret-word'");
  const [place] = world.databases;
  const dsn = `mysql://limited:secret-word@127.0.0.1:${server.port}/${place?.database}`;
  const targets = world.targets().map(({ shard }) => openTarget({ shard, dsn, log: silentLog, clock: systemClock }));
  const grants = requiredGrants(place?.database ?? "", "limited@%");
  await root.query(grants[1] ?? "");
  {
    await using runner = await world.runner({ targets });
    const reasons = await runner.preflight(never);
    const lacking = reasons.find(({ code }) => code === "engine/privileges");
    expect(lacking?.message).toContain("REPLICATION SLAVE");
    expect(lacking?.paste).toBe(grants.join("\n"));
  }
  for (const grant of grants) await root.query(grant);
  await using runner = await world.runner({ targets });
  expect(await runner.preflight(never)).toEqual([]);
  await runner.stage(never);
  expect(await runner.seal(never)).toMatchObject({ at: "sealed" });
  await runner.openWindow(never);
  await root.query("INSERT INTO t VALUES (3, 'c', 'x')");
  expect(await runner.revert(never)).toMatchObject({ at: "sealed" });
  expect(await rowsOf(root, "t", "id", "id")).toHaveLength(3);
  expect((await runner.abandon(never)).left).toEqual([]);
});

test("rows of an XA transaction come along when it commits, not before, and a prepared one refuses the start", async () => {
  await using world = await filled("xa");
  const client = await world.client();
  await client.query("XA START 'one'");
  await client.query("UPDATE t SET v = 'old xa' WHERE id = 1");
  await client.query("XA END 'one'");
  await client.query("XA PREPARE 'one'");
  await using runner = await world.runner();
  expect((await runner.preflight(never)).map(({ code }) => code)).toEqual(["engine/xa-prepared"]);
  await client.query("XA COMMIT 'one'");
  await runner.stage(never);
  await client.query("XA START 'two'");
  await client.query("UPDATE t SET v = 'new xa' WHERE id = 2");
  await client.query("XA END 'two'");
  await client.query("XA PREPARE 'two'");
  await new Promise((resolve) => setTimeout(resolve, 300));
  await client.query("XA COMMIT 'two'");
  expect(await runner.seal(never)).toMatchObject({ at: "sealed" });
  expect(await rowsOf(client, "t", "v", "id")).toEqual(['{"v":"old xa"}', '{"v":"new xa"}']);
  await runner.finalise(never);
});

test("all reasons against a staging are told at once", async () => {
  await using world = await filled("reasons");
  const client = await world.client();
  await client.query("CREATE TABLE child (id INT PRIMARY KEY, t INT, FOREIGN KEY fk (t) REFERENCES t (id))");
  await client.query("CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @x = 1");
  await client.query("CREATE DATABASE `_sluice_" + world.deployment + "_new`");
  await client.query("CREATE TABLE `_sluice_" + world.deployment + "_new`.t (id INT)");
  await client.query("SET GLOBAL binlog_format = 'MIXED'");
  await using runner = await world.runner();
  const reasons = await runner.preflight(never);
  await client.query("SET GLOBAL binlog_format = 'ROW'");
  expect(reasons.map(({ code }) => code).toSorted()).toEqual([
    "engine/binlog-format",
    "engine/leftover",
    "engine/not-yet",
    "engine/not-yet",
  ]);
  expect(reasons.map(({ message }) => message).join()).toContain("`child`");
  await expect(runner.stage(never)).rejects.toMatchObject({ code: "engine/refused" });
  await client.query("DROP DATABASE `_sluice_" + world.deployment + "_new`");
});

test("less free disk than the copies need is refused before anything is made, and enough is not", async () => {
  await using world = await filled("disk");
  const [place] = world.databases;
  const cost = { rows: 2, bytes: 3 << 20, seconds: 1, diskBytes: 5 << 20 };
  const runnerWith = (freeDiskBytes: number): Promise<Runner> =>
    openRunner(
      {
        deployment: world.deployment,
        fence: 1n,
        targets: [
          openTarget({
            shard: shardName("s0"),
            dsn: place?.server.dsn(place.database) ?? "",
            freeDiskBytes,
            log: silentLog,
            clock: systemClock,
          }),
        ],
        changes: world.changes.map((change) => ({ ...change, cost })),
        settings: defaultEngineSettings,
        clock: systemClock,
        log: silentLog,
      },
      never,
    );
  const client = await world.client();
  {
    await using runner = await runnerWith(cost.diskBytes - 1);
    const [reason, ...others] = await runner.preflight(never);
    expect(others).toEqual([]);
    expect(reason?.code).toBe("engine/disk");
    expect(reason?.message).toMatch(/^Shard s0: .+ of disk are needed, .+ are free$/);
    await expect(runner.stage(never)).rejects.toMatchObject({ code: "engine/refused" });
    expect((await ownDatabases(client)).filter((name) => name.includes(world.deployment))).toEqual([]);
  }
  await using runner = await runnerWith(cost.diskBytes);
  expect(await runner.preflight(never)).toEqual([]);
});

test("two deployments share one stream, and each other's end and rewind does them no harm", async () => {
  await using one = await filled("hub_a");
  await using two = await filled("hub_b");
  const hub = new StreamHub({ clock: systemClock, log: silentLog });
  const dependencies = { hub };
  const first = await one.runner({ dependencies });
  await first.stage(never);
  await using second = await two.runner({ dependencies });
  await second.stage(never);
  const [clientOne, clientTwo] = [await one.client(), await two.client()];
  expect(await second.seal(never)).toMatchObject({ at: "sealed" });
  // Reads on from before the other's seal: its new layout must not meet its old rows.
  await first[Symbol.asyncDispose]();
  await clientOne.query("UPDATE t SET v = 'late' WHERE id = 1");
  await second.openWindow(never);
  await using again = await one.runner({ fence: 2n, dependencies });
  await again.stage(never);
  expect(await again.seal(never)).toMatchObject({ at: "sealed" });
  expect(await rowsOf(clientOne, "t", "v", "id LIMIT 1")).toEqual(['{"v":"late"}']);
  await clientTwo.query("UPDATE t SET v = 'kept' WHERE id = 2");
  expect(await second.revert(never)).toMatchObject({ at: "sealed" });
  expect(await rowsOf(clientTwo, "t", "v", "id DESC LIMIT 1")).toEqual(['{"v":"kept"}']);
  expect((await again.finalise(never)).left).toEqual([]);
  expect((await second.abandon(never)).left).toEqual([]);
});

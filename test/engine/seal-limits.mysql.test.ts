import { startMysql, type MysqlServer } from "#sandbox";
import type { ResultSetHeader } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { never, openWorld, ownDatabases, rowsOf, type World } from "../support/engine.ts";
import { afterStatement } from "../support/engine-hooks.ts";

let server: MysqlServer;
beforeAll(async () => {
  server = await startMysql({ label: "engine-limits" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const BEFORE = ["CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(20) NOT NULL, n INT, u INT)"];
const WIDEN = ["ALTER TABLE t MODIFY v VARCHAR(80) NOT NULL, ADD COLUMN note VARCHAR(10)"];

async function filled(name: string, alter: readonly string[] = WIDEN): Promise<World> {
  const world = await openWorld({ servers: [server], name, before: BEFORE, alter });
  const client = await world.client();
  await client.query("INSERT INTO t (v, n, u) VALUES ('a', 1, 1), ('bb', 2, 2), ('cccc', 300, 2), ('d', NULL, NULL)");
  return world;
}

test("a transaction that holds the table makes the seal refuse within its budget, with the blocker named", async () => {
  await using world = await filled("budget");
  await using runner = await world.runner({ settings: { sealAttempts: 2 } });
  await runner.stage(never);
  const holder = await world.client();
  await holder.query("START TRANSACTION");
  await holder.query("UPDATE t SET n = 5 WHERE id = 1");
  const writer = await world.client();
  let longestMs = 0;
  let goesOn = true;
  const writing = (async () => {
    while (goesOn) {
      const startedMs = performance.now();
      await writer.query("INSERT INTO t (v) VALUES ('w')");
      longestMs = Math.max(longestMs, performance.now() - startedMs);
    }
  })();
  const refused = await runner.seal(never);
  goesOn = false;
  await writing;
  expect(refused).toMatchObject({ at: "refused", reason: { code: "engine/lock-budget" } });
  const blockers = refused.at === "refused" ? refused.blockers : [];
  expect(blockers.map(({ connectionId }) => connectionId)).toContain(holder.threadId);
  expect(longestMs).toBeLessThan(600);
  expect(await runner.look(never)).toBe("original");
  await holder.query("COMMIT");
  expect(await runner.seal(never)).toMatchObject({ at: "sealed" });
  await runner.finalise(never);
});

test("a REPEATABLE READ snapshot older than the last write to the shadow is counted in the seal's report", async () => {
  await using world = await filled("snapshot");
  await using runner = await world.runner({ settings: { snapshotWaitMs: 300 } });
  const old = await world.client();
  await old.query("START TRANSACTION WITH CONSISTENT SNAPSHOT");
  await runner.stage(never);
  const outcome = await runner.seal(never);
  expect(outcome).toMatchObject({ at: "sealed", report: { oldSnapshots: 1 } });
  // What the count is about: the shadow as of that snapshot has no rows, and no error says so.
  expect(await rowsOf(old, "t", "id").catch(() => ["refused by the server"])).not.toHaveLength(4);
  await old.query("COMMIT");
  expect(await rowsOf(old, "t", "id")).toHaveLength(4);
  await runner.finalise(never);
});

test("a runner with an older fencing token can neither stage nor seal nor clean up", async () => {
  await using world = await filled("fence");
  await using old = await world.runner({ fence: 5n });
  await old.stage(never);
  await using newer = await world.runner({ fence: 6n });
  expect(await newer.look(never)).toBe("original");
  await expect(old.seal(never)).rejects.toMatchObject({ code: "engine/fenced" });
  await expect(old.abandon(never)).rejects.toMatchObject({ code: "engine/fenced" });
  await using late = await world.runner({ fence: 4n });
  await expect(late.stage(never)).rejects.toMatchObject({ code: "engine/fenced" });
  await newer.stage(never);
  expect(await newer.seal(never)).toMatchObject({ at: "sealed" });
  expect((await newer.finalise(never)).left).toEqual([]);
});

test("abandoning leaves nothing of ours and the table as it was, twice the same", async () => {
  await using world = await filled("abandon");
  const client = await world.client();
  const before = await rowsOf(client, "t");
  await using runner = await world.runner();
  await runner.stage(never);
  expect(await runner.abandon(never)).toMatchObject({ left: [], kept: [] });
  expect((await ownDatabases(client)).filter((name) => name.includes(world.deployment))).toEqual([]);
  expect(await runner.abandon(never)).toMatchObject({ left: [] });
  expect(await rowsOf(client, "t")).toEqual(before);
  await expect(runner.finalise(never).then(({ left }) => left)).resolves.toEqual([]);
});

test("values that do not fit stop the staging with column and count, without a value", async () => {
  await using world = await filled("misfit", ["ALTER TABLE t MODIFY v VARCHAR(3) NOT NULL"]);
  await using runner = await world.runner();
  const error = await runner.stage(never).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "engine/data-does-not-fit", details: { column: "v", rows: 1, table: "t" } });
  expect(String(error)).not.toContain("cccc");
  expect(await runner.abandon(never)).toMatchObject({ left: [] });
});

test("a new unique key that the rows break stops the staging with the key's name", async () => {
  await using world = await filled("duplicate", ["ALTER TABLE t ADD UNIQUE KEY only_one (u)"]);
  await using runner = await world.runner();
  await expect(runner.stage(never)).rejects.toMatchObject({
    code: "engine/duplicate",
    details: { key: "only_one", groups: 1 },
  });
  expect(await runner.abandon(never)).toMatchObject({ left: [] });
});

test.each([["ALTER TABLE t ADD COLUMN other INT"], ["TRUNCATE TABLE t"], ["CREATE INDEX n ON t (n)"]])(
  "%s during the tail ends it, and the deployment can be abandoned",
  async (sql) => {
    await using world = await filled("ddl");
    await using runner = await world.runner();
    await runner.stage(never);
    const failure = runner.failure(AbortSignal.timeout(5000)).catch((error: unknown) => error);
    const client = await world.client();
    await client.query(sql);
    expect(await failure).toMatchObject({ code: "engine/ddl-seen" });
    await expect(runner.seal(never)).rejects.toMatchObject({ code: "engine/ddl-seen" });
    expect(await runner.abandon(never)).toMatchObject({ left: [] });
  },
);

test("a write logged as a statement ends the tail", async () => {
  await using world = await filled("statement");
  await using runner = await world.runner();
  await runner.stage(never);
  const failure = runner.failure(AbortSignal.timeout(5000)).catch((error: unknown) => error);
  const client = await world.client();
  await client.query("SET SESSION binlog_format = 'STATEMENT'");
  await client.query("INSERT INTO t (v) VALUES ('hidden')");
  expect(await failure).toMatchObject({ code: "engine/statement-logged" });
});

test("a row that the old definition does not take blocks the revert until it is mended", async () => {
  await using world = await filled("blocked");
  const client = await world.client();
  await using runner = await world.runner();
  await runner.stage(never);
  expect(await runner.seal(never)).toMatchObject({ at: "sealed" });
  await runner.openWindow(never);
  const [made] = await client.query<ResultSetHeader>("INSERT INTO t (v) VALUES (REPEAT('long', 10)), ('fits')");
  expect(await runner.revert(never)).toMatchObject({ at: "refused", reason: { code: "engine/revert-blocked" } });
  expect(runner.progress().blockedKeys).toBe(1);
  expect(await runner.look(never)).toBe("sealed");
  await client.query("UPDATE t SET v = 'short' WHERE id = ?", [made.insertId]);
  expect(await runner.revert(never)).toMatchObject({ at: "sealed" });
  expect(await rowsOf(client, "t", "v", "id DESC LIMIT 2")).toEqual(['{"v":"fits"}', '{"v":"short"}']);
  expect(await runner.abandon(never)).toMatchObject({ left: [] });
});

test("the counter of AUTO_INCREMENT goes on where it was, in both directions", async () => {
  await using world = await filled("counter");
  const client = await world.client();
  await client.query("INSERT INTO t (id, v) VALUES (500, 'x')");
  await client.query("DELETE FROM t WHERE id = 500");
  await using runner = await world.runner();
  await runner.stage(never);
  await runner.seal(never);
  await runner.openWindow(never);
  const [first] = await client.query<ResultSetHeader>("INSERT INTO t (v) VALUES ('y')");
  expect(first.insertId).toBe(501);
  await client.query("DELETE FROM t WHERE id = 501");
  await runner.revert(never);
  const [second] = await client.query<ResultSetHeader>("INSERT INTO t (v) VALUES ('z')");
  expect(second.insertId).toBe(502);
  await runner.abandon(never);
});

test("with keepOld the retired table stays, and finalising again finds nothing else", async () => {
  await using world = await filled("keep");
  const client = await world.client();
  await using runner = await world.runner({ settings: { keepOld: true } });
  await runner.stage(never);
  await runner.seal(never);
  const report = await runner.finalise(never);
  expect(report).toMatchObject({ left: [], kept: [`\`_sluice_${world.deployment}_old\`.\`t\``] });
  const own = (await ownDatabases(client)).filter((name) => name.includes(world.deployment));
  expect(own).toEqual([`_sluice_${world.deployment}_old`]);
  expect((await runner.finalise(never)).left).toEqual([]);
  await client.query(`DROP DATABASE _sluice_${world.deployment}_old`);
});

test("a row changed behind the binary log's back is found by the checksum, repaired and reported", async () => {
  await using world = await filled("checksum");
  const client = await world.client();
  await client.query("SET SESSION sql_log_bin = 0");
  // After the copy and before the comparison; this change leaves no event.
  const hide = (): Promise<unknown> => client.query("UPDATE t SET v = 'hidden' WHERE id = 2");
  const targets = world.targets().map((target) => afterStatement(target, /^ANALYZE/, hide));
  await using runner = await world.runner({ targets });
  const stage = await runner.stage(never);
  expect(stage.checksums).toMatchObject([{ table: "t", rows: 4, repaired: 1 }]);
  expect((await runner.abandon(never)).left).toEqual([]);
});

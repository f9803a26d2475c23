import { startMysql, type MysqlServer } from "#sandbox";
import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { never, openWorld, rowsOf } from "../support/engine.ts";

let server: MysqlServer;
beforeAll(async () => {
  server = await startMysql({ label: "engine-odd" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Numbered rows for INSERT ... SELECT. */
const NUMBERS = (count: number): string =>
  `WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;

async function writeWithoutEnd(client: Connection, sql: string, isOver: () => boolean): Promise<number> {
  let writes = 0;
  for (; !isOver(); writes += 1) await client.query(sql);
  return writes;
}

test("a row that is written all the time does not count as a divergence, and is right after the seal", async () => {
  await using world = await openWorld({
    servers: [server],
    name: "hot",
    before: ["CREATE TABLE t (id VARCHAR(20) PRIMARY KEY, n INT NOT NULL)"],
    alter: ["ALTER TABLE t MODIFY n BIGINT NOT NULL"],
  });
  const [client, writer] = [await world.client(), await world.client()];
  await client.query("INSERT INTO t VALUES ('counter', 0), ('calm', 7)");
  await using runner = await world.runner();
  let isOver = false;
  const writing = writeWithoutEnd(writer, "UPDATE t SET n = n + 1 WHERE id = 'counter'", () => isOver);
  const stage = await runner.stage(never).finally(() => (isOver = true));
  expect(stage.checksums).toMatchObject([{ rows: 2, repaired: 0 }]);
  const writes = await writing;
  expect(writes).toBeGreaterThan(10);
  expect(await runner.seal(never)).toMatchObject({ at: "sealed" });
  expect(await rowsOf(client, "t", "n", "id")).toEqual(['{"n":"7"}', `{"n":"${writes}"}`]);
  expect((await runner.finalise(never)).left).toEqual([]);
});

test("keys that are one key for their collation may be spelt in two ways among thousands that changed", async () => {
  await using world = await openWorld({
    servers: [server],
    name: "spelt",
    before: ["CREATE TABLE t (k VARCHAR(20) PRIMARY KEY, v INT NOT NULL UNIQUE, gone INT NOT NULL DEFAULT 5)"],
    alter: ["ALTER TABLE t MODIFY v BIGINT NOT NULL, DROP COLUMN gone"],
  });
  const client = await world.client();
  await client.query("SET SESSION cte_max_recursion_depth = 10000");
  await client.query(`INSERT INTO t (k, v, gone) ${NUMBERS(2500)} SELECT CONCAT('k', i), i, 6 FROM n`);
  await using runner = await world.runner();
  await runner.stage(never);
  // One transaction, so that all keys are in one flush; exchanged unique values, so that they go only together.
  await client.query("BEGIN");
  await client.query("UPDATE t SET v = -v");
  await client.query("UPDATE t SET v = 2501 + v");
  await client.query("UPDATE t SET k = UPPER(k)");
  await client.query("COMMIT");
  expect(await runner.seal(never)).toMatchObject({ at: "sealed" });
  expect(await rowsOf(client, "t WHERE BINARY k LIKE 'K%'", "COUNT(*) AS n")).toEqual(['{"n":"2500"}']);
  await runner.openWindow(never);
  await client.query("BEGIN");
  await client.query("UPDATE t SET v = -v");
  await client.query("UPDATE t SET v = 2501 + v");
  await client.query("UPDATE t SET k = LOWER(k)");
  await client.query("COMMIT");
  expect(await runner.revert(never)).toMatchObject({ at: "sealed" });
  expect(await rowsOf(client, "t WHERE BINARY k LIKE 'k%' AND gone = 6", "COUNT(*) AS n")).toEqual(['{"n":"2500"}']);
  expect((await runner.finalise(never)).left).toEqual([]);
});

test("a server that rebuilds the shadow for an index, under a new table id, does not cost the staging at the next start", async () => {
  await using world = await openWorld({
    servers: [server],
    name: "rebuilt",
    before: ["CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(40) NOT NULL)"],
    alter: ["ALTER TABLE t ADD COLUMN note TEXT, ADD KEY v (v)"],
  });
  const client = await world.client();
  await client.query("INSERT INTO t VALUES (1, 'one'), (2, 'two')");
  await client.query("SET GLOBAL old_alter_table = ON");
  {
    await using runner = await world.runner();
    await runner.stage(never);
    expect(runner.progress().tables).toMatchObject([{ state: "equal" }]);
  }
  await client.query("SET GLOBAL old_alter_table = OFF");
  await client.query("UPDATE t SET v = 'changed' WHERE id = 2");
  await using again = await world.runner({ fence: 2n });
  await again.stage(never);
  expect(await again.seal(never)).toMatchObject({ at: "sealed" });
  expect(await again.look(never)).toBe("sealed");
  expect(await rowsOf(client, "t", "v", "id")).toEqual(['{"v":"one"}', '{"v":"changed"}']);
  expect((await again.finalise(never)).left).toEqual([]);
});

test("a key other than PRIMARY needs whole row images, which preflight says", async () => {
  await using world = await openWorld({
    servers: [server],
    name: "image",
    before: ["CREATE TABLE t (code VARCHAR(20) NOT NULL, v INT, UNIQUE KEY code (code))"],
    alter: ["ALTER TABLE t MODIFY v BIGINT"],
  });
  const client = await world.client();
  await client.query("SET GLOBAL binlog_row_image = 'MINIMAL'");
  await using runner = await world.runner();
  const reasons = await runner.preflight(never);
  await client.query("SET GLOBAL binlog_row_image = 'FULL'");
  expect(reasons).toMatchObject([{ code: "engine/binlog-row-image", paste: "SET PERSIST binlog_row_image = 'FULL';" }]);
  expect(await runner.preflight(never)).toEqual([]);
});

test("tables that wait for their turn have their estimates from the beginning", async () => {
  await using world = await openWorld({
    servers: [server],
    name: "estimates",
    before: [
      "CREATE TABLE a (id INT PRIMARY KEY, v VARCHAR(40))",
      "CREATE TABLE b (id INT PRIMARY KEY, v VARCHAR(40))",
    ],
    alter: ["ALTER TABLE a MODIFY v VARCHAR(90)", "ALTER TABLE b MODIFY v VARCHAR(90)"],
  });
  const client = await world.client();
  await client.query("SET SESSION cte_max_recursion_depth = 10000");
  for (const table of ["a", "b"]) {
    await client.query(`INSERT INTO ${table} ${NUMBERS(3000)} SELECT i, 'x' FROM n`);
    await client.query(`ANALYZE TABLE ${table}`);
  }
  await using runner = await world.runner({ settings: { chunkRows: { first: 50, most: 50 }, copyConnections: 1 } });
  const staged = runner.stage(never);
  const states = (): string[] => runner.progress().tables.map(({ state }) => state);
  while (!states().includes("copying")) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(states()).toContain("waiting");
  for (const { rowsEstimated } of runner.progress().tables) expect(rowsEstimated).toBeGreaterThan(1000);
  await staged;
  expect((await runner.abandon(never)).left).toEqual([]);
});

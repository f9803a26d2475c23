import { startMysql, type MysqlServer } from "#sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { never, openWorld, ownDatabases, rowsOf } from "../support/engine.ts";

let server: MysqlServer;
beforeAll(async () => {
  server = await startMysql({ label: "engine" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const BEFORE = [
  "CREATE TABLE customers (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) NOT NULL, email VARCHAR(80) NOT NULL, legacy INT NOT NULL DEFAULT 7, UNIQUE KEY email (email), KEY name (name))",
  "CREATE TABLE gone (id INT PRIMARY KEY, v INT)",
];
const ALTER = [
  "ALTER TABLE customers MODIFY name VARCHAR(200) NOT NULL, ADD COLUMN note VARCHAR(100) NULL, DROP COLUMN legacy, ADD KEY note (note)",
  "DROP TABLE gone",
  "CREATE TABLE fresh (id INT PRIMARY KEY)",
];

async function fill(world: Awaited<ReturnType<typeof openWorld>>): Promise<void> {
  const client = await world.client();
  await client.query("SET SESSION cte_max_recursion_depth = 100000");
  await client.query(
    "INSERT INTO customers (name, email, legacy) WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT CONCAT('n', i), CONCAT('e', i), i FROM n",
  );
  await client.query("INSERT INTO gone VALUES (1, 1)");
}

test("a deployment is staged, sealed, written to, reverted without losing a write, and cleaned up", async () => {
  await using world = await openWorld({ servers: [server], name: "life", before: BEFORE, alter: ALTER });
  await fill(world);
  const client = await world.client();
  await using runner = await world.runner();
  expect(await runner.preflight(never)).toEqual([]);
  const stage = await runner.stage(never);
  expect(stage.rows).toBe(5000);
  await client.query("UPDATE customers SET name = 'changed' WHERE id = 3");
  await client.query("DELETE FROM customers WHERE id = 4");
  const outcome = await runner.seal(never);
  expect(outcome.at).toBe("sealed");
  expect(await runner.look(never)).toBe("sealed");
  expect(await rowsOf(client, "customers", "*", "id LIMIT 1")).toEqual([
    '{"id":"1","name":"n1","email":"e1","note":null}',
  ]);
  await runner.openWindow(never);
  await client.query("INSERT INTO customers (name, email, note) VALUES ('new', 'new', 'x')");
  await client.query("UPDATE customers SET name = 'again' WHERE id = 5");
  await client.query("DELETE FROM customers WHERE id = 6");
  const reverted = await runner.revert(never);
  expect(reverted.at).toBe("sealed");
  expect(await runner.look(never)).toBe("reverted");
  expect(await rowsOf(client, "customers", "id, name, legacy", "id LIMIT 5")).toEqual([
    '{"id":"1","name":"n1","legacy":1}',
    '{"id":"2","name":"n2","legacy":2}',
    '{"id":"3","name":"changed","legacy":3}',
    '{"id":"5","name":"again","legacy":5}',
    '{"id":"7","name":"n7","legacy":7}',
  ]);
  expect(await rowsOf(client, "customers", "name, legacy", "id DESC LIMIT 1")).toEqual(['{"name":"new","legacy":7}']);
  expect(await rowsOf(client, "gone")).toEqual(['{"id":1,"v":1}']);
  const clean = await runner.finalise(never);
  expect(clean.left).toEqual([]);
  // The one value that only the new shape could hold is not lost with it; the table that nobody wrote to is.
  const [vault = ""] = await ownDatabases(client);
  expect(await ownDatabases(client)).toEqual([expect.stringMatching(/^_sluice_.*_new/)]);
  expect(clean.kept).toEqual([`\`${vault}\`.\`customers\``]);
  expect(clean.dropped).toEqual([`\`${vault}\`.\`fresh\``]);
  expect(await rowsOf(client, `\`${vault}\`.customers`, "name, note", "id DESC LIMIT 1")).toEqual([
    '{"name":"new","note":"x"}',
  ]);
  await client.query(`DROP DATABASE \`${vault}\``);
});

test("rows of a created table outlive its revert, and nothing is kept of tables without values of their own", async () => {
  await using world = await openWorld({ servers: [server], name: "vault", before: BEFORE, alter: ALTER });
  await fill(world);
  const client = await world.client();
  await using runner = await world.runner();
  await runner.stage(never);
  expect((await runner.seal(never)).at).toBe("sealed");
  await runner.openWindow(never);
  await client.query("INSERT INTO fresh VALUES (41), (42)");
  await client.query("INSERT INTO customers (name, email) VALUES ('new', 'new')");
  expect((await runner.revert(never)).at).toBe("sealed");
  const clean = await runner.abandon(never);
  expect(clean.left).toEqual([]);
  const [vault = ""] = await ownDatabases(client);
  expect(clean.kept).toEqual([`\`${vault}\`.\`fresh\``]);
  expect(await rowsOf(client, `\`${vault}\`.fresh`)).toEqual(['{"id":41}', '{"id":42}']);
  expect(await rowsOf(client, "customers", "name", "id DESC LIMIT 1")).toEqual(['{"name":"new"}']);
  await client.query(`DROP DATABASE \`${vault}\``);
});

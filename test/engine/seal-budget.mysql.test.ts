import { startMysql, type MysqlServer } from "#sandbox";
import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectTo, never, openWorld } from "../support/engine.ts";
import { afterStatement } from "../support/engine-hooks.ts";

let servers: MysqlServer[];
beforeAll(async () => {
  servers = await Promise.all([startMysql({ label: "budget-a" }), startMysql({ label: "budget-b" })]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
});

async function longestWrite(client: Connection, isOver: () => boolean): Promise<number> {
  let longest = 0;
  while (!isOver()) {
    const from = performance.now();
    await client.query("UPDATE t SET v = v + 1 WHERE id = 1");
    longest = Math.max(longest, performance.now() - from);
  }
  return longest;
}

test("a barrier that one server holds up gives every shard its tables back within the budget, and a later seal succeeds", async () => {
  await using world = await openWorld({
    servers,
    name: "budget",
    before: ["CREATE TABLE t (id INT PRIMARY KEY, v INT NOT NULL)"],
    alter: ["ALTER TABLE t MODIFY v BIGINT NOT NULL"],
  });
  const clients = await Promise.all([0, 1].map((i) => world.client(i)));
  for (const client of clients) await client.query("INSERT INTO t VALUES (1, 0)");
  const [, second] = servers;
  if (second === undefined) throw new TypeError("no second server");
  const holder = await connectTo(second, "");
  let isHeld = true;
  const targets = world
    .targets()
    .map((target, i) =>
      afterStatement(
        target,
        /^LOCK TABLES/,
        async () => i === 1 && isHeld && holder.query("LOCK TABLES _sluice.heartbeat READ"),
      ),
    );
  await using runner = await world.runner({ targets, settings: { sealBudgetMs: 700, sealAttempts: 1 } });
  await runner.stage(never);
  let isOver = false;
  const writing = Promise.all(clients.map((client) => longestWrite(client, () => isOver)));
  const outcome = await runner.seal(never).finally(() => (isOver = true));
  expect(outcome).toMatchObject({ at: "refused", reason: { code: "engine/drain-budget" } });
  for (const longest of await writing) {
    expect(longest).toBeGreaterThan(300);
    expect(longest).toBeLessThan(2000);
  }
  expect(await runner.look(never)).toBe("original");
  isHeld = false;
  await holder.query("UNLOCK TABLES");
  expect(await runner.seal(never)).toMatchObject({ at: "sealed" });
  holder.destroy();
  expect((await runner.finalise(never)).left).toEqual([]);
});

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMysql, type MysqlServer } from "#sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { never, openWorld, ownDatabases, rowsOf, type World } from "../support/engine.ts";

let server: MysqlServer;
const folder = mkdtempSync(join(tmpdir(), "sluice-engine-"));
beforeAll(async () => {
  server = await startMysql({ label: "engine-sigkill" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const ROWS = 6000;

/** Runs the deployment in a child and kills that when it says `word`. */
async function killAt(world: World, word: string): Promise<void> {
  const file = join(folder, `${world.deployment}.json`);
  const shards = world.databases.map(({ shard, database }) => ({ shard, dsn: server.dsn(database) }));
  writeFileSync(file, JSON.stringify({ deployment: world.deployment, changes: world.changes, shards }));
  const script = join(import.meta.dirname, "../support/engine-child.ts");
  const child = spawn(process.execPath, ["--conditions=source", script, file], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (said.split("\n").includes(word)) child.kill("SIGKILL");
  });
  const signal = await new Promise((resolve) => child.on("exit", (_, by) => resolve(by)));
  if (signal !== "SIGKILL") throw new TypeError(`the child ended by itself: ${said}`);
}

test.each(["copying", "staged", "sealed", "window"])(
  "after a SIGKILL at `%s` another process goes on from there and loses nothing",
  async (word) => {
    await using world = await openWorld({
      servers: [server, server],
      name: `sig_${word}`,
      before: ["CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(20) NOT NULL, gone INT DEFAULT 7)"],
      alter: ["ALTER TABLE t DROP COLUMN gone, ADD COLUMN note VARCHAR(10)"],
    });
    const clients = [await world.client(0), await world.client(1)];
    for (const client of clients) {
      await client.query("SET SESSION cte_max_recursion_depth = 10000");
      await client.query(
        `INSERT INTO t (v, gone) WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS}) SELECT CONCAT('v', i), i FROM n`,
      );
    }
    await killAt(world, word);
    for (const client of clients) await client.query("UPDATE t SET v = 'while nobody looked' WHERE id IN (1, 5999)");
    await using next = await world.runner({ fence: 2n });
    const owner = await next.look(never);
    expect(["copying", "staged"].includes(word) ? ["original", "sealed"] : ["sealed"]).toContain(owner);
    const copied = owner === "original" ? await copiedRows(world) : 1;
    expect(copied).toBeGreaterThan(0);
    const stage = owner === "original" ? await next.stage(never) : { rows: 2 * ROWS };
    expect(stage).toMatchObject({ rows: 2 * ROWS });
    const seal = owner === "original" ? await next.seal(never) : { at: "sealed" };
    expect(seal).toMatchObject({ at: "sealed" });
    await next.openWindow(never);
    for (const client of clients) await client.query("DELETE FROM t WHERE id = 2");
    expect(await next.revert(never)).toMatchObject({ at: "sealed" });
    for (const client of clients) {
      expect(await rowsOf(client, "t", "COUNT(*) AS n, SUM(gone) AS s")).toEqual([
        JSON.stringify({ n: String(ROWS - 1), s: String((ROWS * (ROWS + 1)) / 2 - 2) }),
      ]);
      expect(await rowsOf(client, "t WHERE v = 'while nobody looked'", "id", "id")).toEqual([
        '{"id":1}',
        '{"id":5999}',
      ]);
    }
    expect((await next.abandon(never)).left).toEqual([]);
    expect(await ownDatabases(await world.client())).toEqual([]);
  },
);

async function copiedRows(world: World): Promise<number> {
  const client = await world.client();
  const [row] = await rowsOf(client, "_sluice.progress", "SUM(rows_copied) AS n");
  return Number((JSON.parse(row ?? "{}") as { n?: string }).n);
}

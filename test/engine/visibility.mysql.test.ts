import { startMysql, type MysqlServer } from "#sandbox";
import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { never, openWorld, rowsOf } from "../support/engine.ts";

let server: MysqlServer;
beforeAll(async () => {
  server = await startMysql({ label: "engine-visibility" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const STALL_MS = 1500;

/** From now on a commit is in the binary log long before its rows are visible: semi-sync with no replica to answer. */
async function stallCommits(client: Connection): Promise<void> {
  await client.query(`SET GLOBAL rpl_semi_sync_source_timeout = ${STALL_MS}`);
  await client.query("SET GLOBAL rpl_semi_sync_source_wait_no_replica = ON");
  await client.query("SET GLOBAL rpl_semi_sync_source_enabled = ON");
}

/** Semi-sync gives up after the first stall; switched off and on it stalls once more. */
async function stopStalling(client: Connection): Promise<void> {
  await client.query("SET GLOBAL rpl_semi_sync_source_enabled = OFF");
}

test("a row that is in the binary log but not yet visible is neither missed by the copy nor by the tail", async () => {
  await using world = await openWorld({
    servers: [server],
    name: "visible",
    before: ["CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(40) NOT NULL)"],
    alter: ["ALTER TABLE t MODIFY v VARCHAR(90) NOT NULL"],
  });
  const [admin, writer] = [await world.client(), await world.client()];
  const library = await admin
    .query("INSTALL PLUGIN rpl_semi_sync_source SONAME 'semisync_source.so'")
    .catch((error: unknown) => error);
  expect(library).not.toBeInstanceOf(Error);
  await admin.query("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
  await using runner = await world.runner();
  expect(await runner.preflight(never)).toEqual([]);

  await stallCommits(admin);
  const beforeCopy = writer.query("INSERT INTO t VALUES (3, 'stalled before the copy')");
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await rowsOf(admin, "t", "id")).toHaveLength(2);
  const stage = await runner.stage(never);
  expect(stage.checksums).toMatchObject([{ rows: 3, repaired: 0 }]);
  await beforeCopy;
  await stopStalling(admin);

  await stallCommits(admin);
  const inTail = writer.query("UPDATE t SET v = 'stalled in the tail' WHERE id = 1");
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await rowsOf(admin, "t", "v", "id LIMIT 1")).toEqual(['{"v":"a"}']);
  await inTail;
  await stopStalling(admin);

  expect(await runner.seal(never)).toMatchObject({ at: "sealed" });
  expect(await rowsOf(admin, "t", "v", "id")).toEqual([
    '{"v":"stalled in the tail"}',
    '{"v":"b"}',
    '{"v":"stalled before the copy"}',
  ]);
  await runner.finalise(never);
});

import {
  type FilledRows,
  createShop,
  fillShop,
  type MysqlServer,
  type ShopClients,
  startMysql,
  startShopClients,
} from "#sandbox";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROWS = 4000;
let server: MysqlServer;
let filled: FilledRows;
let shards: string[];

beforeAll(async () => {
  server = await startMysql({ label: "shop" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Two fresh databases of one server stand for two shards. */
async function freshShop(name: string): Promise<void> {
  shards = [server.dsn(`${name}_0`), server.dsn(`${name}_1`)];
  for (const dsn of shards) await createShop(dsn);
  filled = (await fillShop({ shards, rows: ROWS })).perShard;
}

async function sql(dsn: string, text: string): Promise<RowDataPacket[]> {
  const connection = await createConnection(dsn);
  try {
    const [rows] = await connection.query<RowDataPacket[]>(text);
    return rows;
  } finally {
    await connection.end();
  }
}

async function untilWritten(clients: ShopClients, count: number): Promise<void> {
  await expect.poll(() => clients.written(), { timeout: 20_000 }).toBeGreaterThan(count);
}

test("filling is repeatable: the same seed gives the same rows on another server's database", async () => {
  await freshShop("first");
  const sums = "SELECT COUNT(*) AS n, SUM(row_check) AS sum FROM carts";
  const first = await sql(shards[0] ?? "", sums);
  await freshShop("second");
  expect(await sql(shards[0] ?? "", sums)).toEqual(first);
  expect(await sql(shards[1] ?? "", sums)).not.toEqual(first);
  expect(first[0]?.["n"]).toBe(filled["carts"]);
});

test("undisturbed clients lose nothing, see no mixed shapes and meet no error", async () => {
  await freshShop("calm");
  const clients = await startShopClients({ shards, filled, pauseMs: 2, signal: AbortSignal.timeout(60_000) });
  await untilWritten(clients, 1500);
  const report = await clients.stop();
  expect(report).toMatchObject({ rowsLost: 0, rowsDifferent: 0, clientErrors: 0, mixedReads: 0, incidents: [] });
  for (const done of [report.inserts, report.updates, report.deletes, report.transactions, report.reads])
    expect(done).toBeGreaterThan(20);
  expect(report.rowsChecked).toBe(ROWS + report.inserts - report.deletes);
  expect(report.longestWaitMs).toBeGreaterThan(0);
});

test("rows deleted, changed or brought back behind the clients' back are noticed", async () => {
  await freshShop("tampered");
  const abort = new AbortController();
  const clients = await startShopClients({ shards, filled, pauseMs: 2, signal: abort.signal });
  await untilWritten(clients, 500);
  abort.abort();
  await sleep(500);
  const [first = "", second = ""] = shards;
  // Two that were written last (lost), one of the filled (lost), one changed, one with a mended checksum, one nobody wrote.
  await sql(first, "DELETE FROM carts ORDER BY id DESC LIMIT 2");
  await sql(second, "DELETE FROM stock_movements ORDER BY id LIMIT 1");
  await sql(second, "UPDATE carts SET total = total + 1 ORDER BY id DESC LIMIT 1");
  await sql(first, "UPDATE stock_movements SET row_check = row_check ^ 1 ORDER BY id LIMIT 1");
  await sql(
    first,
    "INSERT INTO reviews SELECT id + 5000000, product_id, author, title, rating, body, helpful, written_at, row_check FROM reviews LIMIT 1",
  );
  expect(await clients.stop()).toMatchObject({ rowsLost: 3, rowsDifferent: 3, clientErrors: 0, mixedReads: 0 });
});

test("a change that comes and goes behind locks on all tables of all shards is no mixed read and no error", async () => {
  await freshShop("atomic");
  for (const dsn of shards) await sql(dsn, "CREATE TABLE hidden_coupons (code INT PRIMARY KEY)");
  const clients = await startShopClients({ shards, filled, pauseMs: 3, signal: AbortSignal.timeout(90_000) });
  await untilWritten(clients, 200);
  await behindLocks("hidden_coupons", [
    "ALTER TABLE carts ADD COLUMN coupon_code VARCHAR(32)",
    "ALTER TABLE reviews MODIFY title VARCHAR(200) NOT NULL",
    "ALTER TABLE stock_movements ADD KEY w (warehouse, moved_at)",
    "RENAME TABLE hidden_coupons TO coupons",
  ]);
  await untilWritten(clients, clients.written() + 200);
  clients.expect("out");
  await behindLocks("coupons", [
    "RENAME TABLE coupons TO hidden_coupons",
    "ALTER TABLE stock_movements DROP KEY w",
    "ALTER TABLE reviews MODIFY title VARCHAR(80) NOT NULL",
    "ALTER TABLE carts DROP COLUMN coupon_code",
  ]);
  await untilWritten(clients, clients.written() + 200);
  const report = await clients.stop();
  expect(report).toMatchObject({ incidents: [], rowsLost: 0, rowsDifferent: 0, clientErrors: 0, mixedReads: 0 });
  expect(report.longestWaitMs).toBeGreaterThan(20);
});

/** Locks the tables of all shards, then does the statements everywhere, then unlocks; gives up and retries, as a seal does. */
async function behindLocks(created: string, statements: readonly string[]): Promise<void> {
  const sessions = await Promise.all(shards.map((dsn) => createConnection(dsn)));
  const lock = `LOCK TABLES carts WRITE, reviews WRITE, stock_movements WRITE, ${created} WRITE`;
  for (const session of sessions) await session.query("SET SESSION lock_wait_timeout = 1");
  for (;;) {
    const locked = await Promise.allSettled(sessions.map((session) => session.query(lock)));
    if (locked.every(({ status }) => status === "fulfilled")) break;
    await Promise.all(sessions.map((session) => session.query("UNLOCK TABLES")));
    await sleep(100);
  }
  for (const session of sessions) for (const statement of statements) await session.query(statement);
  await Promise.all(sessions.map((session) => session.query("UNLOCK TABLES")));
  for (const session of sessions) session.destroy();
}

test.each([
  ["an added column", "carts", "ALTER TABLE carts ADD COLUMN coupon_code VARCHAR(32)"],
  ["a widened column", "reviews", "ALTER TABLE reviews MODIFY title VARCHAR(200) NOT NULL"],
  ["a new index", "stock_movements", "ALTER TABLE stock_movements ADD KEY w (warehouse, moved_at)"],
  ["a new table", "coupons", "CREATE TABLE coupons (code INT PRIMARY KEY)"],
])("%s on one shard only is a mixed read to both readers", async (_what, table, ddl) => {
  await freshShop(`mixed_${table}`);
  const clients = await startShopClients({ shards, filled, pauseMs: 5, signal: AbortSignal.timeout(60_000) });
  await untilWritten(clients, 50);
  expect(clients.stats().mixedReads).toBe(0);
  await sql(shards[0] ?? "", ddl);
  await expect.poll(() => clients.stats().mixedReads, { timeout: 10_000 }).toBeGreaterThan(4);
  const report = await clients.stop();
  expect(report.incidents.join("\n")).toMatch(/in transactions: .*new/);
  expect(report.incidents.join("\n")).toMatch(/one by one: new/);
  expect(report).toMatchObject({ rowsLost: 0, rowsDifferent: 0, clientErrors: 0 });
});

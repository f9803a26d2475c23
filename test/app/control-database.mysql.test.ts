import { silentLog, systemClock } from "#kernel";
import { startMysql, type MysqlServer } from "#sandbox";
import { openControl } from "#store";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bringControlDatabaseUp, shippedControlSchema, type ControlSchema } from "../../src/app/control-database.ts";

let server: MysqlServer;
let shipped: ControlSchema;

beforeAll(async () => {
  server = await startMysql({ label: "control-database" });
  shipped = await shippedControlSchema();
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const bring = (database: string, schema?: ControlSchema): Promise<readonly string[]> =>
  bringControlDatabaseUp({
    dsn: server.dsn(database),
    clock: systemClock,
    log: silentLog,
    ...(schema === undefined ? {} : { schema }),
  });

async function query(database: string | undefined, sql: string): Promise<readonly RowDataPacket[]> {
  const connection = await createConnection(server.dsn(database));
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows;
  } finally {
    await connection.end();
  }
}

const changed = (over: Partial<ControlSchema>, table: string, from: string, to: string): ControlSchema => ({
  ...shipped,
  ...over,
  tables: shipped.tables.map((one) => (one.name === table ? { ...one, sql: one.sql.replace(from, to) } : one)),
});

test("an empty server gets the database and all its tables, and the next start finds nothing to do", async () => {
  const statements = await bring("fresh");
  expect(statements).toHaveLength(shipped.tables.length);
  await using control = await openControl({ dsn: server.dsn("fresh"), clock: systemClock, log: silentLog });
  expect(await control.deployments.list({})).toEqual([]);
  expect(await bring("fresh")).toEqual([]);
});

test("many starters at once wait for each other and one does the work", async () => {
  const runs = await Promise.all([1, 2, 3, 4].map(() => bring("crowd")));
  expect(runs.map((statements) => statements.length).sort((a, b) => b - a)).toEqual([shipped.tables.length, 0, 0, 0]);
});

test("an addition is applied to the tables as they are, rows and all", async () => {
  await bring("grows");
  await query("grows", "INSERT INTO counter VALUES ('kept', 7)");
  const newer = changed(
    { number: 2 },
    "counter",
    "  PRIMARY KEY (`name`)",
    "  `note` varchar(40) DEFAULT NULL,\n  `since` int NOT NULL DEFAULT '0',\n  PRIMARY KEY (`name`),\n  KEY `by_value` (`value`)",
  );
  const extra = { ...newer, tables: [...newer.tables, { kind: "table", name: "more", sql: MORE } as const] };
  const statements = await bring("grows", extra);
  expect(statements.join("\n")).toMatch(
    /ADD COLUMN `note`[^]*ADD KEY `by_value`[^]*CREATE TABLE `more`|CREATE TABLE `more`[^]*ADD COLUMN `note`/,
  );
  expect(await query("grows", "SELECT * FROM counter")).toEqual([{ name: "kept", value: 7, note: null, since: 0 }]);
  expect(await bring("grows", extra)).toEqual([]);
  // The release before it goes on working, since the newer one only added.
  expect(await bring("grows")).toEqual([]);
  expect(await query("grows", "SELECT COUNT(*) AS n FROM more")).toEqual([{ n: 0 }]);
});

test.each<[string, string, string, string]>([
  ["a changed type", "counter", "`value` bigint unsigned NOT NULL", "`value` int unsigned NOT NULL"],
  ["a column less", "event", "  `payload` smallint unsigned NOT NULL COMMENT 'version of the shape of data',\n", ""],
  ["a column old rows cannot have", "counter", "  PRIMARY KEY", "  `n` int NOT NULL,\n  PRIMARY KEY"],
  ["a new unique key", "counter", "(`name`)", "(`name`),\n  UNIQUE KEY `v` (`value`)"],
])("%s is refused with the plan, and nothing is done", async (_why, table, from, to) => {
  const database = `refused_${table}_${to.length}`;
  await bring(database);
  const before = await query(database, `SHOW CREATE TABLE ${table}`);
  const refusal = await bring(database, changed({ number: 2 }, table, from, to)).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: "app/control-needs-more", hint: expect.stringContaining("ALTER TABLE") });
  expect(await query(database, `SHOW CREATE TABLE ${table}`)).toEqual(before);
});

test("a database of somebody else is left alone", async () => {
  await query(undefined, "CREATE DATABASE someone");
  await query("someone", "CREATE TABLE customers (id int PRIMARY KEY)");
  await expect(bring("someone")).rejects.toMatchObject({
    code: "app/control-needs-more",
    message: expect.stringContaining("customers"),
  });
  expect(await query("someone", "SHOW TABLES")).toHaveLength(1);
});

test("a database that a newer Sluice closed to this one is refused", async () => {
  await bring("future", { ...shipped, number: 3, oldest: 2 });
  await expect(bring("future")).rejects.toMatchObject({ code: "app/control-too-new", next: "stop" });
});

test("an account that may not create the database is told so, without its password", async () => {
  await query(undefined, "CREATE USER 'small'@'%' IDENTIFIED BY 'hush-hush'");
  const dsn = server.dsn("missing").replace("root@", "small:hush-hush@");
  const refusal = await bringControlDatabaseUp({ dsn, clock: systemClock, log: silentLog }).catch(
    (error: unknown) => error,
  );
  expect(refusal).toMatchObject({ code: expect.stringMatching(/^drivers\//) });
  expect(JSON.stringify(refusal) + String(refusal)).not.toContain("hush-hush");
});

const MORE =
  "CREATE TABLE `more` (\n  `id` int NOT NULL,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";

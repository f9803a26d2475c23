import { afterAll, beforeAll, expect, test } from "vitest";
import { openLiveDatabase, openScratch, openSession, parseDsn } from "#drivers";
import { silentLog, systemClock } from "#kernel";
import { startMysql, type MysqlServer } from "#sandbox";
import type { AuthoredStatement } from "#schema";

const signal = AbortSignal.timeout(120_000);
const defaults = { charset: "utf8mb4", collation: "utf8mb4_0900_ai_ci" };
let server: MysqlServer;

beforeAll(async () => {
  server = await startMysql({ label: "scratch", args: ["--event-scheduler=OFF"] });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

function statement(kind: AuthoredStatement["kind"], name: string, sql: string): AuthoredStatement {
  return { kind, name, sql, place: { file: `${name}.sql`, line: 1 }, annotations: [] };
}

function scratch(more: { readonly targetServerIds?: readonly string[]; readonly statementLimitMs?: number } = {}) {
  return openScratch({ dsn: server.dsn(), targetServerIds: [], log: silentLog, clock: systemClock, ...more });
}

async function databases(): Promise<string[]> {
  await using session = await openSession({ dsn: parseDsn(server.dsn()), database: "", clock: systemClock }, signal);
  const rows = await session.query("SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA ORDER BY 1");
  return rows.map((row) => String(row["name"])).filter((name) => name.startsWith("_sluice"));
}

const EVERY_KIND = [
  statement(
    "view",
    "paid",
    "CREATE VIEW paid AS SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id",
  ),
  statement("view", "a_first_view", "CREATE VIEW a_first_view AS SELECT id FROM paid"),
  statement(
    "table",
    "orders",
    "CREATE TABLE orders (id BIGINT PRIMARY KEY, customer_id INT NOT NULL, total DECIMAL(9,2), FOREIGN KEY (customer_id) REFERENCES customers (id))",
  ),
  statement("table", "customers", "CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(20) CHARACTER SET latin1)"),
  statement("alter-table", "customers", "ALTER TABLE customers ADD COLUMN born DATE DEFAULT '2000-01-01'"),
  statement("create-index", "by_name", "CREATE INDEX by_name ON customers (name)"),
  statement(
    "trigger",
    "trim_name",
    "CREATE TRIGGER trim_name BEFORE INSERT ON customers FOR EACH ROW SET NEW.name = TRIM(NEW.name)",
  ),
  statement("procedure", "tidy", "CREATE PROCEDURE tidy() BEGIN DELETE FROM orders WHERE total = 0; END"),
  statement("function", "twice", "CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN n * 2"),
  statement(
    "event",
    "nightly",
    "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO CALL tidy()",
  ),
];

test("authored statements in any order come back as the server prints them, with their places", async () => {
  const result = await scratch().canonicalise({ statements: EVERY_KIND, ...defaults }, signal);
  if (result.at === "refused") throw new TypeError(JSON.stringify(result.problems));
  expect(result.schema.objects.map(({ kind, name, place }) => `${kind} ${name} ${place?.file}`)).toEqual([
    "view a_first_view a_first_view.sql",
    "table customers customers.sql",
    "table orders orders.sql",
    "view paid paid.sql",
    "trigger trim_name trim_name.sql",
    "function twice twice.sql",
    "procedure tidy tidy.sql",
    "event nightly nightly.sql",
  ]);
  const customers = result.schema.objects.find(({ name }) => name === "customers");
  expect(customers?.sql).toContain("`name` varchar(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL,\n");
  expect(customers?.sql).toContain("KEY `by_name` (`name`)");
  expect(result.schema.objects.map(({ sql }) => sql).join("\n")).not.toContain("_sluice_scratch");
  expect(result.schema).toMatchObject({ flavour: "mysql", ...defaults });
  expect(await databases()).toEqual([]);
});

test("what the server refuses is named with its place and the server's reason", async () => {
  const statements = [
    statement("table", "good", "CREATE TABLE good (id INT PRIMARY KEY)"),
    statement("table", "bad", "CREATE TABLE bad (id INT PRIMARY KEY, UNIQUE (nothing))"),
    statement("view", "blind", "CREATE VIEW blind AS SELECT * FROM nowhere"),
  ];
  const result = await scratch().canonicalise({ statements, ...defaults }, signal);
  expect(result).toMatchObject({
    at: "refused",
    problems: [
      {
        code: "drivers/statement-refused",
        message: "table bad: Key column 'nothing' doesn't exist in table (1072)",
        where: { file: "bad.sql" },
      },
      {
        code: "drivers/statement-refused",
        message: "view blind: Table 'nowhere' doesn't exist (1146)",
        where: { file: "blind.sql" },
      },
    ],
  });
  expect(await databases()).toEqual([]);
});

const CHILD = "CREATE TABLE child (id INT PRIMARY KEY, p INT, CONSTRAINT fk FOREIGN KEY (p) REFERENCES parent (n))";

test.each<[string, readonly AuthoredStatement[], string, string]>([
  [
    "table is missing",
    [statement("table", "child", CHILD)],
    "child.sql",
    "Foreign key fk of child references table parent, which does not exist",
  ],
  [
    "index is missing, child first",
    [
      statement("table", "child", CHILD),
      statement("table", "parent", "CREATE TABLE parent (id INT PRIMARY KEY, n INT)"),
    ],
    "parent.sql",
    "Missing unique key",
  ],
  [
    "index is missing, parent first",
    [
      statement("table", "parent", "CREATE TABLE parent (id INT PRIMARY KEY, n INT)"),
      statement("table", "child", CHILD),
    ],
    "child.sql",
    "Missing unique key",
  ],
])(
  "a foreign key whose parent %s is refused although checks are off while loading",
  async (_why, statements, file, problem) => {
    const result = await scratch().canonicalise({ statements, ...defaults }, signal);
    if (result.at === "canonical") throw new TypeError("it was taken");
    expect(result.problems.map(({ where }) => where?.file)).toEqual([file]);
    expect(result.problems[0]?.message).toContain(problem);
  },
);

test("a statement over its time is refused and leaves nothing behind", async () => {
  const statements = [
    statement("table", "slow", "CREATE TABLE slow AS SELECT SLEEP(20) AS s FROM information_schema.COLLATIONS"),
  ];
  const started = systemClock.monotonicMs();
  const result = await scratch({ statementLimitMs: 300 }).canonicalise({ statements, ...defaults }, signal);
  expect(result).toMatchObject({ at: "refused", problems: [{ code: "drivers/too-slow" }] });
  expect(systemClock.monotonicMs() - started).toBeLessThan(10_000);
  expect(await databases()).toEqual([]);
});

test("a replay gives the schema that the statements lead to", async () => {
  const start = await scratch().canonicalise({ statements: EVERY_KIND, ...defaults }, signal);
  if (start.at === "refused") throw new TypeError(JSON.stringify(start.problems));
  const result = await scratch().replay(
    { from: start.schema, statements: ["ALTER TABLE `orders` ADD COLUMN `note` text", "DROP VIEW `a_first_view`"] },
    signal,
  );
  expect(result.objects.map(({ name }) => name)).toEqual([
    "customers",
    "orders",
    "paid",
    "trim_name",
    "twice",
    "tidy",
    "nightly",
  ]);
  expect(result.objects.find(({ name }) => name === "orders")?.sql).toContain("`note` text");
  const untouched = (name: string): string | undefined =>
    start.schema.objects.find((object) => object.name === name)?.sql;
  for (const object of result.objects.filter(({ name }) => name !== "orders"))
    expect(object.sql).toBe(untouched(object.name));
});

test("a replay checks foreign keys and names the statement that was refused", async () => {
  const from = { flavour: "mysql" as const, version: server.version, ...defaults, objects: [] };
  const statements = [
    "CREATE TABLE a (id INT PRIMARY KEY)",
    "CREATE TABLE b (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES c (id))",
  ];
  await expect(scratch().replay({ from, statements }, signal)).rejects.toMatchObject({
    code: "plan/replay-refused",
    details: { index: 1, errno: 1824 },
  });
  expect(await databases()).toEqual([]);
});

test("a server that is a target is never used as scratch", async () => {
  await using session = await openSession({ dsn: parseDsn(server.dsn()), database: "", clock: systemClock }, signal);
  const [row] = await session.query("SELECT @@server_uuid AS id");
  const own = scratch({ targetServerIds: [String(row?.["id"])] });
  await expect(own.canonicalise({ statements: [], ...defaults }, signal)).rejects.toMatchObject({
    code: "drivers/scratch-is-target",
  });
});

test("events are refused on a scratch server that would run them", async () => {
  await using session = await openSession({ dsn: parseDsn(server.dsn()), database: "", clock: systemClock }, signal);
  await session.execute("SET GLOBAL event_scheduler = ON");
  try {
    await expect(scratch().canonicalise({ statements: EVERY_KIND, ...defaults }, signal)).rejects.toMatchObject({
      code: "drivers/scratch-runs-events",
    });
  } finally {
    await session.execute("SET GLOBAL event_scheduler = OFF");
  }
});

test("databases that a dead run left behind are swept after an hour, younger ones stay", async () => {
  await using session = await openSession({ dsn: parseDsn(server.dsn()), database: "", clock: systemClock }, signal);
  const now = systemClock.now().getTime();
  const old = `_sluice_scratch_${(now - 4_000_000).toString(36)}_ab`;
  const young = `_sluice_scratch_${(now - 1_000_000).toString(36)}_ab`;
  for (const name of [old, young]) await session.execute(`CREATE DATABASE ${name}`);
  await scratch().canonicalise({ statements: [], ...defaults }, signal);
  expect(await databases()).toEqual([young]);
  await session.execute(`DROP DATABASE ${young}`);
});

test("an account that may do nothing else is enough, and what the server itself lacks is said in a hint", async () => {
  await using session = await openSession({ dsn: parseDsn(server.dsn()), database: "", clock: systemClock }, signal);
  await session.execute("CREATE USER 'throwaway'@'%'");
  await session.execute("GRANT ALL ON `\\_sluice\\_scratch\\_%`.* TO 'throwaway'@'%'");
  const dsn = server.dsn().replace("root@", "throwaway@");
  const own = openScratch({ dsn, targetServerIds: [], log: silentLog, clock: systemClock });
  const result = await own.canonicalise({ statements: EVERY_KIND, ...defaults }, signal);
  if (result.at === "canonical") throw new TypeError("triggers need more while the binlog is on");
  expect(result.problems.map(({ where, hint }) => `${where?.file} ${hint?.slice(0, 45)}`)).toEqual([
    "twice.sql Start the scratch server with skip_log_bin or",
    "trim_name.sql Start the scratch server with skip_log_bin or",
  ]);
  await session.execute("SET GLOBAL log_bin_trust_function_creators = ON");
  expect((await own.canonicalise({ statements: EVERY_KIND, ...defaults }, signal)).at).toBe("canonical");
  const foreign = statement("view", "v", "CREATE DEFINER = 'boss'@'%' VIEW v AS SELECT 1");
  expect(await own.canonicalise({ statements: [foreign], ...defaults }, signal)).toMatchObject({
    problems: [{ hint: expect.stringContaining("SET_ANY_DEFINER") as string }],
  });
  const outside = statement("table", "t", "CREATE TABLE mysql.t (id INT)");
  expect(await own.canonicalise({ statements: [outside], ...defaults }, signal)).toMatchObject({ at: "refused" });
});

test("a live database is read object by object, with fresh statistics", async () => {
  await using session = await openSession({ dsn: parseDsn(server.dsn()), database: "", clock: systemClock }, signal);
  await session.execute("CREATE DATABASE live CHARACTER SET latin1");
  await session.execute("USE live");
  for (const kind of ["table", "function", "procedure", "alter-table", "view", "trigger", "event"]) {
    const own = EVERY_KIND.filter((one) => one.kind === kind).toSorted((a, b) =>
      a.name === "customers" ? -1 : b.name === "paid" ? 1 : 0,
    );
    for (const { sql } of own) await session.execute(sql);
  }
  await session.execute("INSERT INTO customers (id, name) VALUES (1,'a'),(2,'b'),(3,'c')");
  await session.query("ANALYZE TABLE customers");
  const live = openLiveDatabase({ dsn: server.dsn("live"), clock: systemClock });
  const schema = await live.readSchema(signal);
  expect(schema).toMatchObject({ charset: "latin1", collation: "latin1_swedish_ci", flavour: "mysql" });
  expect(schema.objects.map(({ kind, name }) => `${kind} ${name}`)).toHaveLength(8);
  expect(schema.objects.find(({ name }) => name === "paid")?.sql).not.toContain("`live`");
  expect(await live.statistics(["customers"], signal)).toEqual([
    { table: "customers", rows: 3, dataBytes: 16_384, indexBytes: expect.any(Number) as number },
  ]);
  await expect(
    openLiveDatabase({ dsn: server.dsn("none"), clock: systemClock }).readSchema(signal),
  ).rejects.toMatchObject({
    code: "drivers/cannot-connect",
  });
});

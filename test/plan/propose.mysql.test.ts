import { createConnection, type Connection } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLiveDatabase, openScratch } from "#drivers";
import { parseShardName, silentLog, systemClock, type ShardName } from "#kernel";
import { describePlan, proposePlan, type Plan, type Proposed, type Scratch } from "#plan";
import { startMysql, type MysqlServer } from "#sandbox";
import type { AuthoredFile } from "#schema";

const never = new AbortController().signal;
let server: MysqlServer;
let connection: Connection;

beforeAll(async () => {
  server = await startMysql({ label: "propose", args: ["--event-scheduler=OFF"] });
  connection = await createConnection({ uri: server.dsn(), multipleStatements: true });
});
afterAll(async () => {
  await connection.end();
  await server[Symbol.asyncDispose]();
});

/** Databases `live0`, `live1`, … made by these statements. */
async function shards(...statements: readonly string[]): Promise<void> {
  for (const [at, sql] of statements.entries()) {
    await connection.query(
      `DROP DATABASE IF EXISTS live${at}; CREATE DATABASE live${at}; USE live${at}; SET foreign_key_checks = 0; ${sql}; SET foreign_key_checks = 1`,
    );
  }
}

const scratch = (): Scratch =>
  openScratch({ dsn: server.dsn(), targetServerIds: [], log: silentLog, clock: systemClock });

function propose(files: readonly AuthoredFile[], count = 1, on: Scratch = scratch()): Promise<Proposed> {
  const targets = Array.from({ length: count }, (_, at) => ({
    shard: parseShardName(String(at)) as ShardName,
    database: openLiveDatabase({ dsn: server.dsn(`live${at}`), clock: systemClock }),
  }));
  return proposePlan({ files, shards: targets, scratch: on, clock: systemClock }, never);
}

async function planned(files: readonly AuthoredFile[], count = 1, on?: Scratch): Promise<Plan> {
  const proposed = await propose(files, count, on);
  if (proposed.at !== "planned") throw new Error(JSON.stringify(proposed.problems));
  return proposed.plan;
}

const CUSTOMERS =
  "CREATE TABLE customers (\n  id bigint unsigned NOT NULL AUTO_INCREMENT,\n  email varchar(120) NOT NULL,\n  PRIMARY KEY (id)\n)";

test("a pull request becomes a plan that was replayed, over two shards with their rows summed", async () => {
  const fill = `${CUSTOMERS}; INSERT INTO customers (email) VALUES ('a'), ('b'), ('c'); ANALYZE TABLE customers; CREATE TABLE untouched (id int PRIMARY KEY)`;
  await shards(fill, fill.replace("('c')", "('c'), ('d')"));
  const plan = await planned(
    [
      {
        path: "customers.sql",
        text: CUSTOMERS.replace(
          "varchar(120) NOT NULL,",
          "varchar(255) NOT NULL,\n  note float DEFAULT 1,\n  price float,\n",
        ),
      },
      {
        path: "orders.sql",
        text: "CREATE TABLE orders (id int PRIMARY KEY);\nCREATE TABLE untouched (id int PRIMARY KEY);",
      },
    ],
    2,
  );
  expect(plan.refusals).toEqual([]);
  expect(plan.changes.map((change) => [change.id, change.place?.file, change.cost.rows])).toEqual([
    ["create:orders", "orders.sql", 0],
    ["alter:customers", "customers.sql", 7],
  ]);
  expect(plan.findings.map((finding) => [finding.rule, finding.place])).toContainEqual([
    "float-money",
    { file: "customers.sql", line: 5 },
  ]);
  expect(plan.proof).toMatchObject({
    serverVersion: expect.stringContaining(server.version),
    objects: 3,
    statements: 2,
  });
  expect(describePlan(plan).proof).toMatch(/^Replayed on MySQL \d.*: 3 objects equal after 2 statements/);
});

test("planning again after the change has been made finds nothing to do", async () => {
  const text = `${CUSTOMERS.replace("email varchar(120)", "email varchar(120) CHARACTER SET latin1")} COLLATE utf8mb4_bin`;
  await shards(text);
  const files = [
    {
      path: "c.sql",
      text: text
        .replace(
          "PRIMARY KEY",
          "note text,\n  kind enum('a','b') DEFAULT 'a',\n  CHECK (kind <> 'b'),\n  KEY k ((lower(note))),\n  PRIMARY KEY",
        )
        .replace("KEY k ((lower(note))),", "KEY k ((lower(kind))),"),
    },
  ];
  const [change] = (await planned(files)).changes;
  if (change?.kind !== "copy") throw new Error("No copy planned");
  // As the engine does it: the new table takes the old one's name.
  await connection.query(
    `USE live0; DROP TABLE customers; ${change.afterBare}; ${change.deferredIndexes.map((clause) => `ALTER TABLE customers ${clause}`).join("; ")}`,
  );
  const again = await planned(files);
  expect([again.changes, again.notHandled, again.refusals]).toEqual([[], [], []]);
  expect(again.proof).toBeUndefined();
});

test("shards that differ are refused with the names of what differs", async () => {
  await shards(
    `${CUSTOMERS}; CREATE TABLE a (id int PRIMARY KEY)`,
    `${CUSTOMERS} AUTO_INCREMENT=50; CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY)`,
  );
  const plan = await planned([{ path: "c.sql", text: CUSTOMERS }], 2);
  expect(plan.refusals).toMatchObject([
    { code: "plan/shards-differ", message: "Shard 1 differs from shard 0: table a, table b" },
  ]);
  expect(plan.proof).toBeUndefined();
});

test("what our splitter or the scratch server refuses has its file and line, and nothing is planned", async () => {
  await shards(CUSTOMERS);
  expect(await propose([{ path: "x.sql", text: "\nDROP TABLE customers" }])).toMatchObject({
    at: "refused",
    problems: [{ code: "schema/statement-refused", where: { file: "x.sql", line: 2 } }],
  });
  const refused = await propose([{ path: "x.sql", text: `${CUSTOMERS};\n\nCREATE TABLE y (id hyperint)` }]);
  expect(refused).toMatchObject({ at: "refused", problems: [{ where: { file: "x.sql", line: 7 } }] });
});

test("views and programs that are the same on both sides are left alone, one that differs blocks", async () => {
  const view = "CREATE VIEW mails AS SELECT email FROM customers";
  const program = "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT email FROM customers; END";
  await shards(`${CUSTOMERS}; ${view}; ${program}`);
  const same = await planned([{ path: "c.sql", text: `${CUSTOMERS};\n${view};\n${program};` }]);
  expect([same.changes, same.notHandled]).toEqual([[], []]);
  const other = await planned([{ path: "c.sql", text: `${CUSTOMERS};\n${view} WHERE id > 1;\n${program};` }]);
  expect(other.notHandled).toMatchObject([
    { object: "view", name: "mails", action: "alter", reason: { where: { file: "c.sql", line: 6 } } },
  ]);
  expect(other.refusals.map((reason) => reason.code)).toEqual(["schema/not-handled"]);
});

test("a renamed column is planned as a rename and replayed as one", async () => {
  await shards(CUSTOMERS);
  const plan = await planned([
    {
      path: "c.sql",
      text: CUSTOMERS.replace(
        "email varchar(120) NOT NULL,",
        "mail varchar(120) NOT NULL, -- sluice: renamed from email",
      ),
    },
  ]);
  expect(plan.changes[0]).toMatchObject({
    columns: [
      { from: "id", to: "id" },
      { from: "email", to: "mail" },
    ],
  });
  expect([plan.refusals, plan.proof?.statements]).toEqual([[], 1]);
  expect(plan.findings.map((finding) => [finding.rule, finding.place?.line])).toEqual([["renamed-column", 3]]);
});

test("a plan that would not lead to what is declared is refused, whoever is wrong", async () => {
  await shards(CUSTOMERS);
  const real = scratch();
  // A scratch server that forgets the last statement stands for a mistake in our own statements.
  const forgetful: Scratch = {
    canonicalise: (request, signal) => real.canonicalise(request, signal),
    replay: (request, signal) => real.replay({ ...request, statements: request.statements.slice(0, -1) }, signal),
  };
  const files = [{ path: "c.sql", text: CUSTOMERS.replace("120", "130") }];
  const plan = await planned(files, 1, forgetful);
  expect(plan.refusals).toMatchObject([{ code: "plan/replay-differs" }]);
  expect(plan.refusals[0]?.message).toContain("customers");
  expect(plan.proof).toBeUndefined();
});

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MysqlServer, startMysql } from "#sandbox";
import { type Connection, createConnection } from "mysql2/promise";
import { afterAll, assert, beforeAll, expect, test } from "vitest";
import { runSluice } from "./sluice-process.ts";

let live: MysqlServer;
let scratch: MysqlServer;
let sql: Connection;
let folder: string;
let env: Readonly<Record<string, string>>;

/** Both servers, with accounts that hold what README grants and nothing else. */
beforeAll(async () => {
  [live, scratch, folder] = await Promise.all([
    startMysql({ label: "grants-live" }),
    startMysql({ label: "grants-scratch", args: ["--event-scheduler=OFF", "--skip-log-bin"] }),
    mkdtemp(join(tmpdir(), "sluice-grants-")),
  ]);
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const grants = readme.split("\n").flatMap((line) => /^\s*(GRANT .*;)$/.exec(line)?.[1] ?? []);
  const ofScratch = grants.filter((grant) => grant.includes("`sluice_scratch`@"));
  const ofTarget = grants.filter((grant) => grant.includes("`sluice`@"));
  assert.deepEqual([ofTarget.length, ofScratch.length], [5, 1]);
  sql = await createConnection({ uri: live.dsn(), multipleStatements: true });
  await sql.query(`CREATE DATABASE shop; USE shop;
    CREATE TABLE customers (id int PRIMARY KEY, name varchar(20) NOT NULL);
    INSERT INTO customers VALUES (1, 'a'), (2, 'b');
    CREATE VIEW names AS SELECT name FROM customers;
    CREATE PROCEDURE nothing() SELECT 1;
    CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1;
    CREATE USER sluice@'%' IDENTIFIED BY 'secret'; ${ofTarget.join("\n")}`);
  const throwAway = await createConnection({ uri: scratch.dsn(), multipleStatements: true });
  await throwAway.query(`CREATE USER sluice_scratch@'%' IDENTIFIED BY 'secret'; ${ofScratch.join("\n")}`);
  await throwAway.end();
  env = {
    SHOP: `mysql://sluice:secret@127.0.0.1:${live.port}/shop`,
    SLUICE_SCRATCH: `mysql://sluice_scratch:secret@127.0.0.1:${scratch.port}/`,
  };
  await mkdir(join(folder, "shop"));
  await writeFile(
    join(folder, "shop", "all.sql"),
    "CREATE TABLE customers (id int PRIMARY KEY, name varchar(20) NOT NULL);",
  );
});

afterAll(async () => {
  await sql.end();
  await Promise.all([live[Symbol.asyncDispose](), scratch[Symbol.asyncDispose](), rm(folder, { recursive: true })]);
});

test("README's grants are enough to see every object of a database, so that nothing is passed over in silence", async () => {
  const ended = await runSluice(["diff", "--from", "env:SHOP", "--to", join(folder, "shop"), "--json"], env);
  const { statements, notHandled } = JSON.parse(ended.stdout) as {
    statements: string[];
    notHandled: { name: string }[];
  };
  expect(statements).toEqual([]);
  expect(notHandled.map(({ name }) => name).toSorted()).toEqual(["names", "nightly", "nothing"]);
});

test("README's grants are enough for a change from beginning to end", async () => {
  const alter = ["alter", "--dsn", "env:SHOP", "--table", "customers", "--alter", "ADD COLUMN note VARCHAR(200)"];
  const ended = await runSluice([...alter, "--scratch", "env:SLUICE_SCRATCH", "--json"], env);
  expect({ code: ended.code, last: ended.stdout.trim().split("\n").at(-1) }).toMatchObject({
    code: 0,
    last: expect.stringContaining('"event":"done"') as string,
  });
  const [rows] = await sql.query("SELECT * FROM shop.customers ORDER BY id");
  expect(rows).toEqual([
    { id: 1, name: "a", note: null },
    { id: 2, name: "b", note: null },
  ]);
});

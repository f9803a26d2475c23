import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MysqlServer, startMysql } from "#sandbox";
import { type Connection, createConnection } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ended, runSluice } from "./sluice-process.ts";

let live: MysqlServer;
let scratch: MysqlServer;
let sql: Connection;
let folder: string;

beforeAll(async () => {
  [live, scratch, folder] = await Promise.all([
    startMysql({ label: "cli-live" }),
    startMysql({ label: "cli-scratch", args: ["--event-scheduler=OFF"] }),
    mkdtemp(join(tmpdir(), "sluice-cli-")),
  ]);
  sql = await createConnection({ uri: live.dsn(), multipleStatements: true });
  await sql.query(
    "CREATE DATABASE shop; USE shop; CREATE TABLE item (id int PRIMARY KEY, name varchar(20)); INSERT INTO item VALUES (1, 'a'), (2, 'b')",
  );
  await mkdir(join(folder, "v1", "deep"), { recursive: true });
  await mkdir(join(folder, "v2"));
  await mkdir(join(folder, "empty"));
  await writeFile(join(folder, "v1", "deep", "item.sql"), "CREATE TABLE item (id int PRIMARY KEY, name varchar(20));");
  await writeFile(
    join(folder, "v2", "item.sql"),
    "CREATE TABLE item (\n  id int PRIMARY KEY,\n  name varchar(40),\n  KEY (name)\n);",
  );
  await writeFile(join(folder, "v2", "tag.sql"), "CREATE TABLE tag (id int PRIMARY KEY);");
  await writeFile(join(folder, "bad.sql"), "CREATE TABLE item (id int PRIMARY KEY);\n\nDROP TABLE item;");
  await writeFile(join(folder, "wrong.sql"), "\nCREATE TABLE item (id integr);");
});

afterAll(async () => {
  await sql.end();
  await Promise.all([live[Symbol.asyncDispose](), scratch[Symbol.asyncDispose](), rm(folder, { recursive: true })]);
});

function run(...args: readonly string[]): Promise<Ended> {
  return runSluice(args, { LIVE: live.dsn("shop"), SLUICE_SCRATCH: scratch.dsn() });
}

const v = (name: string): string => join(folder, name);

test("diff of two folders prints the ordered statements, and applying them makes the next diff empty", async () => {
  const { code, stdout } = await run("diff", "--from", "env:LIVE", "--to", v("v2"));
  expect({ code, stdout: stdout.split("\n").map((line) => line.trim()) }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(/CREATE TABLE `tag`[\s\S]*ALTER TABLE `item`/);
  await sql.query("CREATE DATABASE copied; USE copied; CREATE TABLE item (id int PRIMARY KEY, name varchar(20))");
  await sql.query(stdout);
  const again = await runSluice(["diff", "--from", "env:COPIED", "--to", v("v2"), "--json"], {
    COPIED: live.dsn("copied"),
    SLUICE_SCRATCH: scratch.dsn(),
  });
  expect(again.code).toBe(0);
  expect(JSON.parse(again.stdout)).toEqual({ statements: [], notHandled: [] });
});

test("diff hears what a file says of a renamed column, as the plan does", async () => {
  const file = v("renamed.sql");
  await writeFile(
    file,
    "CREATE TABLE item (\n  id int PRIMARY KEY,\n  title varchar(20) -- sluice: renamed from name\n);",
  );
  const { stdout } = await run("diff", "--from", "env:LIVE", "--to", file);
  expect(stdout).toMatch(/RENAME COLUMN `name` TO `title`|CHANGE COLUMN `name` `title`/);
  expect(stdout).not.toContain("DROP COLUMN");
});

test("a folder at any depth equals the live database it describes", async () => {
  expect(await run("diff", "--from", v("v1"), "--to", "env:LIVE")).toMatchObject({
    code: 0,
    stdout: "-- no difference",
  });
});

test("diff between a single file and a folder needs no live database", async () => {
  const { code, stdout } = await run("diff", "--from", v("v2"), "--to", v("v2/tag.sql"));
  expect({ code, stdout }).toEqual({ code: 0, stdout: "DROP TABLE `item`;" });
});

test.each<[what: string, args: readonly string[], code: number, says: string]>([
  ["a statement that declares nothing", ["diff", "--from", "env:LIVE", "--to", "bad.sql"], 4, "bad.sql:3"],
  ["a statement the server refuses", ["diff", "--from", "env:LIVE", "--to", "wrong.sql"], 4, "wrong.sql:2"],
  [
    "a folder without files, which would drop every table",
    ["diff", "--from", "env:LIVE", "--to", "empty"],
    2,
    "cli/no-sql-files",
  ],
])("%s is refused with its place", async (_what, args, code, says) => {
  const ended = await run(...args.map((arg) => (/\.sql$|^empty$/.test(arg) ? v(arg) : arg)));
  expect(ended.code).toBe(code);
  expect(ended.stderr).toContain(says);
  expect(ended.stderr).not.toMatch(/\n\s+at /);
});

test("an object that cannot be changed yet is named, and the exit code says that the statements are not all", async () => {
  await sql.query(
    "CREATE DATABASE viewed; USE viewed; CREATE TABLE item (id int PRIMARY KEY, name varchar(20)); CREATE VIEW names AS SELECT name FROM item",
  );
  const ended = await runSluice(["diff", "--from", "env:VIEWED", "--to", v("v1")], {
    VIEWED: live.dsn("viewed"),
    SLUICE_SCRATCH: scratch.dsn(),
  });
  expect(ended.code).toBe(4);
  expect(ended.stderr).toMatch(/not handled: drop view names/);
});

test("plan tells what a pull request would be told, with proof", async () => {
  const { code, stdout } = await run("plan", "--schema", v("v2"), "--dsn", "env:LIVE");
  expect(code).toBe(0);
  expect(stdout).toMatch(/1 table changes, 1 .*created/);
  expect(stdout).toMatch(/Replayed on MySQL/i);
  const json = await run("plan", "--schema", v("v2"), "--dsn", "env:LIVE", "--scratch", "env:SLUICE_SCRATCH", "--json");
  expect(JSON.parse(json.stdout)).toMatchObject({
    at: "planned",
    plan: { version: 1, changes: [{ id: "create:tag" }, { id: "alter:item", kind: "copy" }], refusals: [] },
  });
});

test("plan of shards that differ is refused and nothing is changed", async () => {
  await sql.query("CREATE DATABASE other; USE other; CREATE TABLE item (id bigint PRIMARY KEY)");
  const args = ["plan", "--schema", v("v2"), "--dsn", "env:LIVE", "env:OTHER", "--json"];
  const ended = await runSluice(args, {
    LIVE: live.dsn("shop"),
    OTHER: live.dsn("other"),
    SLUICE_SCRATCH: scratch.dsn(),
  });
  expect(ended.code).toBe(4);
  expect(ended.stdout).toContain("plan/shards-differ");
});

test("a scratch server that is the target is refused", async () => {
  const ended = await runSluice(["plan", "--schema", v("v2"), "--dsn", "env:LIVE", "--scratch", "env:LIVE", "--json"], {
    LIVE: live.dsn("shop"),
  });
  expect(ended.code).toBe(4);
  expect(JSON.parse(ended.stdout)).toMatchObject({ reasons: [{ code: "drivers/scratch-is-target" }] });
});

test("diff executes no file on the server of the database it compares with", async () => {
  const ended = await runSluice(["diff", "--from", "env:LIVE", "--to", v("v2"), "--scratch", "env:LIVE", "--json"], {
    LIVE: live.dsn("shop"),
  });
  expect(ended.code).toBe(4);
  expect(JSON.parse(ended.stdout)).toMatchObject({ reasons: [{ code: "drivers/scratch-is-target" }] });
});

test("a server that is not there is one sentence with a code", async () => {
  const ended = await runSluice(["diff", "--from", "env:GONE", "--to", "env:GONE"], {
    GONE: "mysql://root:hunter2@127.0.0.1:1/shop",
  });
  expect(ended.code).toBe(4);
  expect(ended.stderr).toContain("drivers/cannot-connect");
  expect(ended.stderr + ended.stdout).not.toMatch(/hunter2|\n\s+at /);
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#kernel";
import { type MysqlServer, startMysql } from "#sandbox";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, afterEach, assert, beforeAll, beforeEach, expect, test } from "vitest";
import { type Sluice, startSluice } from "./sluice-process.ts";

const ROWS = 20_000;
let server: MysqlServer;
let scratch: MysqlServer;
let sql: Connection;
let folder: string;
let number = 0;
let database = "";

beforeAll(async () => {
  [server, scratch, folder] = await Promise.all([
    startMysql({ label: "cli-alter" }),
    startMysql({ label: "cli-alter-scratch" }),
    mkdtemp(join(tmpdir(), "sluice-alter-")),
  ]);
  sql = await createConnection({ uri: server.dsn(), multipleStatements: true });
});
afterAll(async () => {
  await sql.end();
  await Promise.all([server[Symbol.asyncDispose](), scratch[Symbol.asyncDispose](), rm(folder, { recursive: true })]);
});

beforeEach(async () => {
  database = `app${(number += 1)}`;
  await sql.query(`CREATE DATABASE ${database}; USE ${database};
    CREATE TABLE note (id int PRIMARY KEY AUTO_INCREMENT, body varchar(40) NOT NULL, sum int unsigned NOT NULL);`);
  await fill(ROWS);
});
afterEach(async () => {
  await sql.query(`DROP DATABASE ${database}`);
});

/** Every row carries the checksum of its own text. */
async function fill(rows: number): Promise<void> {
  await sql.query(`SET SESSION cte_max_recursion_depth = ${rows + 1};
    INSERT INTO ${database}.note (body, sum)
    WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    SELECT CONCAT('row ', i), CRC32(CONCAT('row ', i)) FROM n`);
}

function alter(clauses: string, ...more: readonly string[]): Sluice {
  const args = ["alter", "--dsn", "env:DSN", "--table", "note", "--alter", clauses, "--json", ...more];
  return startSluice(args, { DSN: server.dsn(database), TARGET: server.dsn(), SCRATCH: scratch.dsn() });
}

async function rows(query: string): Promise<readonly RowDataPacket[]> {
  const [found] = await sql.query<RowDataPacket[]>(query);
  return found;
}

async function columns(): Promise<readonly string[]> {
  return (await rows(`SHOW COLUMNS FROM ${database}.note`)).map((row) => String(row["Field"]));
}

/** Databases of ours that belong to a run. */
async function leftovers(): Promise<readonly string[]> {
  return (await rows("SHOW DATABASES LIKE '\\_sluice\\_%'")).map((row) => String(Object.values(row)[0]));
}

async function isWhole(expected: number): Promise<void> {
  const [row] = await rows(`SELECT COUNT(*) AS n, COALESCE(SUM(sum <> CRC32(body)), 0) AS wrong FROM ${database}.note`);
  expect({ n: Number(row?.["n"]), wrong: Number(row?.["wrong"]) }).toEqual({ n: expected, wrong: 0 });
}

/** Inserts, updates and deletes until stopped; knows what the table must hold of its rows. */
async function startWriter(): Promise<{ stop(): Promise<ReadonlyMap<number, string>> }> {
  const connection = await createConnection({ uri: server.dsn(database) });
  const kept = new Map<number, string>();
  const stopping = new AbortController();
  const work = (async (): Promise<void> => {
    for (let turn = 1; !stopping.signal.aborted; turn += 1) {
      const id = 1_000_000 + turn;
      const body = `written ${turn}`;
      await connection.query("INSERT INTO note (id, body, sum) VALUES (?, ?, CRC32(?))", [id, body, body]);
      kept.set(id, body);
      if (turn % 2 === 0) {
        const again = `again ${turn}`;
        await connection.query("UPDATE note SET body = ?, sum = CRC32(?) WHERE id = ?", [again, again, id]);
        kept.set(id, again);
      }
      if (turn % 5 === 0) {
        await connection.query("DELETE FROM note WHERE id = ?", [id]);
        kept.delete(id);
      }
      await systemClock.sleep(2, new AbortController().signal);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await work;
      await connection.end();
      return kept;
    },
  };
}

test("a dry run prints the plan and changes nothing", async () => {
  await using run = alter("ADD COLUMN extra int", "--dry-run");
  expect(await run.ended()).toBe(0);
  expect(run.events()).toEqual(["plan"]);
  expect(await run.event("plan")).toMatchObject({ plan: { changes: [{ kind: "copy", table: "note" }] } });
  expect({ columns: await columns(), left: await leftovers() }).toEqual({ columns: ["id", "body", "sum"], left: [] });
});

test("a change under writes loses nothing and leaves nothing", async () => {
  const writer = await startWriter();
  await using run = alter("ADD COLUMN extra int NOT NULL DEFAULT 7, ADD KEY (body)");
  const code = await run.ended();
  const kept = await writer.stop();
  expect({ code, stderr: run.stderr() }).toEqual({ code: 0, stderr: "" });
  expect([...new Set(run.events())]).toEqual(["plan", "copying", "ready", "sealed", "done"]);
  expect(await run.event("sealed")).toMatchObject({
    oldTable: expect.stringMatching(/^`_sluice_\w+_old`\.`note`$/) as string,
  });
  expect(await columns()).toEqual(["id", "body", "sum", "extra"]);
  await isWhole(ROWS + kept.size);
  const written = await rows(`SELECT id, body FROM ${database}.note WHERE id > 1000000`);
  expect(new Map(written.map((row) => [Number(row["id"]), String(row["body"])]))).toEqual(kept);
  expect(kept.size).toBeGreaterThan(50);
  expect(await leftovers()).toEqual([]);
});

test("held until a file appears", async () => {
  const file = join(folder, "go");
  await using run = alter("ADD COLUMN extra int", "--apply-file", file);
  expect(await run.event("ready")).toMatchObject({ rows: ROWS, holdsFor: expect.stringContaining(file) as string });
  await systemClock.sleep(600, new AbortController().signal);
  expect(await columns()).toEqual(["id", "body", "sum"]);
  await writeFile(file, "");
  expect(await run.ended()).toBe(0);
  expect(await columns()).toContain("extra");
});

test("held until Enter, and the old table is kept on request", async () => {
  await using run = alter("DROP COLUMN sum", "--hold", "--keep-old");
  await run.event("ready");
  run.press("\n");
  expect(await run.ended()).toBe(0);
  const { oldTable } = await run.event("sealed");
  expect(await run.event("done")).toMatchObject({ kept: [oldTable] });
  const [row] = await rows(`SELECT COUNT(*) AS n, SUM(sum <> CRC32(body)) AS wrong FROM ${String(oldTable)}`);
  expect({ n: Number(row?.["n"]), wrong: Number(row?.["wrong"]) }).toEqual({ n: ROWS, wrong: 0 });
  await sql.query(`DROP DATABASE ${String(oldTable).split(".")[0]}`);
});

test("Ctrl-C while held drops everything of ours and leaves production as it was", async () => {
  await using run = alter("ADD COLUMN extra int", "--hold");
  await run.event("ready");
  run.child.kill("SIGINT");
  expect(await run.ended()).toBe(130);
  expect(await run.event("failed")).toMatchObject({ reasons: [{ code: "alter/interrupted" }], left: [] });
  expect({ columns: await columns(), left: await leftovers() }).toEqual({ columns: ["id", "body", "sum"], left: [] });
  await isWhole(ROWS);
});

test("kill -9 during staging leaves production untouched, and --resume goes on", async () => {
  await fill(120_000);
  const run = alter("ADD COLUMN extra int");
  const { deployment } = await run.event("plan");
  await run.event("copying");
  run.child.kill("SIGKILL");
  expect(await run.ended()).toBe("SIGKILL");
  expect(run.events()).not.toContain("ready");
  expect(await columns()).toEqual(["id", "body", "sum"]);
  await isWhole(ROWS + 120_000);
  await sql.query(`UPDATE ${database}.note SET body = 'later', sum = CRC32('later') WHERE id % 1000 = 1`);
  await using again = alter("ADD COLUMN extra int", "--resume", String(deployment));
  expect(await again.ended()).toBe(0);
  expect(await columns()).toContain("extra");
  await isWhole(ROWS + 120_000);
  expect(await leftovers()).toEqual([]);
});

test("what a killed run has left is dropped by --abandon", async () => {
  await using run = alter("ADD COLUMN extra int", "--hold");
  const { deployment } = await run.event("plan");
  await run.event("ready");
  run.child.kill("SIGKILL");
  await run.ended();
  expect(await leftovers()).not.toEqual([]);
  await using clean = alter("ADD COLUMN extra int", "--abandon", String(deployment));
  expect(await clean.ended()).toBe(0);
  expect({ columns: await columns(), left: await leftovers() }).toEqual({ columns: ["id", "body", "sum"], left: [] });
});

test("the values of a renamed column come along", async () => {
  await using run = alter("CHANGE body text varchar(60) NOT NULL");
  expect(await run.ended()).toBe(0);
  const [row] = await rows(`SELECT COUNT(*) AS n, SUM(sum <> CRC32(text)) AS wrong FROM ${database}.note`);
  expect({ n: Number(row?.["n"]), wrong: Number(row?.["wrong"]) }).toEqual({ n: ROWS, wrong: 0 });
});

test("a change that changes nothing is done at once", async () => {
  await using run = alter("ENGINE=InnoDB");
  expect(await run.ended()).toBe(0);
  expect(await run.event("done")).toMatchObject({ changed: false });
});

test.each<[what: string, prepare: string, clauses: string, code: string]>([
  [
    "a table that a foreign key points at",
    "CREATE TABLE child (id int PRIMARY KEY, note int, FOREIGN KEY (note) REFERENCES note (id))",
    "ADD COLUMN extra int",
    "engine/not-yet",
  ],
  [
    "a table with a trigger",
    "CREATE TRIGGER t BEFORE INSERT ON note FOR EACH ROW SET NEW.sum = 0",
    "ADD COLUMN extra int",
    "engine/not-yet",
  ],
  ["a column that is there already", "DO 0", "ADD COLUMN body int", "alter/refused-by-server"],
  ["a clause the server cannot read", "DO 0", "ADD COLUMN body2 integr", "alter/refused-by-server"],
])("%s is refused with exit code 4 and nothing is left", async (_what, prepare, clauses, code) => {
  await sql.query(`USE ${database}; ${prepare}`);
  await using run = alter(clauses);
  expect(await run.ended()).toBe(4);
  const { reasons } = await run.event("refused");
  expect(reasons).toContainEqual(expect.objectContaining({ code }));
  expect({ columns: await columns(), left: await leftovers() }).toEqual({ columns: ["id", "body", "sum"], left: [] });
});

test("a scratch server says what the new shape is, and the values of the rows are never on it", async () => {
  await using run = alter(
    "MODIFY body varchar(80) NOT NULL, ADD COLUMN twice int AS (sum DIV 2)",
    "--scratch",
    "env:SCRATCH",
  );
  expect(await run.ended()).toBe(0);
  const [row] = await rows(`SELECT COUNT(*) AS n, SUM(sum <> CRC32(body)) AS wrong FROM ${database}.note`);
  expect({ n: Number(row?.["n"]), wrong: Number(row?.["wrong"]) }).toEqual({ n: ROWS, wrong: 0 });
  expect(await columns()).toContain("twice");
  await using wrong = alter("ADD COLUMN body int", "--scratch", "env:SCRATCH");
  expect(await wrong.ended()).toBe(4);
  expect(await wrong.event("refused")).toMatchObject({ reasons: [{ code: "alter/refused-by-server" }] });
});

test("the target itself is no scratch server", async () => {
  await using run = alter("ADD COLUMN extra int", "--scratch", "env:TARGET");
  expect(await run.ended()).toBe(4);
  const line = run.lines.at(-1);
  assert(line !== undefined);
  expect(JSON.parse(line)).toMatchObject({ reasons: [{ code: "drivers/scratch-is-target" }] });
});

test("without --json people read the same story", async () => {
  await using run = startSluice(["alter", "--dsn", "env:DSN", "--table", "note", "--alter", "ADD COLUMN extra int"], {
    DSN: server.dsn(database),
  });
  expect(await run.ended()).toBe(0);
  expect(run.lines.join("\n")).toMatch(/note[\s\S]*add column `extra`[\s\S]*ready[\s\S]*sealed[\s\S]*done/);
});

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { LogEvent, LogPosition, WatchedTable } from "#binlog";
import { openTarget, watchedTable } from "#drivers";
import type { Session, Target } from "#engine";
import { silentLog, systemClock } from "#kernel";
import { type MysqlServer, startMysql } from "#sandbox";
import { keysOf, Reading, signal, targetAt } from "./support/reading.ts";

let server: MysqlServer;
let target: Target;
let session: Session;
let marks: WatchedTable;
let things: WatchedTable;

beforeAll(async () => {
  server = await startMysql({ label: "log-stream" });
  target = targetAt(server.dsn("d"));
  session = await targetAt(server.dsn()).open(signal);
  await session.execute("CREATE DATABASE d");
  await session.execute("USE d");
  await session.execute("CREATE TABLE marks (id INT AUTO_INCREMENT PRIMARY KEY)");
  await session.execute(
    "CREATE TABLE things (note LONGTEXT, doc JSON, k1 VARCHAR(10), k2 INT UNSIGNED, code INT NOT NULL, other JSON, PRIMARY KEY (k2, k1), UNIQUE (code))",
  );
  marks = await watchedTable(session, "d", "marks", ["id"]);
  things = await watchedTable(session, "d", "things", ["k2", "k1"]);
});

beforeEach(async () => {
  await session.execute("DELETE FROM things");
});

afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function fileOnly(): Promise<LogPosition> {
  const { file, offset } = await target.currentPosition(signal);
  return { file, offset };
}

/** Events of `work`, read by a stream that starts right before it. */
async function eventsOf(work: () => Promise<unknown>, tables: readonly WatchedTable[] = [things]): Promise<LogEvent[]> {
  await using stream = await target.openLog(await target.currentPosition(signal), signal);
  stream.watch([...tables, marks]);
  await work();
  return await new Reading(stream).untilMark(session, "d");
}

async function withSettings(settings: string, work: () => Promise<unknown>): Promise<void> {
  await using own = await target.open(signal);
  await own.execute(`SET SESSION ${settings}`);
  const kept = session;
  session = own;
  try {
    await work();
  } finally {
    session = kept;
  }
}

const run = async (...statements: readonly string[]): Promise<void> => {
  for (const sql of statements) await session.execute(sql);
};

const JOURNEY = [
  `INSERT INTO things (note, doc, k1, k2, code) VALUES (REPEAT('n', 3000), '{"a": 1, "b": "long enough to be worth a diff"}', 'a', 1, 10), (NULL, NULL, 'b', 2, 20)`,
  "UPDATE things SET note = 'short' WHERE k2 = 1",
  `UPDATE things SET doc = JSON_SET(doc, '$.a', 2) WHERE k2 = 1`,
  "UPDATE things SET k1 = 'c' WHERE k2 = 2",
  "DELETE FROM things WHERE k2 = 1",
];
const A = "1,_utf8mb4 0x61";
const B = "2,_utf8mb4 0x62";
const C = "2,_utf8mb4 0x63";

test.each([
  "binlog_row_image = 'FULL'",
  "binlog_row_image = 'MINIMAL'",
  "binlog_row_image = 'NOBLOB'",
  "binlog_row_value_options = 'PARTIAL_JSON'",
  "binlog_row_image = 'MINIMAL', binlog_row_value_options = 'PARTIAL_JSON'",
  "binlog_transaction_compression = ON",
  "binlog_transaction_compression = ON, binlog_row_image = 'MINIMAL', binlog_row_value_options = 'PARTIAL_JSON'",
  "binlog_rows_query_log_events = ON",
])("keys of inserts, updates, key changes and deletes arrive with %s", async (settings) => {
  const events = await eventsOf(() => withSettings(settings, () => run(...JOURNEY)));
  expect(keysOf(events, "things")).toEqual([A, B, A, A, B, C, A]);
  expect(events.filter(({ type }) => type === "transaction-end")).toHaveLength(JOURNEY.length);
});

test("a key that is not the primary one stops the stream when an image lacks it", async () => {
  const byCode = await watchedTable(session, "d", "things", ["code"]);
  await run(JOURNEY[0] ?? "");
  expect(keysOf(await eventsOf(() => run("UPDATE things SET note = 'x' WHERE k2 = 1"), [byCode]), "things")).toEqual([
    "10",
  ]);
  const work = (): Promise<void> =>
    withSettings("binlog_row_image = 'MINIMAL'", () => run("UPDATE things SET note = 'y' WHERE k2 = 1"));
  await expect(eventsOf(work, [byCode])).rejects.toMatchObject({ code: "binlog/key-not-in-image", next: "stop" });
});

test("DDL and statements of sessions that log statements are reported with a place to go on from", async () => {
  const events = await eventsOf(async () => {
    await run(
      "TRUNCATE TABLE things",
      "CREATE TABLE other (id INT PRIMARY KEY) SELECT 1 AS id",
      "RENAME TABLE other TO another",
      "DROP TABLE another",
    );
    await withSettings("binlog_format = 'STATEMENT', transaction_isolation = 'REPEATABLE-READ'", () =>
      run("INSERT INTO things (k1, k2, code) VALUES ('s', 9, 9)"),
    );
  });
  const told = events.map((event) => (event.type === "statement" ? `${event.schema}: ${event.sql}` : event.type));
  expect(told.map((text) => text.replace(/\(\n.*/s, "(…"))).toEqual([
    "d: TRUNCATE TABLE things",
    "transaction-end",
    "d: CREATE TABLE `other` (…",
    "transaction-end",
    "d: RENAME TABLE other TO another",
    "transaction-end",
    "d: DROP TABLE `another` /* generated by server */",
    "transaction-end",
    "d: INSERT INTO things (k1, k2, code) VALUES ('s', 9, 9)",
    "transaction-end",
  ]);
});

test("rows of an XA transaction are announced at prepare and ended by commit or rollback with the same xid", async () => {
  const events = await eventsOf(() =>
    run(
      "XA START 'one','branch',7",
      "INSERT INTO things (k1, k2, code) VALUES ('x', 1, 1)",
      "XA END 'one','branch',7",
      "XA PREPARE 'one','branch',7",
      "INSERT INTO marks VALUES (NULL)",
      "XA COMMIT 'one','branch',7",
      "XA START 'two'",
      "INSERT INTO things (k1, k2, code) VALUES ('y', 2, 2)",
      "XA END 'two'",
      "XA PREPARE 'two'",
      "XA ROLLBACK 'two'",
      "XA START 'three'",
      "INSERT INTO things (k1, k2, code) VALUES ('z', 3, 3)",
      "XA END 'three'",
      "XA COMMIT 'three' ONE PHASE",
    ),
  );
  const told = events.map((event) => {
    if (event.type === "rows") return `${event.table} ${event.keys.length}`;
    return "xid" in event ? `${event.type} ${event.xid}` : event.type;
  });
  const one = "X'6f6e65',X'6272616e6368',7";
  const two = "X'74776f',X'',1";
  expect(told).toEqual([
    "things 1",
    `xa-prepared ${one}`,
    "marks 1",
    "transaction-end",
    `xa-ended ${one}`,
    "things 1",
    `xa-prepared ${two}`,
    `xa-ended ${two}`,
    "things 1",
    "transaction-end",
  ]);
});

test.each(["by GTIDs", "by file"])(
  "a stream opened again at any position (%s) gives exactly what came after it",
  async (how) => {
    const from = how === "by file" ? await fileOnly() : await target.currentPosition(signal);
    await run(
      ...JOURNEY.slice(0, 3),
      "SET gtid_next = 'AUTOMATIC:tagged'",
      ...JOURNEY.slice(3, 4),
      "SET gtid_next = 'AUTOMATIC'",
      "FLUSH BINARY LOGS",
      ...JOURNEY.slice(4),
    );
    await run("INSERT INTO marks VALUES (NULL)");
    const isLast = (event: LogEvent): boolean => event.type === "rows" && event.table === "marks";
    const readFrom = async (position: LogPosition): Promise<LogEvent[]> => {
      await using stream = await target.openLog(position, signal);
      stream.watch([things, marks]);
      return await new Reading(stream).until(isLast);
    };
    const all = await readFrom(from);
    expect(keysOf(all, "things")).toEqual([A, B, A, A, B, C, A]);
    let seen = 0;
    for (const [index, event] of all.entries()) {
      if (event.type !== "transaction-end") continue;
      seen += 1;
      expect(event.position.gtidSet === undefined).toBe(how === "by file");
      expect(await readFrom(event.position)).toEqual(all.slice(index + 1));
    }
    expect(seen).toBe(JOURNEY.length);
  },
);

test("a row of 20 MB and its neighbours arrive", async () => {
  const events = await eventsOf(() =>
    run(
      "INSERT INTO things (k1, k2, code, note) VALUES ('a', 1, 1, 'small')",
      `INSERT INTO things (k1, k2, code, note) VALUES ('b', 2, 2, REPEAT('x', ${20 * 1024 * 1024}))`,
      "INSERT INTO things (k1, k2, code, note) VALUES ('c', 2, 3, 'small')",
    ),
  );
  expect(keysOf(events, "things")).toEqual([A, B, C]);
});

test("changes of many unwatched tables pass by, also while what is watched changes", async () => {
  await run("CREATE DATABASE IF NOT EXISTS noise");
  const tables = Array.from({ length: 40 }, (_, index) => `noise.t${index}`);
  for (const table of tables)
    await run(`CREATE TABLE IF NOT EXISTS ${table} (id INT PRIMARY KEY, pad VARCHAR(500), v VECTOR(4))`);
  await using stream = await target.openLog(await target.currentPosition(signal), signal);
  const reading = new Reading(stream);
  const noisy = async (): Promise<void> => {
    for (const [index, table] of tables.entries()) {
      await run(
        `REPLACE INTO ${table} (id, pad) SELECT help_topic_id, REPEAT('p', 200) FROM mysql.help_topic LIMIT 100`,
      );
      if (index % 10 === 0) await run(`INSERT INTO things (k1, k2, code) VALUES ('n', ${index}, ${index})`);
    }
  };
  stream.watch([marks]);
  await noisy();
  expect(keysOf(await reading.untilMark(session, "d"), "things")).toEqual([]);
  await run("DELETE FROM things");
  await reading.untilMark(session, "d");
  stream.watch([things, marks]);
  await noisy();
  expect(keysOf(await reading.untilMark(session, "d"), "things")).toHaveLength(4);
});

test("a slow consumer holds back the server, not this process's memory", async () => {
  await using stream = await target.openLog(await target.currentPosition(signal), signal);
  stream.watch([things, marks]);
  const before = process.memoryUsage().arrayBuffers;
  for (let index = 0; index < 60; index += 1) {
    await run(`INSERT INTO things (k1, k2, code, note) VALUES ('a', ${index}, ${index}, REPEAT('x', 1000000))`);
  }
  await systemClock.sleep(300, signal);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30_000_000);
  expect(keysOf(await new Reading(stream).untilMark(session, "d"), "things")).toHaveLength(60);
});

test("an idle server sends heartbeats, and a lost connection is an error, never an end", async () => {
  await using stream = await target.openLog(await target.currentPosition(signal), signal);
  stream.watch([marks]);
  const reading = new Reading(stream);
  await reading.until(({ type }) => type === "idle");
  const [dump] = await session.query(
    "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'",
  );
  expect(await target.kill(Number(dump?.["id"]), "connection")).toBe(true);
  await expect(reading.until(() => false)).rejects.toMatchObject({ code: "drivers/log-lost", next: "retry" });
});

test("a server that hangs without closing the connection is found out by its silence", async () => {
  const shard = target.shard;
  const sooner = { ...systemClock, sleep: (ms: number, until: AbortSignal) => systemClock.sleep(ms / 5, until) };
  const watchful = openTarget({ shard, dsn: server.dsn("d"), log: silentLog, clock: sooner });
  await using stream = await watchful.openLog(await target.currentPosition(signal), signal);
  const reading = new Reading(stream);
  await reading.until(({ type }) => type === "idle");
  process.kill(server.pid(), "SIGSTOP");
  try {
    await expect(reading.until(() => false)).rejects.toMatchObject({
      code: "drivers/log-lost",
      details: { why: "silent" },
    });
  } finally {
    process.kill(server.pid(), "SIGCONT");
  }
});

test("closing ends the iteration and the server's thread", async () => {
  const stream = await target.openLog(await target.currentPosition(signal), signal);
  const ended = (async () => {
    for await (const event of stream.events()) expect(event.type).toBeDefined();
    return "ended";
  })();
  await stream[Symbol.asyncDispose]();
  expect(await ended).toBe("ended");
  await systemClock.sleep(50, signal);
  expect(
    await session.query("SELECT ID FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'"),
  ).toEqual([]);
});

test("switching checksums off and on in the midst of a stream does no harm", async () => {
  const events = await eventsOf(() =>
    run(
      JOURNEY[0] ?? "",
      "SET GLOBAL binlog_checksum = 'NONE'",
      JOURNEY[1] ?? "",
      "SET GLOBAL binlog_checksum = 'CRC32'",
      JOURNEY[2] ?? "",
    ),
  );
  expect(keysOf(events, "things")).toEqual([A, B, A, A]);
});

test("a position whose files are purged is refused when the stream is opened", async () => {
  const byGtid = await target.currentPosition(signal);
  await run(JOURNEY[0] ?? "", "FLUSH BINARY LOGS");
  const { file } = await target.currentPosition(signal);
  await run(`PURGE BINARY LOGS TO '${file}'`);
  const byFile = { file: byGtid.file, offset: byGtid.offset };
  for (const from of [byGtid, byFile, { file, offset: 900_000_000 }]) {
    await expect(target.openLog(from, signal)).rejects.toMatchObject({ code: "drivers/log-purged" });
  }
});

test("a server that gives up GTIDs ends the stream, which goes on by file from its last position", async () => {
  const events: LogEvent[] = [];
  let from = await target.currentPosition(signal);
  await using stream = await target.openLog(from, signal);
  stream.watch([things, marks]);
  await run(JOURNEY[0] ?? "");
  for (const mode of ["ON_PERMISSIVE", "OFF_PERMISSIVE"]) await run(`SET GLOBAL gtid_mode = ${mode}`);
  expect(await target.currentPosition(signal)).toEqual({
    file: expect.any(String) as string,
    offset: expect.any(Number) as number,
  });
  await run(JOURNEY[1] ?? "", "FLUSH BINARY LOGS", JOURNEY[4] ?? "");
  const reading = async (): Promise<void> => {
    for await (const event of stream.events()) {
      events.push(event);
      if (event.type === "transaction-end") from = event.position;
    }
  };
  await expect(reading()).rejects.toMatchObject({ code: "drivers/log-lost" });
  expect(keysOf(events, "things")).toEqual([A, B]);
  await using again = await target.openLog(from, signal);
  again.watch([things, marks]);
  const rest = await new Reading(again).untilMark(session, "d");
  expect(keysOf(rest, "things")).toEqual([A, A]);
  expect(rest.every((event) => event.type !== "transaction-end" || event.position.gtidSet === undefined)).toBe(true);
});

test("a server that crashes and comes back is read on from the last position, nothing left out", async () => {
  let from = await fileOnly();
  await using stream = await target.openLog(from, signal);
  stream.watch([things, marks]);
  await run(JOURNEY[0] ?? "");
  await using idle = await target.open(signal);
  const seen: LogEvent[] = [];
  const reading = (async () => {
    for await (const event of stream.events()) {
      seen.push(event);
      if (event.type !== "transaction-end") continue;
      from = event.position;
      await server.kill("SIGKILL");
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: "drivers/log-lost" });
  await expect(idle.query("SELECT 1")).rejects.toMatchObject({ code: "drivers/connection-lost" });
  await session[Symbol.asyncDispose]();
  await expect(target.open(signal)).rejects.toMatchObject({ code: "drivers/cannot-connect" });
  await server.restart();
  session = await target.open(signal);
  await run(JOURNEY[1] ?? "", JOURNEY[3] ?? "");
  await using again = await target.openLog(from, signal);
  again.watch([things, marks]);
  expect(keysOf([...seen, ...(await new Reading(again).untilMark(session, "d"))], "things")).toEqual([A, B, A, B, C]);
});

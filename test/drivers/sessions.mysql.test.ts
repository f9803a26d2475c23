import { readFile, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTarget } from "#drivers";
import type { Session, Target } from "#engine";
import { CodedError, parseShardName, Redactor, silentLog, systemClock } from "#kernel";
import { type MysqlServer, startMysql } from "#sandbox";
import { signal, targetAt } from "./support/reading.ts";

let server: MysqlServer;
let target: Target;

beforeAll(async () => {
  server = await startMysql({
    label: "sessions",
    args: [
      "--transaction-isolation=SERIALIZABLE",
      "--sql-mode=ANSI",
      "--default-time-zone=+05:30",
      "--character-set-server=latin1",
    ],
  });
  await using session = await targetAt(server.dsn()).open(signal);
  await session.execute("CREATE DATABASE d");
  await session.execute(
    "CREATE TABLE d.t (id BIGINT UNSIGNED PRIMARY KEY, v VARCHAR(50) CHARACTER SET utf8mb4, UNIQUE (v))",
  );
  await session.execute("CREATE USER 'clerk'@'%' IDENTIFIED BY 'S3cret-word'");
  await session.execute("GRANT SELECT ON d.* TO 'clerk'@'%'");
  target = targetAt(server.dsn("d"));
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function failure(work: Promise<unknown>): Promise<CodedError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof CodedError) return error;
  throw new TypeError(`no coded error: ${String(error)}`);
}

async function spins(session: Session, own: AbortSignal): Promise<unknown> {
  return session.query(
    "SELECT COUNT(*) FROM information_schema.COLUMNS a, information_schema.COLUMNS b, information_schema.COLUMNS c",
    undefined,
    own,
  );
}

test("a session has its own settings whatever the server's defaults are", async () => {
  await using session = await target.open(signal);
  const [row] = await session.query(
    "SELECT @@transaction_isolation AS isolation, @@time_zone AS zone, @@sql_mode AS mode, @@character_set_client AS charset, @@foreign_key_checks AS fk, DATABASE() AS db",
  );
  expect(row).toEqual({
    isolation: "READ-COMMITTED",
    zone: "+00:00",
    mode: "NO_AUTO_VALUE_ON_ZERO,STRICT_TRANS_TABLES",
    charset: "utf8mb4",
    fk: "1",
    db: "d",
  });
});

test("values come as exact text and go as literals", async () => {
  await using session = await target.open(signal);
  const [row] = await session.query(
    "SELECT 18446744073709551615 AS big, 0.1000 AS exact, CAST('2024-02-30' AS DATETIME) AS none, TIMESTAMP'2024-02-29 01:02:03.5' AS at, JSON_OBJECT('a', 1.0) AS doc, x'00ff' AS bin, ? AS text, ? AS number, ? AS bytes, ? AS flag",
    ["it's 'quoted' \\ ?", 9007199254740993n, Buffer.from([0, 255]), null],
  );
  expect(row).toEqual({
    big: "18446744073709551615",
    exact: "0.1000",
    none: null,
    at: "2024-02-29 01:02:03.5",
    doc: '{"a": 1.0}',
    bin: Buffer.from([0, 255]),
    text: "it's 'quoted' \\ ?",
    number: "9007199254740993",
    bytes: Buffer.from([0, 255]),
    flag: null,
  });
  expect(await session.execute("INSERT INTO t VALUES (?)", [[1, "\u{1f600}"]])).toEqual({
    affectedRows: 1,
    warnings: 0,
  });
  expect(
    await session.query("SELECT v FROM t WHERE (id, v) IN (?)", [
      [
        [1, "\u{1f600}"],
        [2, "x"],
      ],
    ]),
  ).toEqual([{ v: "\u{1f600}" }]);
  expect(await session.execute("UPDATE t SET v = v")).toMatchObject({ affectedRows: 1 });
});

test("an error has the server's number and state and nothing of the rows", async () => {
  await using session = await target.open(signal);
  await session.execute("REPLACE INTO t VALUES (7, 'private-value')");
  const error = await failure(session.execute("INSERT INTO t VALUES (8, 'private-value')"));
  expect(error).toMatchObject({
    code: "drivers/sql",
    details: { errno: 1062, sqlState: "23000", symbol: "ER_DUP_ENTRY" },
  });
  expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain("private");
});

test("abort kills the statement, and the session goes on", async () => {
  await using session = await target.open(signal);
  const started = systemClock.monotonicMs();
  await expect(spins(session, AbortSignal.timeout(100))).rejects.toMatchObject({ name: "TimeoutError" });
  expect(systemClock.monotonicMs() - started).toBeLessThan(3_000);
  expect(await session.query("SELECT 1 AS one")).toEqual([{ one: "1" }]);
  await expect(session.query("SELECT 1", undefined, AbortSignal.abort(new TypeError("before")))).rejects.toThrow(
    "before",
  );
});

test("abort of a wait for a lock leaves nothing locked, and the next statement is not hit by the kill", async () => {
  await using holder = await target.open(signal);
  await using waiter = await target.open(signal);
  await holder.execute("LOCK TABLES t WRITE");
  for (let turn = 0; turn < 5; turn += 1) {
    await expect(waiter.execute("LOCK TABLES t WRITE", undefined, AbortSignal.timeout(30))).rejects.toMatchObject({
      name: "TimeoutError",
    });
    expect(await waiter.query("SELECT SLEEP(0.01) AS slept")).toEqual([{ slept: "0" }]);
  }
  await holder.execute("UNLOCK TABLES");
  await holder.execute("LOCK TABLES t WRITE", undefined, AbortSignal.timeout(5_000));
});

test("a kill that comes too late for its statement never hits the next one", async () => {
  await using session = await target.open(signal);
  for (let turn = 0; turn < 10; turn += 1) {
    // Ends by itself a moment after the abort, while the kill is still on its way.
    const aborted = session.execute("DO SLEEP(0.021)", undefined, AbortSignal.timeout(20));
    await aborted.catch(() => undefined);
    expect(await session.query("SELECT SLEEP(0.03) AS slept")).toEqual([{ slept: "0" }]);
  }
});

test("a statement that waits behind another one of its session is given up without touching that one", async () => {
  await using session = await target.open(signal);
  const first = session.query("SELECT SLEEP(0.3) AS slept");
  const second = session.query("SELECT 2", undefined, AbortSignal.timeout(20));
  await expect(second).rejects.toMatchObject({ name: "TimeoutError" });
  expect(await first).toEqual([{ slept: "0" }]);
});

test("a connection that is lost says so, for the statement under way and for every later one", async () => {
  await using session = await target.open(signal);
  const running = failure(spins(session, signal));
  await systemClock.sleep(50, signal);
  expect(await target.kill(session.connectionId, "connection")).toBe(true);
  // The server may still tell the statement that it was interrupted before it closes the connection.
  expect(["drivers/connection-lost", "drivers/sql"]).toContain((await running).code);
  await systemClock.sleep(50, signal);
  expect(await failure(session.query("SELECT 1"))).toMatchObject({ code: "drivers/connection-lost", next: "retry" });
  expect(await target.kill(session.connectionId, "query")).toBe(false);
});

test("closing a session in the midst of a transaction frees its locks before it returns", async () => {
  const session = await target.open(signal);
  await session.execute("START TRANSACTION");
  await session.execute("REPLACE INTO t VALUES (50, 'held')");
  await session[Symbol.asyncDispose]();
  await using other = await target.open(signal);
  await other.execute("SET SESSION innodb_lock_wait_timeout = 1");
  expect(await other.execute("REPLACE INTO t VALUES (50, 'free')")).toMatchObject({ affectedRows: 1 });
});

test("closing a session ends its statement on the server too", async () => {
  const session = await target.open(signal);
  const running = failure(spins(session, signal));
  await systemClock.sleep(50, signal);
  await session[Symbol.asyncDispose]();
  expect(await running).toBeInstanceOf(CodedError);
  await using other = await target.open(signal);
  await systemClock.sleep(100, signal);
  expect(
    await other.query("SELECT ID FROM information_schema.PROCESSLIST WHERE ID = ?", [session.connectionId]),
  ).toEqual([]);
});

test("what goes wrong while connecting names the server and no secret", async () => {
  const shard = parseShardName("0");
  if (shard === undefined) throw new TypeError("no shard name");
  const redactor = new Redactor();
  const dsn = `mysql://clerk:not-the-w0rd@127.0.0.1:${server.port}/d`;
  const denied = openTarget({ shard, dsn, redactor, log: silentLog, clock: systemClock });
  const error = await failure(denied.open(signal));
  expect(error).toMatchObject({ code: "drivers/cannot-connect", next: "fix-input", details: { errno: 1045 } });
  expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toMatch(/w0rd|clerk/);
  expect(redactor.redact("not-the-w0rd")).toBe("[redacted]");
  expect(await failure(targetAt("mysql://root@127.0.0.1:1/d").open(signal))).toMatchObject({
    code: "drivers/cannot-connect",
    next: "retry",
  });
});

test("an account with a password connects, plain and encrypted, and may not read the log", async () => {
  const address = `mysql://clerk:S3cret-word@127.0.0.1:${server.port}/d`;
  for (const dsn of [address, `${address}?tls=required`]) {
    await using session = await targetAt(dsn).open(signal);
    const [row] = await session.query(
      "SELECT CURRENT_USER() AS me, (SELECT VARIABLE_VALUE FROM performance_schema.session_status WHERE VARIABLE_NAME = 'Ssl_cipher') <> '' AS encrypted",
    );
    expect(row).toEqual({ me: "clerk@%", encrypted: dsn.endsWith("required") ? "1" : "0" });
  }
  const from = await target.currentPosition(signal);
  expect(await failure(targetAt(address).openLog(from, signal))).toMatchObject({
    code: "drivers/sql",
    details: { errno: 1227 },
  });
});

test("a log is read over an encrypted connection", async () => {
  const encrypted = targetAt(`${server.dsn("d")}?tls=required`);
  await using stream = await encrypted.openLog(await encrypted.currentPosition(signal), signal);
  await using session = await encrypted.open(signal);
  await session.execute("REPLACE INTO t VALUES (60, 'x')");
  for await (const event of stream.events()) if (event.type === "transaction-end") break;
  expect(await encrypted.serverId(signal)).toBe(await target.serverId(signal));
});

test("free disk is that of a server on this machine, and of no other whose folder has the same name", async () => {
  const free = await target.freeDiskBytes(signal);
  const { bavail, bsize } = await statfs(server.dataDir);
  expect(free).toBeGreaterThan(0);
  expect(Math.abs((free ?? 0) - bavail * bsize)).toBeLessThan(2 ** 31);

  const names = join(server.dataDir, "auto.cnf");
  const own = await readFile(names, "utf8");
  try {
    await writeFile(names, own.replace(/server-uuid=.*/, "server-uuid=00000000-0000-0000-0000-000000000000"));
    expect(await target.freeDiskBytes(signal)).toBeUndefined();
  } finally {
    await writeFile(names, own);
  }
});

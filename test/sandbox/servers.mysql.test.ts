import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { startMysql } from "#sandbox";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { expect, test } from "vitest";

async function one(dsn: string, sql: string): Promise<Record<string, unknown>> {
  const connection = await createConnection(dsn);
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return { ...rows[0] };
  } finally {
    await connection.end();
  }
}

test("two private servers side by side are strangers to each other and ready for binlog work", async () => {
  await using first = await startMysql();
  await using second = await startMysql({ args: ["--gtid-mode=OFF", "--enforce-gtid-consistency=OFF"] });
  const sql =
    "SELECT @@server_uuid AS uuid, @@server_id AS id, @@log_bin AS bin, @@binlog_format AS format, @@gtid_mode AS gtid, @@performance_schema AS ps";
  const a = await one(first.dsn(), sql);
  const b = await one(second.dsn("mysql"), sql);
  expect(a).toMatchObject({ bin: 1, format: "ROW", gtid: "ON", ps: 1 });
  expect(b).toMatchObject({ bin: 1, gtid: "OFF" });
  expect(a["uuid"]).not.toBe(b["uuid"]);
  expect(a["id"]).not.toBe(b["id"]);
  expect(first.port).not.toBe(second.port);
});

test("a killed server comes back on its port with its data, a closed one leaves nothing", async () => {
  const server = await startMysql();
  const folder = dirname(server.dataDir);
  await one(server.dsn(), "SELECT 1");
  const connection = await createConnection(server.dsn());
  await connection.query("CREATE DATABASE d");
  await connection.query("CREATE TABLE d.t (id INT PRIMARY KEY)");
  await connection.query("INSERT INTO d.t VALUES (7)");
  connection.destroy();
  const before = { port: server.port, pid: server.pid() };
  await server.kill("SIGKILL");
  await server.restart();
  expect(server.port).toBe(before.port);
  expect(server.pid()).not.toBe(before.pid);
  expect(await one(server.dsn("d"), "SELECT id FROM t")).toEqual({ id: 7 });
  await server[Symbol.asyncDispose]();
  expect(existsSync(folder)).toBe(false);
  expect(isAlive(server.pid())).toBe(false);
});

test("a server that cannot start says why in its own words", async () => {
  await expect(startMysql({ args: ["--no-such-option=1"] })).rejects.toMatchObject({
    code: "sandbox/mysql-did-not-start",
    message: expect.stringContaining("no-such-option"),
  });
});

test("servers do not outlive an owner that gets SIGKILL, and their folders go", async () => {
  const script = join(import.meta.dirname, "../support/servers-owner.ts");
  const owner = spawn(process.execPath, ["--conditions=source", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(owner.stdout, "data")) as [Buffer];
  const started = JSON.parse(line.toString()) as { mysql: number; redis: number; folders: string[] };
  expect([started.mysql, started.redis].map(isAlive)).toEqual([true, true]);
  owner.kill("SIGKILL");
  await expect.poll(() => [started.mysql, started.redis].map(isAlive), { timeout: 10_000 }).toEqual([false, false]);
  await expect.poll(() => started.folders.filter((path) => existsSync(path)), { timeout: 10_000 }).toEqual([]);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

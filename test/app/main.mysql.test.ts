import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MysqlServer, startMysql } from "#sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runSluice, startSluice } from "../cli/sluice-process.ts";

const FLEET = `version: 1
groups:
  shop:
    repository: acme/shop
    path: db
    channels: { prod: { branch: main, seal: manual } }
    databases: [{ name: shop-prod, channel: prod, shards: [{ id: "0", dsn: env:NONE }] }]
scratch: [{ flavour: mysql, dsn: env:NO_SCRATCH }]
`;

let server: MysqlServer;
let folder: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  [server, folder] = await Promise.all([startMysql({ label: "main" }), mkdtemp(join(tmpdir(), "sluice-main-"))]);
  await writeFile(join(folder, "fleet.yml"), FLEET);
  env = { SLUICE_DATABASE: server.dsn("control"), SLUICE_FLEET: join(folder, "fleet.yml"), SLUICE_PORT: "0" };
});
afterAll(async () => {
  await Promise.all([server[Symbol.asyncDispose](), rm(folder, { recursive: true })]);
});

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

test("serve and work in one process make the control database, are healthy, and end at SIGTERM", async () => {
  await using sluice = startSluice(["serve", "--work"], env);
  const { port } = await sluice.event("serve.started");
  await sluice.event("work.started");
  const health = await runSluice(["health", "--url", `http://127.0.0.1:${Number(port)}/healthz`], {});
  expect(health).toMatchObject({ code: 0, stdout: "200" });
  sluice.child.kill("SIGTERM");
  expect(await sluice.ended()).toBe(0);
  expect(sluice.events()).toContain("process.ending");
  expect(await isOpen(Number(port))).toBe(false);
  const away = await runSluice(["health", "--url", `http://127.0.0.1:${Number(port)}/healthz`], {});
  expect(away).toMatchObject({ code: 1, stdout: "no answer" });
});

test("work alone ends at SIGTERM", async () => {
  await using sluice = startSluice(["work"], env);
  await sluice.event("work.started");
  sluice.child.kill("SIGTERM");
  expect(await sluice.ended()).toBe(0);
});

test("a DSN that cannot be read is wrong configuration, not a fault of ours, and is not repeated", async () => {
  const ended = await runSluice(["status"], { ...env, SLUICE_DATABASE: "mysql://sluice:hunter2%@127.0.0.1:1/control" });
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain("drivers/bad-dsn");
  expect(ended.stderr + ended.stdout).not.toContain("hunter2");
});

test("an older Node is told so before anything else is read", async () => {
  const older = "Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.19.2'}})";
  const ended = await runSluice(["--help"], { NODE_OPTIONS: `--import "data:text/javascript,${older}"` });
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/needs Node\.js 24 or newer; this is 20\.19\.2/);
});

test("a reader that closes the pipe early is no fault", async () => {
  await using sluice = startSluice(["--help"], {});
  sluice.child.stdout?.destroy();
  expect(await sluice.ended()).toBe(0);
});

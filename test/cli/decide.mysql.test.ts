import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeploymentAt } from "#deploy";
import { CodedError, type DeploymentId, newDeploymentId, shortFingerprint } from "#kernel";
import { type MysqlServer, startMysql } from "#sandbox";
import type { openControl } from "#store";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Known } from "../../src/deploy/fold.ts";
import { recall, record } from "../../src/deploy/record.ts";
import { freshControl } from "../support/deploy-control.ts";
import { planOf } from "../support/deploy-plans.ts";
import { clean, wayTo } from "../support/deploy-states.ts";
import { type Ended, runSluice, startSluice } from "./sluice-process.ts";

const FLEET = `version: 1
groups:
  shop:
    repository: acme/shop
    path: db
    channels: { prod: { branch: main, seal: manual } }
    databases: [{ name: shop-prod, channel: prod, shards: [{ id: "0", dsn: env:NONE }] }]
roles: { operate: [ann], seal: [ben] }
scratch: [{ flavour: mysql, dsn: env:NO_SCRATCH }]
`;

let server: MysqlServer;
let control: Awaited<ReturnType<typeof openControl>>;
let folder: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  [server, folder] = await Promise.all([
    startMysql({ label: "cli-decide" }),
    mkdtemp(join(tmpdir(), "sluice-decide-")),
  ]);
  control = await freshControl((database) => server.dsn(database), "control");
  await writeFile(join(folder, "fleet.yml"), FLEET);
  env = { SLUICE_DATABASE: server.dsn("control"), SLUICE_FLEET: join(folder, "fleet.yml") };
});
afterAll(async () => {
  await control[Symbol.asyncDispose]();
  await Promise.all([server[Symbol.asyncDispose](), rm(folder, { recursive: true })]);
});

/** A deployment in this state, as its events would have brought it there. */
async function deploymentAt(at: DeploymentAt): Promise<DeploymentId> {
  const id = newDeploymentId();
  let known: Known | undefined;
  for (const event of wayTo(at, { id, database: `db-${id}` })) {
    known = await record(control, known, event);
    if (known === undefined) throw new CodedError("test/conflict", "somebody else appended");
  }
  return id;
}

function run(...args: readonly string[]): Promise<Ended> {
  return runSluice(args, env);
}

test("status lists what is open and shows one with what may be said next", async () => {
  const id = await deploymentAt("ready");
  const list = await run("status");
  expect(list).toMatchObject({ code: 0, stderr: "" });
  expect(list.stdout).toMatch(new RegExp(`DEPLOYMENT.*\\n(.*\\n)*${id} +db-${id} +prod +ready +acme/shop#7`));
  const one = await run("status", id);
  expect(one.stdout).toContain(`sluice apply ${id} --pin `);
  expect(one.stdout).toContain(`sluice cancel ${id}`);
  const json = JSON.parse((await run("status", id, "--json")).stdout) as { readonly id: string; readonly at: string };
  expect(json).toMatchObject({ id, at: "ready" });
  await run("cancel", id, "--as", "ann");
});

test("apply is accepted from who may seal, with the plan they saw, and is in the history", async () => {
  const id = await deploymentAt("ready");
  const pin = shortFingerprint(planOf("two").fingerprint);
  const ended = await runSluice(["apply", id, "--pin", `@${pin}`, "--why", "reviewed", "--json"], {
    ...env,
    SLUICE_ACTOR: "Ben",
  });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(ended.stdout)).toMatchObject({ event: "accepted", deployment: id });
  expect(await control.deployments.get(id)).toMatchObject({ votes: [{ actor: "Ben", via: "cli" }] });
});

test.each<[what: string, at: DeploymentAt, args: (id: string) => readonly string[], code: string]>([
  ["apply by who may only operate", "ready", (id) => ["apply", id, "--as", "ann"], "deploy/not-in-role"],
  [
    "apply of another plan than the one seen",
    "ready",
    (id) => ["apply", id, "--as", "ben", "--pin", "abcdef12"],
    "deploy/pin-mismatch",
  ],
  ["cancel after the seal", "window", (id) => ["cancel", id, "--as", "ann"], "deploy/already-sealed"],
])("%s is refused with exit code 4 and the reason's code", async (_what, at, args, code) => {
  const id = await deploymentAt(at);
  const ended = await run(...args(id), "--json");
  expect(ended.code).toBe(4);
  expect(JSON.parse(ended.stdout)).toMatchObject({ event: "refused", reasons: [{ code }] });
});

test("a deployment that is not there is refused", async () => {
  expect((await run("apply", "dnothere", "--as", "ben")).stderr).toContain("deploy/unknown-deployment");
  expect((await run("status", "dnothere")).stderr).toContain("cli/no-such-deployment");
});

/** What a worker would record. */
async function carryOutCancel(id: DeploymentId): Promise<void> {
  const recorded = await record(control, await recall(control, id), {
    type: "cancelled",
    at: "2026-01-01T12:00:00.000Z",
    clean,
  });
  expect(recorded?.state.at).toBe("cancelled");
}

test("status --watch says what has changed and ends when it is over", async () => {
  const id = await deploymentAt("cancelling");
  await using watching = startSluice(["status", id, "--watch", "--json"], env);
  await expect.poll(() => watching.lines.length, { timeout: 20_000 }).toBe(1);
  await carryOutCancel(id);
  expect(await watching.ended()).toBe(0);
  const states = watching.lines.map(
    (line) => (JSON.parse(line) as { readonly deployments: readonly { readonly at: string }[] }).deployments[0]?.at,
  );
  expect(states).toEqual(["cancelling", "cancelled"]);
});

test("cancel --wait ends when it is carried out", async () => {
  const id = await deploymentAt("ready");
  await using waiting = startSluice(["cancel", id, "--as", "ann", "--why", "not now", "--wait", "--json"], env);
  await waiting.event("accepted");
  await carryOutCancel(id);
  expect(await waiting.ended()).toBe(0);
  expect(await waiting.event("ended")).toMatchObject({ deployment: { id, at: "cancelled" } });
});

test.each<[what: string, over: NodeJS.ProcessEnv, says: readonly string[]]>([
  ["nothing set", { SLUICE_DATABASE: "", SLUICE_FLEET: "" }, ["SLUICE_DATABASE is not set", "SLUICE_FLEET is not set"]],
  ["no fleet.yml", { SLUICE_FLEET: "/nowhere/fleet.yml" }, ["config/no-fleet"]],
])("%s is wrong usage that names every problem", async (_what, over, says) => {
  const ended = await runSluice(["status"], { ...env, ...over });
  expect(ended.code).toBe(2);
  for (const word of says) expect(ended.stderr).toContain(word);
});

test("a fleet.yml with mistakes is wrong usage with file, line and column", async () => {
  const file = join(folder, "wrong.yml");
  await writeFile(file, FLEET.replace("seal: manual", "seel: manual"));
  const ended = await runSluice(["status"], { ...env, SLUICE_FLEET: file });
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/wrong\.yml:6:39[\s\S]*Did you mean seal\?/);
});

test("a control database that cannot be reached is one sentence without a password", async () => {
  const ended = await runSluice(["status"], { ...env, SLUICE_DATABASE: "mysql://root:hunter2@127.0.0.1:1/control" });
  expect(ended.code).toBe(4);
  expect(ended.stderr + ended.stdout).not.toMatch(/hunter2|\n\s+at /);
  expect(ended.stderr).toContain("cannot-connect");
});

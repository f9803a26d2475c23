import {
  decideCommand,
  proposePlans,
  startDeployments,
  type CommandVerb,
  type DeployDeps,
  type DeploymentView,
} from "#deploy";
import { silentLog, systemClock, type DeploymentId } from "#kernel";
import { startMysql, type MysqlServer } from "#sandbox";
import { spawn, type ChildProcess } from "node:child_process";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { bringControlDatabaseUp } from "../../src/app/control-database.ts";
import { origin } from "../support/deploy-plans.ts";
import { realDeps, type RealServers } from "../support/deploy-real-world.ts";

const ROWS = 64_000;
const SHARDS = ["shop_a", "shop_b"];
let target: MysqlServer;
let own: MysqlServer;
let servers: RealServers;
let deps: DeployDeps & AsyncDisposable;
let worker: ChildProcess | undefined;
let id: DeploymentId;

beforeAll(async () => {
  [target, own] = await Promise.all([startMysql({ label: "kill-target" }), startMysql({ label: "kill-own" })]);
  servers = {
    SHARD_A: target.dsn("shop_a"),
    SHARD_B: target.dsn("shop_b"),
    SCRATCH: own.dsn(),
    CONTROL: own.dsn("control"),
  };
  await bringControlDatabaseUp({ dsn: servers.CONTROL, clock: systemClock, log: silentLog });
  deps = await realDeps(servers);
  const connection = await createConnection({ uri: target.dsn(), multipleStatements: true });
  for (const shard of SHARDS) {
    await connection.query(`CREATE DATABASE ${shard}; USE ${shard}; ${BEFORE}`);
    await connection.query("INSERT INTO item (name) SELECT 'x' FROM information_schema.columns LIMIT 1000");
    for (let i = 0; i < 6; i += 1) await connection.query("INSERT INTO item (name) SELECT name FROM item LIMIT 32000");
  }
  await connection.end();
});
afterEach(() => worker?.kill("SIGKILL"));
afterAll(async () => {
  await deps?.[Symbol.asyncDispose]();
  await Promise.all([target?.[Symbol.asyncDispose](), own?.[Symbol.asyncDispose]()]);
});

const BEFORE = "CREATE TABLE item (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL)";
const AFTER =
  "CREATE TABLE item (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(40) NOT NULL, note varchar(100));\n";

function startWorker(): void {
  worker = spawn(
    process.execPath,
    ["--conditions=source", new URL("../support/deploy-worker.ts", import.meta.url).pathname],
    {
      env: { ...process.env, WORKER_SERVERS: JSON.stringify(servers) },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
}

async function killAndReplace(): Promise<void> {
  const dead = worker;
  const gone = new Promise((resolve) => dead?.once("exit", resolve));
  dead?.kill("SIGKILL");
  await gone;
  startWorker();
}

async function until(what: (view: DeploymentView) => boolean): Promise<DeploymentView> {
  const end = Date.now() + 60_000;
  for (;;) {
    const view = await deps.control.deployments.get(id);
    if (view !== undefined && what(view)) return view;
    if (Date.now() > end) throw new Error(`in vain: ${what.toString()} ${JSON.stringify(view?.history, null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 8));
  }
}
const at = (state: DeploymentView["at"]): Promise<DeploymentView> => until((view) => view.at === state);

async function ask(verb: CommandVerb): Promise<void> {
  const answer = await decideCommand(deps, {
    verb,
    deployment: id,
    actor: "sara",
    via: "comment",
    key: `${id}:${verb}`,
  });
  expect(answer).toMatchObject({ at: "accepted" });
}

async function query(database: string | undefined, sql: string): Promise<readonly RowDataPacket[]> {
  const connection = await createConnection(target.dsn(database));
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows;
  } finally {
    await connection.end();
  }
}

test("a worker killed in every state is replaced, and the deployment is sealed, reverted and cleaned all the same", async () => {
  const place = { ...origin, headSha: "c".repeat(40), mergeSha: "d".repeat(40) };
  const files = [{ path: "item.sql", text: AFTER }];
  const asking = { group: "shop", channel: "prod", ...place, files };
  await proposePlans(deps, asking, new AbortController().signal);
  const [started] = await startDeployments(deps, { group: "shop", channel: "prod", origin: place, files });
  if (started === undefined) throw new Error("nothing started");
  id = started;

  startWorker();
  await until(({ progress }) => progress?.tables.some((table) => table.rowsCopied > 0) ?? false);
  await killAndReplace();
  const ready = await at("ready");
  expect(ready.staged?.checksums.map(({ rows, repaired }) => [rows, repaired])).toEqual([
    [ROWS, 0],
    [ROWS, 0],
  ]);
  await killAndReplace();
  await ask("apply");
  await until((view) => ["sealing", "unsure", "window"].includes(view.at));
  await killAndReplace();
  await at("window");
  for (const shard of SHARDS) await query(shard, "INSERT INTO item (name, note) VALUES ('after the seal', 'n')");
  await killAndReplace();
  await ask("revert");
  await until((view) => ["reverting", "reverted"].includes(view.at));
  await killAndReplace();
  await at("reverted");

  for (const shard of SHARDS) {
    expect(await query(shard, "SELECT COUNT(*) AS n, SUM(name = 'after the seal') AS late FROM item")).toEqual([
      { n: ROWS + 1, late: "1" },
    ]);
    expect(await query(shard, "SHOW COLUMNS FROM item LIKE 'note'")).toEqual([]);
  }
  // Of ours there is nothing left but what only the new tables could hold: the note of the row written after the seal.
  const left = (await query(undefined, "SHOW DATABASES LIKE '\\_sluice\\_%'")).map((row) =>
    String(Object.values(row)[0]),
  );
  expect(left).toHaveLength(SHARDS.length);
  for (const vault of left) {
    expect(await query(vault, "SHOW TABLES")).toHaveLength(1);
    expect(await query(vault, "SELECT note FROM item WHERE name = 'after the seal'")).toEqual([{ note: "n" }]);
  }
});

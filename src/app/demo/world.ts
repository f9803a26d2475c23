import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createWriteStream } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Environment, parseFleet } from "#config";
import type { DeploymentAt, DeploymentView } from "#deploy";
import { type Clock, CodedError, formatCount, Redactor } from "#kernel";
import {
  changedTables,
  createShop,
  fillShop,
  findTool,
  type LockProbe,
  type MysqlServer,
  type SandboxGithub,
  type SandboxRepository,
  type ShopClients,
  shopFiles,
  startLockProbe,
  startMysql,
  startRedis,
  startSandboxGithub,
  startShopClients,
} from "#sandbox";
import { openSluice, type Sluice } from "../compose.ts";
import { createLog } from "../log.ts";
import { startServe } from "../serve.ts";
import { startWork } from "../work.ts";
import { DEMO_FLEET, DEMO_README, underSchemaFolder } from "./repository-files.ts";
import type { Narrator } from "./narrator.ts";

/** Everything the demo starts; disposing ends it all and leaves nothing behind. */
export interface DemoWorld extends AsyncDisposable {
  readonly github: SandboxGithub;
  readonly repository: SandboxRepository;
  readonly clients: ShopClients;
  readonly probe: LockProbe;
  /** DSNs of shop-prod. */
  readonly prodShards: readonly string[];
  /** Rows in the tables of the change on shop-prod. */
  readonly rows: number;
  /** Sluice's own page. */
  readonly pagesUrl: string;
  readonly logFile: string;
  /** All is well: the log goes with the rest. Otherwise it stays for people to read. */
  forgetLog(): void;
  /** How far the copy of a database has come, 0 to 1, as Sluice's page shows it. */
  progress(database: string): Promise<number>;
  /** Where the open deployment of a database is; undefined without one. */
  at(database: string): Promise<DeploymentAt | undefined>;
}

export interface DemoOptions {
  readonly rows: number;
  readonly port: number;
  readonly narrator: Narrator;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const PEOPLE = { ana: "write", ben: "write", mallory: "read" } as const;

export async function startDemoWorld(options: DemoOptions): Promise<DemoWorld> {
  await using stack = new AsyncDisposableStack();
  const { narrator, clock, signal } = options;
  const servers = await startServers(stack, narrator);
  const prodShards = [servers.low.dsn("shop"), servers.high.dsn("shop")];
  const devShard = servers.dev.dsn("shop");

  narrator.say("Filling the shop …");
  await Promise.all([...prodShards, devShard].map((dsn) => createShop(dsn)));
  await fillShop({ shards: [devShard], rows: 2000 });
  const filled = await fillShop({
    shards: prodShards,
    rows: options.rows,
    onProgress: (rows) => narrator.bar("fill ", Math.min(rows / options.rows, 0.999), `${formatCount(rows)} rows`),
  });
  narrator.bar("fill ", 1, `${formatCount(filled.total)} rows on two shards`);

  const secret = randomBytes(24).toString("hex");
  const github = stack.use(await startSandboxGithub({ webhookSecret: secret, port: options.port }));
  const repository = await createRepository(github);
  const folder = await mkdtemp(join(tmpdir(), "sluice-demo-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const log = { keep: true };
  const sluice = await startSluice(stack, { folder, github, secret, servers, devShard, prodShards, log });
  narrator.say("Local GitHub, Sluice and its worker are up. Clients read and write from here on, without a pause.");

  const clients = await startShopClients({ shards: prodShards, filled: filled.perShard, signal });
  stack.defer(async () => void (await clients.stop()));
  const probe = stack.use(await startLockProbe(prodShards, [...changedTables], { clock }));
  const rows = changedTables.reduce((sum, table) => sum + (filled.perShard[table] ?? 0) * prodShards.length, 0);
  const moved = stack.move();
  return {
    github,
    repository,
    clients,
    probe,
    prodShards,
    rows,
    pagesUrl: sluice.pagesUrl,
    logFile: sluice.logFile,
    forgetLog: () => void (log.keep = false),
    progress: async (database) => copied(await openDeployment(sluice.sluice, database)),
    at: async (database) => (await openDeployment(sluice.sluice, database))?.at,
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

interface Servers {
  readonly low: MysqlServer;
  readonly high: MysqlServer;
  readonly dev: MysqlServer;
  readonly scratch: MysqlServer;
  readonly control: MysqlServer;
  /** unix:// URL; absent where there is no Redis: then wake-ups stay in the process. */
  readonly redisUrl: string | undefined;
}

async function startServers(stack: AsyncDisposableStack, narrator: Narrator): Promise<Servers> {
  narrator.say("Starting private MySQL servers: shop-prod on two, shop-dev, a scratch server, Sluice's own.");
  const start = async (label: string, args: readonly string[] = []): Promise<MysqlServer> =>
    stack.use(await startMysql({ label, args }));
  const [low, high, dev, scratch, control] = await Promise.all([
    start("shop-prod-low"),
    start("shop-prod-high"),
    start("shop-dev"),
    start("scratch", ["--event-scheduler=OFF"]),
    start("control"),
  ]);
  const redis = hasRedis() ? stack.use(await startRedis()) : undefined;
  return { low, high, dev, scratch, control, redisUrl: redis === undefined ? undefined : `unix://${redis.socketPath}` };
}

function hasRedis(): boolean {
  try {
    findTool("redis");
    return true;
  } catch {
    return false;
  }
}

async function createRepository(github: SandboxGithub): Promise<SandboxRepository> {
  const repository = await github.createRepository({
    owner: "acme",
    name: "shop",
    files: { "README.md": DEMO_README, ".github/sluice.yml": "version: 1\n", ...underSchemaFolder(shopFiles()) },
    collaborators: PEOPLE,
  });
  await repository.commitFiles({
    branch: "dev",
    from: "main",
    files: { "docs/channels.md": "`dev` first, `main` after it.\n" },
    message: "Describe the channels",
    author: "ana",
  });
  return repository;
}

interface SluiceParts {
  readonly folder: string;
  readonly github: SandboxGithub;
  readonly secret: string;
  readonly servers: Servers;
  readonly devShard: string;
  readonly prodShards: readonly string[];
  readonly log: { readonly keep: boolean };
}

async function startSluice(
  stack: AsyncDisposableStack,
  parts: SluiceParts,
): Promise<{ sluice: Sluice; pagesUrl: string; logFile: string }> {
  const { folder, github, servers } = parts;
  const fleetFile = join(folder, "fleet.yml");
  await writeFile(fleetFile, DEMO_FLEET);
  const fleet = parseFleet(DEMO_FLEET, "fleet.yml");
  if (fleet.at === "refused") {
    throw new CodedError("app/demo-fleet", "The demo's fleet.yml is refused", {
      details: { problems: fleet.problems },
    });
  }
  const redactor = new Redactor();
  const logFile = join(tmpdir(), `sluice-demo-${process.pid}.log`);
  const logStream = createWriteStream(logFile);
  stack.defer(async () => {
    await new Promise<void>((resolve) => logStream.end(resolve));
    if (!parts.log.keep) await rm(logFile, { force: true });
  });
  const log = createLog({ level: "info", redactor, write: (line) => void logStream.write(line) });
  const environment: Environment = {
    controlDsn: servers.control.dsn("sluice"),
    fleetFile,
    port: 0,
    ...(servers.redisUrl === undefined ? {} : { redisUrl: servers.redisUrl }),
    github: {
      apiUrl: github.baseUrl,
      appId: github.appId,
      privateKey: github.privateKey,
      webhookSecrets: [parts.secret],
    },
  };
  const variables = {
    SHOP_DEV: parts.devShard,
    SHOP_PROD_LOW: parts.prodShards[0],
    SHOP_PROD_HIGH: parts.prodShards[1],
    SLUICE_SCRATCH: servers.scratch.dsn(),
  };
  const sluice = stack.use(await openSluice({ environment, fleet: fleet.fleet, variables, log, redactor }));
  stack.use(await startWork({ sluice }));
  const timing = { publishEveryMs: 500, pollMs: 200 };
  const serve = stack.use(await startServe({ sluice, port: 0, host: "127.0.0.1", timing }));
  github.setWebhookUrl(serve.webhookUrl);
  return { sluice, pagesUrl: serve.url, logFile };
}

async function openDeployment(sluice: Sluice, database: string): Promise<DeploymentView | undefined> {
  const [view] = await sluice.deps.control.deployments.list({ database, open: true, limit: 1 });
  return view;
}

function copied(view: DeploymentView | undefined): number {
  const tables = view?.progress?.tables ?? [];
  const estimated = tables.reduce((sum, table) => sum + table.rowsEstimated, 0);
  const done = tables.reduce((sum, table) => sum + Math.min(table.rowsCopied, table.rowsEstimated), 0);
  return estimated === 0 ? 0 : Math.min(0.99, done / estimated);
}

import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Environment, type Fleet, parseFleet } from "#config";
import type { DeploymentView } from "#deploy";
import { Redactor } from "#kernel";
import {
  type CheckRunView,
  type CommentView,
  type CreateRepository,
  type FilledRows,
  type MysqlServer,
  type RedisServer,
  type SandboxGithub,
  type SandboxRepository,
  changeShop,
  createShop,
  fillShop,
  shopFiles,
  startMysql,
  startRedis,
  startSandboxGithub,
} from "#sandbox";
import { createConnection } from "mysql2/promise";
import { type Sluice, openSluice } from "../../src/app/compose.ts";
import { createLog } from "../../src/app/log.ts";
import { type ServeHandle, type ServeTiming, startServe } from "../../src/app/serve.ts";
import type { WorkOptions } from "../../src/app/work.ts";

export interface WorldOptions {
  /** Shards of shop-prod, a server each. Default 2. */
  readonly shards?: number;
  /** Default local. */
  readonly dispatcher?: "local" | "bullmq";
  /** Rows in the tables of the change, over all shards; default 2000. */
  readonly rows?: number;
  /** How the channel of `main` seals. Default manual. */
  readonly seal?: "auto" | "manual";
  /** Default 30m. */
  readonly window?: string;
  /** More groups of fleet.yml, indented by two; their variables are in `variables`. */
  readonly groups?: string;
  readonly variables?: (servers: WorldServers) => Promise<Readonly<Record<string, string>>>;
  /** Repositories beside acme/shop, there before Sluice starts. */
  readonly repositories?: readonly CreateRepository[];
  /** The account Sluice uses everywhere has this password; default: root without one. */
  readonly password?: string;
  /** Default info. */
  readonly logLevel?: "debug" | "info";
  readonly timing?: Partial<ServeTiming>;
  readonly work?: Partial<WorkOptions>;
  /** False: `serve` alone runs. Default true. */
  readonly worker?: boolean;
}

export interface WorldServers {
  readonly home: MysqlServer;
  readonly shards: readonly MysqlServer[];
}

/** Real servers, a local GitHub, and Sluice in this process, as `serve` and `work` compose it. */
export interface World extends AsyncDisposable {
  readonly github: SandboxGithub;
  /** acme/shop: `schemas/shop` on main; ana writes, ben may seal, mallory reads. */
  readonly repository: SandboxRepository;
  /** Of shop-prod, in shard order. */
  readonly shards: readonly MysqlServer[];
  /** DSNs of shop-prod's databases. */
  readonly dsns: readonly string[];
  readonly filled: FilledRows;
  /** Control database and scratch. */
  readonly home: MysqlServer;
  readonly redis: RedisServer | undefined;
  readonly fleet: Fleet;
  readonly sluice: Sluice;
  readonly serve: ServeHandle;
  /** Environment of a `sluice` process of its own on the same fleet; every port is free to choose. */
  readonly processEnv: NodeJS.ProcessEnv;
  /** What was logged, JSON lines. */
  readonly logLines: readonly string[];
  /** Ends the worker, as a clean shutdown does. */
  stopWork(): Promise<void>;
  startWork(): Promise<void>;
  stopServe(): Promise<void>;
  startServe(): Promise<void>;
  /** Opens a pull request with the shop's change; `files` replaces it. */
  openChange(branch: string, files?: Readonly<Record<string, string | null>>, author?: string): Promise<number>;
  /** Sluice's comments on a pull request, oldest first. */
  comments(pull: number): readonly CommentView[];
  check(ref: string, name: string): Promise<CheckRunView | undefined>;
  deployment(pull: number, database?: string): Promise<DeploymentView | undefined>;
  /** Looks every 50 ms until there is something; fails with what was last logged. */
  until<T>(what: string, look: () => Promise<T | undefined> | T | undefined, limitMs?: number): Promise<T>;
}

const TIMING: ServeTiming = { publishEveryMs: 150, pollMs: 50, reconcileMs: 60_000, graceMs: 2000, refreshMs: 1000 };

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const count = options.shards ?? 2;
  const [home, ...shards] = await Promise.all([
    startMysql({ label: "home", args: ["--event-scheduler=OFF"] }),
    ...Array.from({ length: count }, (_, i) => startMysql({ label: `shard-${i}` })),
  ]);
  for (const server of [home, ...shards]) stack.use(server);
  const redis = options.dispatcher === "bullmq" ? stack.use(await startRedis()) : undefined;
  const dsns = shards.map((server) => server.dsn("shop"));
  await Promise.all(dsns.map((dsn) => createShop(dsn)));
  const { perShard } = await fillShop({ shards: dsns, rows: options.rows ?? 2000 });

  const secret = randomBytes(16).toString("hex");
  const github = stack.use(await startSandboxGithub({ webhookSecret: secret }));
  const repository = await github.createRepository({
    owner: "acme",
    name: "shop",
    files: { "README.md": "# shop\n", ...underFolder(shopFiles()) },
    collaborators: { ana: "write", ben: "write", mallory: "read" },
  });
  for (const other of options.repositories ?? []) await github.createRepository(other);
  const fleetText = fleetOf(options, count);
  const fleet = parsed(fleetText);
  const folder = await mkdtemp(join(tmpdir(), "sluice-e2e-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "fleet.yml"), fleetText);
  const logLines: string[] = [];
  const redactor = new Redactor();
  const log = createLog({ level: options.logLevel ?? "info", redactor, write: (line) => void logLines.push(line) });
  const environment: Environment = {
    controlDsn: asSluice(home.dsn("sluice"), options.password),
    fleetFile: join(folder, "fleet.yml"),
    port: 0,
    ...(redis === undefined ? {} : { redisUrl: `unix://${redis.socketPath}` }),
    github: {
      apiUrl: github.baseUrl,
      appId: github.appId,
      privateKey: github.privateKey,
      webhookSecrets: [secret],
    },
  };
  const { password } = options;
  if (password !== undefined) await Promise.all([home, ...shards].map((server) => addAccount(server, password)));
  const variables = {
    SCRATCH: asSluice(home.dsn(), password),
    ...Object.fromEntries(dsns.map((dsn, i) => [`SHOP_${i}`, asSluice(dsn, password)])),
    ...(await options.variables?.({ home, shards })),
  };
  const processEnv = {
    ...variables,
    SLUICE_DATABASE: environment.controlDsn,
    SLUICE_FLEET: environment.fleetFile,
    SLUICE_PORT: "0",
    ...(environment.redisUrl === undefined ? {} : { SLUICE_REDIS: environment.redisUrl }),
    SLUICE_GITHUB_API_URL: github.baseUrl,
    SLUICE_GITHUB_APP_ID: String(github.appId),
    SLUICE_GITHUB_PRIVATE_KEY: github.privateKey,
    SLUICE_GITHUB_WEBHOOK_SECRET: secret,
  };
  const sluice = stack.use(await openSluice({ environment, fleet, variables, log, redactor }));

  const running: { serve: ServeHandle | undefined; work: AsyncDisposable | undefined } = {
    serve: undefined,
    work: undefined,
  };
  stack.defer(async () => {
    await running.serve?.[Symbol.asyncDispose]();
    await running.work?.[Symbol.asyncDispose]();
  });
  const world = {
    async startServe() {
      const timing = { ...TIMING, ...options.timing };
      running.serve = await startServe({ sluice, port: 0, host: "127.0.0.1", timing });
      github.setWebhookUrl(running.serve.webhookUrl);
    },
    async stopServe() {
      await running.serve?.[Symbol.asyncDispose]();
      running.serve = undefined;
    },
    async startWork() {
      const { startWork } = await import("../../src/app/work.ts");
      running.work = await startWork({ sluice, reconcileMs: 2000, ...options.work });
    },
    async stopWork() {
      await running.work?.[Symbol.asyncDispose]();
      running.work = undefined;
    },
  };
  if (options.worker ?? true) await world.startWork();
  await world.startServe();

  const comments = (pull: number): readonly CommentView[] =>
    repository.comments(pull).filter((comment) => comment.author === github.botLogin);
  const moved = stack.move();
  return {
    ...world,
    github,
    repository,
    shards,
    dsns,
    filled: perShard,
    home,
    redis,
    fleet,
    sluice,
    processEnv,
    logLines,
    get serve() {
      if (running.serve === undefined) throw new Error("serve is stopped");
      return running.serve;
    },
    async openChange(branch, files = underFolder(changeShop(shopFiles())), author = "ana") {
      await repository.commitFiles({ branch, from: "main", files, message: `Change ${branch}`, author });
      return (await repository.openPullRequest({ title: `Change ${branch}`, head: branch, author })).number;
    },
    comments,
    check: async (ref, name) => (await repository.checkRuns(ref)).find((run) => run.name === name),
    async deployment(pull, database = "shop-prod") {
      const subject = { repository: { owner: "acme", name: "shop" }, pull };
      const views = await sluice.deps.control.deployments.list({ subject });
      return views.find((view) => view.database === database);
    },
    until: (what, look, limitMs = 60_000) => until(what, look, limitMs, logLines),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

/** Files of the schema folder under their path in the repository. */
export function underFolder(
  files: Readonly<Record<string, string | null>>,
  folder = "schemas/shop",
): Readonly<Record<string, string | null>> & Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text])) as Record<
    string,
    string
  >;
}

function fleetOf(options: WorldOptions, count: number): string {
  const shards = Array.from({ length: count }, (_, i) => `          - { id: "${i}", dsn: "env:SHOP_${i}" }`);
  return `version: 1
groups:
  shop:
    repository: acme/shop
    path: schemas/shop
    channels:
      prod: { branch: main, seal: ${options.seal ?? "manual"} }
    databases:
      - name: shop-prod
        channel: prod
        revert: { window: ${options.window ?? "30m"} }
        shards:
${shards.join("\n")}
${options.groups ?? ""}
roles:
  operate: [ana]
  seal: [ben]
  admin: []
scratch:
  - { flavour: mysql, dsn: "env:SCRATCH" }
`;
}

function parsed(text: string): Fleet {
  const result = parseFleet(text, "fleet.yml");
  if (result.at === "refused") throw new Error(result.problems.map((problem) => problem.message).join("\n"));
  return result.fleet;
}

const ACCOUNT = "sluice";

function asSluice(dsn: string, password: string | undefined): string {
  if (password === undefined) return dsn;
  const url = new URL(dsn);
  url.username = ACCOUNT;
  url.password = encodeURIComponent(password);
  return url.href;
}

async function addAccount(server: MysqlServer, password: string): Promise<void> {
  const root = await createConnection(server.dsn());
  try {
    await root.query("CREATE USER ?@'%' IDENTIFIED BY ?", [ACCOUNT, password]);
    await root.query("GRANT ALL ON *.* TO ?@'%' WITH GRANT OPTION", [ACCOUNT]);
  } finally {
    await root.end();
  }
}

async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  limitMs: number,
  logLines: readonly string[],
): Promise<T> {
  const end = performance.now() + limitMs;
  while (performance.now() < end) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Waited ${limitMs} ms in vain for: ${what}\n${logLines.slice(-25).join("")}`);
}

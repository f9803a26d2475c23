import type { Fleet } from "#config";
import {
  createDeploymentHost,
  proposePlans,
  startDeployments,
  type Control,
  type DatabaseAccess,
  type DeployDeps,
  type DeploymentAt,
  type DeploymentHost,
  type DeploymentView,
  type Dispatcher,
} from "#deploy";
import type { Target } from "#engine";
import { CodedError, parseShardName, silentLog, systemClock, type DeploymentId, type ShardName } from "#kernel";
import type { LiveDatabase, Scratch } from "#plan";
import type { CanonicalObject, CanonicalSchema } from "#schema";
import { origin } from "./deploy-plans.ts";
import { PretendedServers } from "./deploy-runner.ts";

type Settings = { readonly seal?: "auto" | "manual"; readonly revertWindowMs?: number; readonly sealAttempts?: number };

/** Hosts over a real control database, with pretended servers and schemas behind them. */
export class DeployWorld implements AsyncDisposable {
  readonly control: Control;
  readonly servers = new PretendedServers();
  /** Tables of each database as they are live, by name. */
  readonly live = new Map<string, Map<string, string>>();
  readonly #fleet: Fleet;
  readonly #hosts: { readonly host: DeploymentHost; readonly stop: () => Promise<void> }[] = [];
  readonly #wakes = new Set<(id: DeploymentId) => void>();
  #merges = 0;

  constructor(control: Control, databases: Readonly<Record<string, Settings>>) {
    this.control = control;
    this.#fleet = fleetOf(databases);
  }

  get deps(): DeployDeps {
    const dispatcher: Dispatcher = {
      wake: (id) => {
        for (const wake of this.#wakes) wake(id);
      },
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    };
    return {
      fleet: this.#fleet,
      control: this.control,
      access: this.#access(),
      permissions: { of: () => Promise.resolve("write") },
      dispatcher,
      clock: systemClock,
      log: silentLog,
    };
  }

  /** A worker: every woken deployment is worked on until the worker stops. */
  startHost(
    holder: string,
    options: { readonly leaseMs?: number; readonly sliceMs?: number; readonly graceMs?: number } = {},
  ): {
    readonly host: DeploymentHost;
    readonly stop: () => Promise<void>;
  } {
    const host = createDeploymentHost(this.deps, {
      holder,
      openRunner: this.servers.openRunner,
      sliceMs: options.sliceMs ?? 200,
      graceMs: options.graceMs ?? 30,
      leaseMs: options.leaseMs ?? 1500,
    });
    const ending = new AbortController();
    const running = new Map<DeploymentId, Promise<void>>();
    const pump = async (id: DeploymentId): Promise<void> => {
      for (;;) {
        if (ending.signal.aborted) return;
        const { againMs } = await host.work(id, ending.signal);
        if (againMs === undefined) return;
        await systemClock.sleep(Math.min(againMs, 50), ending.signal).catch(() => undefined);
      }
    };
    const wake = (id: DeploymentId): void => {
      if (running.has(id)) void host.work(id, ending.signal);
      else
        running.set(
          id,
          pump(id).finally(() => running.delete(id)),
        );
    };
    this.#wakes.add(wake);
    const stop = async (): Promise<void> => {
      this.#wakes.delete(wake);
      ending.abort(new CodedError("test/stopped", "stopped"));
      await host[Symbol.asyncDispose]();
      await Promise.all(running.values());
    };
    const started = { host, stop };
    this.#hosts.push(started);
    return started;
  }

  /** A merge that declares one table more (or what `files` says), as if its plan had been reviewed. */
  async merge(
    database: string,
    table: string,
    options: { readonly reviewed?: boolean; readonly also?: readonly string[] } = {},
  ): Promise<DeploymentId> {
    this.#merges += 1;
    const more = [...(options.also ?? []), table].map((name) => [name, tableSql(name)] as const);
    const tables = new Map([...(this.live.get(database) ?? []), ...more]);
    const files = [...tables].map(([name, sql]) => ({ path: `${name}.sql`, text: `${sql};\n` }));
    const group = `g-${database}`;
    const place = {
      ...origin,
      pull: this.#merges,
      headSha: sha(database, this.#merges),
      mergeSha: sha(database, this.#merges),
      mergedAt: new Date(Date.UTC(2026, 0, 1) + this.#merges * 1000).toISOString(),
    };
    if (options.reviewed !== false) await this.review(database, place, files);
    const [id] = await startDeployments(this.deps, { group, channel: "c", origin: place, files });
    if (id === undefined) throw new Error("nothing started");
    return id;
  }

  async review(
    database: string,
    place: Pick<typeof origin, "repository" | "pull" | "headSha">,
    files: readonly { readonly path: string; readonly text: string }[],
    lint: Readonly<Record<string, "error">> = {},
  ): Promise<void> {
    const { repository, pull, headSha } = place;
    const request = { group: `g-${database}`, channel: "c", repository, pull, headSha, files, lint };
    await proposePlans(this.deps, request, new AbortController().signal);
  }

  async view(id: DeploymentId): Promise<DeploymentView> {
    const view = await this.control.deployments.get(id);
    if (view === undefined) throw new Error(`no deployment ${id}`);
    return view;
  }

  /** Waits until the deployment is there; fails with what it is instead. */
  async until(id: DeploymentId, at: DeploymentAt, within = 8000): Promise<DeploymentView> {
    const end = Date.now() + within;
    for (;;) {
      const view = await this.view(id);
      if (view.at === at) return view;
      if (Date.now() > end) throw new Error(`${id} is ${view.at}, not ${at}: ${JSON.stringify(view.history, null, 1)}`);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  async waitFor(what: () => boolean | Promise<boolean>, within = 8000): Promise<void> {
    const end = Date.now() + within;
    while (!(await what())) {
      if (Date.now() > end) throw new Error(`in vain: ${what.toString()}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { stop } of this.#hosts) await stop();
  }

  #access(): DatabaseAccess {
    return {
      targets: (database) => Promise.resolve([targetOf(database)]),
      live: (database) => Promise.resolve([this.#liveOf(database)]),
      scratch: () => Promise.resolve(scratch()),
    };
  }

  #liveOf(database: string): LiveDatabase {
    return {
      readSchema: () => Promise.resolve(schemaOf(this.live.get(database) ?? new Map())),
      statistics: () => Promise.resolve([]),
    };
  }
}

export function tableSql(name: string, column = "note"): string {
  return (
    `CREATE TABLE \`${name}\` (\n  \`id\` int NOT NULL,\n  \`${column}\` int DEFAULT NULL,\n  PRIMARY KEY (\`id\`)\n` +
    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci"
  );
}

function schemaOf(tables: ReadonlyMap<string, string>): CanonicalSchema {
  const objects = [...tables].map(([name, sql]): CanonicalObject => ({ kind: "table", name, sql }));
  return { flavour: "mysql", version: "9.7.0", charset: "utf8mb4", collation: "utf8mb4_0900_ai_ci", objects };
}

/** Believes that authored text is canonical already, which it is in these tests. */
function scratch(): Scratch {
  let desired = schemaOf(new Map());
  return {
    canonicalise: ({ statements }) => {
      desired = schemaOf(new Map(statements.map(({ name, sql }) => [name, sql.replace(/;\s*$/, "")])));
      return Promise.resolve({ at: "canonical", schema: desired });
    },
    replay: () => Promise.resolve(desired),
  };
}

/** Only who it is gets asked here; the runner is pretended. */
function targetOf(database: string): Target {
  const never = (): never => {
    throw new CodedError("test/no-server", "there is no server behind this");
  };
  return {
    shard: zero(),
    database,
    serverId: () => Promise.resolve(`server-of-${database}`),
    facts: never,
    open: never,
    kill: never,
    currentPosition: never,
    openLog: never,
    freeDiskBytes: never,
  };
}

function zero(): ShardName {
  const shard = parseShardName("0");
  if (shard === undefined) throw new Error("no shard name");
  return shard;
}

function fleetOf(databases: Readonly<Record<string, Settings>>): Fleet {
  return {
    roles: { operate: ["olga"], seal: ["sara"], admin: ["ada"] },
    scratch: [],
    groups: Object.entries(databases).map(([name, settings]) => ({
      name: `g-${name}`,
      repository: origin.repository,
      path: "schemas",
      channels: [{ name: "c", branch: "main", seal: settings.seal ?? "manual" }],
      databases: [
        {
          name,
          channel: "c",
          flavour: "mysql",
          shards: [{ name: zero(), dsn: { from: "env", name: "X" } }],
          revertWindowMs: settings.revertWindowMs ?? 60_000,
          sealAttempts: settings.sealAttempts ?? 3,
          lockBudgetMs: 250,
          keepOld: false,
        },
      ],
      place: { file: "fleet.yml", line: 1 },
    })),
  };
}

function sha(database: string, n: number): string {
  return Buffer.from(`${database}-${n}`).toString("hex").padStart(40, "0").slice(-40);
}

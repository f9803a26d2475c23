import { openLiveDatabase, openTarget } from "#drivers";
import {
  defaultEngineSettings,
  type EngineSettings,
  openRunner,
  type Runner,
  type RunnerDependencies,
  type Target,
} from "#engine";
import { type Log, newDeploymentId, parseShardName, silentLog, type ShardName, systemClock } from "#kernel";
import { buildPlan, type PlannedChange } from "#plan";
import type { MysqlServer } from "#sandbox";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";

export const never: AbortSignal = new AbortController().signal;

export function shardName(text: string): ShardName {
  const name = parseShardName(text);
  if (name === undefined) throw new TypeError(`not a shard name: ${text}`);
  return name;
}

export interface World extends AsyncDisposable {
  readonly databases: readonly { readonly server: MysqlServer; readonly database: string; readonly shard: ShardName }[];
  readonly changes: readonly PlannedChange[];
  readonly deployment: ReturnType<typeof newDeploymentId>;
  targets(): Target[];
  /** A runner of the one deployment of this world. */
  runner(options?: RunnerOptions): Promise<Runner>;
  /** A client of a shard, with the server's default isolation. */
  client(index?: number): Promise<Connection>;
}

export interface RunnerOptions {
  readonly fence?: bigint;
  readonly settings?: Partial<EngineSettings>;
  readonly targets?: readonly Target[];
  readonly dependencies?: RunnerDependencies;
  readonly log?: Log;
}

export interface WorldOptions {
  /** One shard per server given; a server may be given twice. */
  readonly servers: readonly MysqlServer[];
  /** Name of the databases, made unique by the caller. */
  readonly name: string;
  /** The schema as it is. */
  readonly before: readonly string[];
  /** What leads from there to the schema as it shall be. */
  readonly alter: readonly string[];
}

/** Databases with a schema, and the plan to another one. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { servers, name, before, alter } = options;
  const databases = servers.map((server, i) => ({ server, database: `${name}_${i}`, shard: shardName(`s${i}`) }));
  for (const { server, database } of databases) await createDatabase(server, database, before);
  const changes = await planChanges(databases[0]?.server, databases[0]?.database ?? "", before, alter);
  const clients: Connection[] = [];
  const deployment = newDeploymentId();
  const targets = (): Target[] =>
    databases.map(({ server, database, shard }) =>
      openTarget({ shard, dsn: server.dsn(database), log: silentLog, clock: systemClock }),
    );
  return {
    databases,
    changes,
    deployment,
    targets,
    runner: (runner = {}) =>
      openRunner(
        {
          deployment,
          fence: runner.fence ?? 1n,
          targets: runner.targets ?? targets(),
          changes,
          settings: { ...defaultEngineSettings, snapshotWaitMs: 500, ...runner.settings },
          clock: systemClock,
          log: runner.log ?? silentLog,
        },
        never,
        runner.dependencies,
      ),
    client: async (index = 0) => {
      const place = databases[index];
      if (place === undefined) throw new TypeError("no such shard");
      const client = await connectTo(place.server, place.database);
      clients.push(client);
      return client;
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.destroy();
      for (const { server, database } of databases) {
        const client = await connectTo(server, "").catch(() => undefined);
        await client?.query(`DROP DATABASE IF EXISTS \`${database}\``).catch(() => undefined);
        client?.destroy();
      }
    },
  };
}

export async function connectTo(server: MysqlServer, database: string): Promise<Connection> {
  return createConnection({
    host: server.host,
    port: server.port,
    user: "root",
    ...(database === "" ? {} : { database }),
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    timezone: "Z",
  });
}

/** All rows of a table as text, by `order`. */
export async function rowsOf(client: Connection, table: string, columns = "*", order = "1"): Promise<string[]> {
  const [rows] = await client.query<RowDataPacket[]>(`SELECT ${columns} FROM ${table} ORDER BY ${order}`);
  return rows.map((row) => JSON.stringify(row));
}

/** Databases of ours on the shard's server. */
export async function ownDatabases(client: Connection): Promise<string[]> {
  const [rows] = await client.query<RowDataPacket[]>("SHOW DATABASES LIKE '\\_sluice%'");
  return rows.map((row) => String(Object.values(row)[0]));
}

async function createDatabase(server: MysqlServer, database: string, statements: readonly string[]): Promise<void> {
  const client = await connectTo(server, "");
  await client.query(`CREATE DATABASE \`${database}\` DEFAULT CHARACTER SET utf8mb4`);
  await client.changeUser({ database });
  for (const sql of statements) await client.query(sql);
  client.destroy();
}

async function planChanges(
  server: MysqlServer | undefined,
  database: string,
  before: readonly string[],
  alter: readonly string[],
): Promise<readonly PlannedChange[]> {
  if (server === undefined) throw new TypeError("no server");
  const wanted = `${database}_wanted`;
  await createDatabase(server, wanted, [...before, ...alter]);
  const read = (name: string) => openLiveDatabase({ dsn: server.dsn(name), clock: systemClock }).readSchema(never);
  const plan = buildPlan({ live: await read(database), desired: await read(wanted), statistics: [] });
  const client = await connectTo(server, "");
  await client.query(`DROP DATABASE \`${wanted}\``);
  client.destroy();
  const refusal = plan.refusals[0] ?? plan.notHandled[0]?.reason;
  if (refusal !== undefined) throw new TypeError(`the plan is refused: ${refusal.code} ${refusal.message}`);
  return plan.changes;
}

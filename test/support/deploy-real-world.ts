import type { DatabaseSettings, Fleet } from "#config";
import type { DeployDeps } from "#deploy";
import { createLocalDispatcher } from "#dispatch";
import { Redactor, parseShardName, silentLog, systemClock } from "#kernel";
import { openControl } from "#store";
import { createDatabaseAccess } from "../../src/app/database-access.ts";

/** DSNs of the two shards, the scratch server and the control database; passed to child processes as JSON. */
export interface RealServers {
  readonly SHARD_A: string;
  readonly SHARD_B: string;
  readonly SCRATCH: string;
  readonly CONTROL: string;
}

/** The real objects of one process over real servers; only GitHub's permissions are answered here. */
export async function realDeps(servers: RealServers): Promise<DeployDeps & AsyncDisposable> {
  const [clock, log, fleet] = [systemClock, silentLog, realFleet()];
  const control = await openControl({ dsn: servers.CONTROL, clock, log });
  const dispatcher = createLocalDispatcher({ clock, log, concurrency: 4 });
  return {
    fleet,
    control,
    access: createDatabaseAccess({ fleet, variables: { ...servers }, redactor: new Redactor(), clock, log }),
    permissions: { of: () => Promise.resolve("write") },
    dispatcher,
    clock,
    log,
    [Symbol.asyncDispose]: async () => {
      await dispatcher[Symbol.asyncDispose]();
      await control[Symbol.asyncDispose]();
    },
  };
}

function realFleet(): Fleet {
  const shards: DatabaseSettings["shards"] = ["SHARD_A", "SHARD_B"].flatMap((name, index) => {
    const shard = parseShardName(String(index));
    return shard === undefined ? [] : [{ name: shard, dsn: { from: "env", name } }];
  });
  return {
    roles: { operate: [], seal: ["sara"], admin: [] },
    scratch: [{ flavour: "mysql", dsn: { from: "env", name: "SCRATCH" } }],
    groups: [
      {
        name: "shop",
        repository: { owner: "acme", name: "shop" },
        path: "schemas",
        channels: [{ name: "prod", branch: "main", seal: "manual" }],
        databases: [
          {
            name: "shop-prod",
            channel: "prod",
            flavour: "mysql",
            shards,
            revertWindowMs: 600_000,
            sealAttempts: 10,
            lockBudgetMs: 250,
            keepOld: false,
          },
        ],
        place: { file: "fleet.yml", line: 1 },
      },
    ],
  };
}

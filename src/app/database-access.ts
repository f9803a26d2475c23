import { type DatabaseSettings, type Fleet, type ScratchSettings, resolveSecret } from "#config";
import type { DatabaseAccess } from "#deploy";
import { openLiveDatabase, openScratch, openTarget } from "#drivers";
import type { Target } from "#engine";
import { type Clock, CodedError, type Log, type Redactor } from "#kernel";

export interface DatabaseAccessOptions {
  readonly fleet: Fleet;
  /** Where `env:NAME` is looked up. */
  readonly variables: NodeJS.ProcessEnv;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly log: Log;
}

const ASK_MS = 15_000;

/** Opens what fleet.yml names; a secret is resolved when it is needed and never kept. */
export function createDatabaseAccess(options: DatabaseAccessOptions): DatabaseAccess {
  const { fleet, variables, redactor, clock, log } = options;
  const secret = (reference: Parameters<typeof resolveSecret>[0]): string => resolveSecret(reference, variables);
  const targetOf = (shard: DatabaseSettings["shards"][number]): Target =>
    openTarget({ shard: shard.name, dsn: secret(shard.dsn), redactor, log, clock });
  const targetsOf = (settings: DatabaseSettings): readonly Target[] => settings.shards.map(targetOf);

  /** Of the fleet's other databases. One that is down is passed over: the scratch server has to answer, so it is another. */
  const serverIdsBeside = async (database: string, signal: AbortSignal): Promise<readonly string[]> => {
    const others = fleet.groups.flatMap(({ databases }) => databases).filter(({ name }) => name !== database);
    const asked = await Promise.allSettled(
      others.flatMap(({ shards }) => shards.map(async (shard) => targetOf(shard).serverId(signal))),
    );
    return asked.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  };

  return {
    targets: async (database) => targetsOf(databaseNamed(fleet, database)),
    live: async (database) =>
      databaseNamed(fleet, database).shards.map((shard) =>
        openLiveDatabase({ dsn: secret(shard.dsn), redactor, clock }),
      ),
    async scratch(database) {
      const settings = databaseNamed(fleet, database);
      const targets = targetsOf(settings);
      const signal = AbortSignal.timeout(ASK_MS);
      const [ids, facts, others] = await Promise.all([
        Promise.all(targets.map((target) => target.serverId(signal))),
        Promise.all(targets.map((target) => target.facts(signal))),
        serverIdsBeside(database, signal),
      ]);
      const version = facts[0]?.version ?? "";
      const chosen = chooseScratch(fleet.scratch, settings.flavour, version);
      if (chosen === undefined) {
        throw new CodedError(
          "config/no-scratch",
          `No scratch server fits ${database} (${settings.flavour} ${version})`,
          {
            hint: "Add one of the same flavour and version to fleet.yml, under scratch.",
            next: "fix-input",
          },
        );
      }
      return openScratch({ dsn: secret(chosen.dsn), redactor, targetServerIds: [...ids, ...others], log, clock });
    },
  };
}

/**
 * The one whose version is named most exactly, then one for any version of the flavour.
 *
 * @internal
 */
export function chooseScratch(
  scratch: readonly ScratchSettings[],
  flavour: DatabaseSettings["flavour"],
  version: string,
): ScratchSettings | undefined {
  return scratch
    .filter((one) => one.flavour === flavour && (one.version === undefined || isVersion(version, one.version)))
    .sort((a, b) => (b.version?.length ?? 0) - (a.version?.length ?? 0))[0];
}

/** `8.0` names 8.0.36 but not 8.01. */
function isVersion(version: string, named: string): boolean {
  return version.startsWith(named) && !/\d/.test(version.charAt(named.length));
}

function databaseNamed(fleet: Fleet, name: string): DatabaseSettings {
  const found = fleet.groups.flatMap((group) => group.databases).find((database) => database.name === name);
  if (found === undefined)
    throw new CodedError("config/unknown-database", `fleet.yml names no database ${name}`, { next: "fix-input" });
  return found;
}

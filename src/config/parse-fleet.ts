import { parseDuration, parseShardName, type Reason, type ShardName } from "#kernel";
import { cleanPath } from "./clean-path.ts";
import { crossChecks } from "./cross-checks.ts";
import { problemsOf } from "./problems.ts";
import { parseSecretReference } from "./secrets.ts";
import type { DatabaseSettings, Fleet, GroupSettings, SecretReference } from "./settings.ts";
import { fleetShape, type FleetFile } from "./shapes.ts";
import { parseYaml, type YamlDocument } from "./yaml-document.ts";

const DEFAULT_REVERT_WINDOW_MS = 30 * 60_000;
const DEFAULT_LOCK_BUDGET_MS = 250;
const DEFAULT_SEAL_ATTEMPTS = 10;

export type FleetResult =
  { readonly at: "fleet"; readonly fleet: Fleet } | { readonly at: "refused"; readonly problems: readonly Reason[] };

/** Reads fleet.yml. All problems at once, each with file, line and column; `file` is only named in them. */
export function parseFleet(text: string, file: string): FleetResult {
  const yaml = parseYaml(text, file);
  if (yaml.at === "refused") return yaml;
  const { document } = yaml;
  const parsed = fleetShape.safeParse(document.value);
  const early = [
    ...(parsed.success ? [] : problemsOf("fleet", fleetShape, parsed.error, document)),
    ...notYetValues(document),
  ];
  if (!parsed.success || early.length > 0) return { at: "refused", problems: preferNotYet(early) };
  const problems = crossChecks(parsed.data, document);
  if (problems.length > 0) return { at: "refused", problems };
  return { at: "fleet", fleet: fleetFrom(parsed.data, document) };
}

/** Values of the design that this version does not act on. */
function notYetValues(document: YamlDocument): readonly Reason[] {
  const found: Reason[] = [];
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value))
        walk(inner, [...path, Array.isArray(value) ? Number(key) : key]);
      return;
    }
    const what = notYetValue(value, path);
    if (what === undefined) return;
    const hint = "This version would ignore it. Remove it until it is supported.";
    found.push({ code: "config/not-yet", message: `${what} not supported yet`, hint, where: document.placeOf(path) });
  };
  walk(document.value, []);
  return found;
}

function notYetValue(value: unknown, path: readonly (string | number)[]): string | undefined {
  if (typeof value !== "string") return undefined;
  if (path[0] === "roles" && value.startsWith("team:")) return `Teams in \`roles.${path[1]}\` are`;
  if (path.at(-1) === "flavour" && value === "mariadb") return "`flavour: mariadb` is";
  if (path.at(-1) === "dsn" && value.startsWith("vault:")) return "`vault:` references are";
  return undefined;
}

/** Where a value is both unsupported and out of shape, one message is enough. */
function preferNotYet(problems: readonly Reason[]): readonly Reason[] {
  const at = (reason: Reason): string => `${reason.where?.line}:${reason.where?.column}`;
  const notYet = new Set(problems.filter((reason) => reason.code === "config/not-yet").map(at));
  return problems.filter(
    (reason) => reason.code === "config/not-yet" || reason.code === "config/unknown-key" || !notYet.has(at(reason)),
  );
}

function fleetFrom(file: FleetFile, document: YamlDocument): Fleet {
  const lower = (logins: readonly string[] | undefined): readonly string[] =>
    (logins ?? []).map((login) => login.toLowerCase());
  return {
    groups: Object.entries(file.groups).map(([name, group]) => groupFrom(name, group, file.defaults, document)),
    roles: { operate: lower(file.roles?.operate), seal: lower(file.roles?.seal), admin: lower(file.roles?.admin) },
    scratch: file.scratch.map(({ flavour, version, dsn }) => ({
      flavour,
      ...(version === undefined ? {} : { version }),
      dsn: reference(dsn),
    })),
  };
}

function groupFrom(
  name: string,
  group: FleetFile["groups"][string],
  defaults: FleetFile["defaults"],
  document: YamlDocument,
): GroupSettings {
  const [owner = "", repository = ""] = group.repository.split("/");
  return {
    name,
    repository: { owner, name: repository },
    path: cleanPath(group.path),
    channels: Object.entries(group.channels).map(([channel, { branch, seal }]) => ({ name: channel, branch, seal })),
    databases: group.databases.map((database) => databaseFrom(database, defaults)),
    place: document.placeOfKey(["groups"], name),
  };
}

function databaseFrom(
  database: FleetFile["groups"][string]["databases"][number],
  defaults: FleetFile["defaults"],
): DatabaseSettings {
  const window = database.revert?.window ?? defaults?.revert?.window;
  const lockWait = database.gate?.["max-lock-wait"] ?? defaults?.gate?.["max-lock-wait"];
  return {
    name: database.name,
    channel: database.channel,
    flavour: database.flavour ?? "mysql",
    shards: database.shards.map(({ id, dsn }) => ({ name: shardName(id), dsn: reference(dsn) })),
    revertWindowMs: milliseconds(window) ?? DEFAULT_REVERT_WINDOW_MS,
    sealAttempts: database.gate?.attempts ?? defaults?.gate?.attempts ?? DEFAULT_SEAL_ATTEMPTS,
    lockBudgetMs: milliseconds(lockWait) ?? DEFAULT_LOCK_BUDGET_MS,
    keepOld: database["keep-old"] ?? false,
  };
}

function milliseconds(text: string | 0 | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(String(text));
}

// The shape has checked both patterns already, so neither can be undefined here.
function shardName(text: string): ShardName {
  return parseShardName(text) as ShardName;
}

function reference(text: string): SecretReference {
  return parseSecretReference(text) as SecretReference;
}

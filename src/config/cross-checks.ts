import type { Code, Reason } from "#kernel";
import { closest } from "./closest.ts";
import { cleanPath } from "./clean-path.ts";
import type { FleetFile } from "./shapes.ts";
import type { KeyPath, YamlDocument } from "./yaml-document.ts";

/** What no shape can say: names that must be unique, known or unclaimed across the file. */
export function crossChecks(file: FleetFile, document: YamlDocument): readonly Reason[] {
  return [
    ...databaseNames(file, document),
    ...channelNames(file, document),
    ...shardIds(file, document),
    ...dsnReferences(file, document),
    ...paths(file, document),
    ...claims(file, document),
  ];
}

interface Placed {
  readonly path: KeyPath;
}

function databasesOf(file: FleetFile) {
  return Object.entries(file.groups).flatMap(([group, settings]) =>
    settings.databases.map((database, at) => ({
      group,
      settings,
      database,
      path: ["groups", group, "databases", at] as KeyPath,
    })),
  );
}

function repeats<Item extends Placed>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): readonly { readonly first: Item; readonly again: Item }[] {
  const seen = new Map<string, Item>();
  return items.flatMap((again) => {
    const first = seen.get(keyOf(again));
    if (first === undefined) seen.set(keyOf(again), again);
    return first === undefined ? [] : [{ first, again }];
  });
}

function databaseNames(file: FleetFile, document: YamlDocument): readonly Reason[] {
  return repeats(databasesOf(file), ({ database }) => database.name).map(({ first, again }) =>
    problem(
      "config/duplicate-name",
      `Two databases are named ${again.database.name}`,
      [...again.path, "name"],
      document,
      firstAt([...first.path, "name"], document),
    ),
  );
}

function channelNames(file: FleetFile, document: YamlDocument): readonly Reason[] {
  const unknown = databasesOf(file).flatMap(({ settings, group, database, path }) => {
    const channels = Object.keys(settings.channels);
    if (channels.includes(database.channel)) return [];
    const near = closest(database.channel, channels);
    const hint = near === undefined ? `Group ${group} has: ${channels.join(", ") || "none"}.` : `Did you mean ${near}?`;
    return [
      problem(
        "config/unknown-channel",
        `Database ${database.name} follows ${database.channel}, which is no channel of group ${group}`,
        [...path, "channel"],
        document,
        hint,
      ),
    ];
  });
  const empty = Object.entries(file.groups).flatMap(([group, settings]) =>
    Object.keys(settings.channels)
      .filter((channel) => !settings.databases.some((database) => database.channel === channel))
      .map((channel) =>
        problem(
          "config/empty-channel",
          `No database follows channel ${channel} of group ${group}`,
          ["groups", group, "channels", channel],
          document,
          "Merges into its branch would do nothing.",
        ),
      ),
  );
  return [...unknown, ...empty];
}

function shardIds(file: FleetFile, document: YamlDocument): readonly Reason[] {
  return databasesOf(file).flatMap(({ database, path }) =>
    repeats(
      database.shards.map(({ id }, at) => ({ id, path: [...path, "shards", at, "id"] as KeyPath })),
      ({ id }) => id,
    ).map(({ again }) =>
      problem("config/duplicate-name", `Database ${database.name} has two shards ${again.id}`, again.path, document),
    ),
  );
}

/** One DSN serves one shard of one database; two would deploy twice to the same tables. */
function dsnReferences(file: FleetFile, document: YamlDocument): readonly Reason[] {
  const shards = databasesOf(file).flatMap(({ database, path }) =>
    database.shards.map(({ dsn }, at) => ({
      dsn,
      user: `database ${database.name}`,
      path: [...path, "shards", at, "dsn"] as KeyPath,
    })),
  );
  const scratch = file.scratch.map(({ dsn }, at) => ({
    dsn,
    user: "a scratch server",
    path: ["scratch", at, "dsn"] as KeyPath,
  }));
  return repeats([...shards, ...scratch], ({ dsn }) => dsn).map(({ first, again }) =>
    problem(
      "config/dsn-twice",
      `${again.dsn} serves ${first.user} already and cannot serve ${again.user}`,
      again.path,
      document,
      firstAt(first.path, document),
    ),
  );
}

function paths(file: FleetFile, document: YamlDocument): readonly Reason[] {
  return Object.entries(file.groups)
    .filter(([, { path }]) => path.startsWith("/") || path.includes("\\") || path.split("/").includes(".."))
    .map(([group]) =>
      problem(
        "config/bad-value",
        `The path of group ${group} must be a folder inside the repository`,
        ["groups", group, "path"],
        document,
        "Such as schemas/shop; . is the repository's root.",
      ),
    );
}

/** A folder on a branch has one owner; a folder inside an owned one is owned too. */
function claims(file: FleetFile, document: YamlDocument): readonly Reason[] {
  const all = Object.entries(file.groups).flatMap(([group, settings]) =>
    Object.entries(settings.channels).map(([channel, { branch }]) => ({
      owner: `channel ${channel} of group ${group}`,
      repository: settings.repository.toLowerCase(),
      branch,
      folder: cleanPath(settings.path),
      path: ["groups", group, "channels", channel, "branch"] as KeyPath,
    })),
  );
  return all.flatMap((again, at) => {
    const first = all
      .slice(0, at)
      .find(
        (other) =>
          other.repository === again.repository &&
          other.branch === again.branch &&
          (within(other.folder, again.folder) || within(again.folder, other.folder)),
      );
    if (first === undefined) return [];
    return [
      problem(
        "config/claimed-twice",
        `Branch ${again.branch} of this folder belongs to ${first.owner} already`,
        again.path,
        document,
        firstAt(first.path, document),
      ),
    ];
  });
}

function within(inner: string, outer: string): boolean {
  return outer === "" || inner === outer || inner.startsWith(`${outer}/`);
}

function firstAt(path: KeyPath, document: YamlDocument): string {
  return `The first is on line ${document.placeOf(path).line}.`;
}

function problem(code: Code, message: string, path: KeyPath, document: YamlDocument, hint?: string): Reason {
  return { code, message, ...(hint === undefined ? {} : { hint }), where: document.placeOf(path) };
}

import type { ChannelSettings, DatabaseSettings, Fleet, GroupSettings, RepositoryName } from "#config";

/** A branch of a repository as fleet.yml binds it: the only way a repository gets at a database. */
export interface Binding {
  readonly group: GroupSettings;
  readonly channel: ChannelSettings;
  /** Those that follow this channel. */
  readonly databases: readonly DatabaseSettings[];
}

/** GitHub compares owners and names without case; branches with it. */
export function bindingsOf(fleet: Fleet, repository: RepositoryName, branch: string): readonly Binding[] {
  return fleet.groups
    .filter((group) => isSameRepository(group.repository, repository))
    .flatMap((group) =>
      group.channels
        .filter((channel) => channel.branch === branch)
        .map((channel) => ({
          group,
          channel,
          databases: group.databases.filter((database) => database.channel === channel.name),
        })),
    );
}

/** Every repository that fleet.yml names, once, with its channel branches. */
export function boundRepositories(
  fleet: Fleet,
): readonly { readonly repository: RepositoryName; readonly branches: readonly string[] }[] {
  const found = new Map<string, { repository: RepositoryName; branches: Set<string> }>();
  for (const group of fleet.groups) {
    const key = keyOf(group.repository);
    const entry = found.get(key) ?? { repository: group.repository, branches: new Set<string>() };
    for (const channel of group.channels) entry.branches.add(channel.branch);
    found.set(key, entry);
  }
  return [...found.values()].map((entry) => ({ repository: entry.repository, branches: [...entry.branches] }));
}

/** The spelling of fleet.yml: what is stored and compared everywhere else. */
export function asBound(fleet: Fleet, repository: RepositoryName): RepositoryName | undefined {
  return fleet.groups.find((group) => isSameRepository(group.repository, repository))?.repository;
}

function isSameRepository(a: RepositoryName, b: RepositoryName): boolean {
  return keyOf(a) === keyOf(b);
}

function keyOf(repository: RepositoryName): string {
  return `${repository.owner}/${repository.name}`.toLowerCase();
}

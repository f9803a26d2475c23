import type { ChannelSettings, DatabaseSettings, Fleet, GroupSettings } from "#config";
import { CodedError } from "#kernel";

/** @throws CodedError `deploy/unknown-group` when fleet.yml does not name it (any more) */
export function groupOf(fleet: Fleet, name: string): GroupSettings {
  const group = fleet.groups.find((one) => one.name === name);
  if (group === undefined) throw new CodedError("deploy/unknown-group", `fleet.yml names no group ${name}`);
  return group;
}

/** @throws CodedError `deploy/unknown-channel` */
export function channelOf(group: GroupSettings, name: string): ChannelSettings {
  const channel = group.channels.find((one) => one.name === name);
  if (channel === undefined) {
    throw new CodedError("deploy/unknown-channel", `fleet.yml names no channel ${name} in group ${group.name}`);
  }
  return channel;
}

export function databasesOf(group: GroupSettings, channel: string): readonly DatabaseSettings[] {
  return group.databases.filter((database) => database.channel === channel);
}

/** @throws CodedError `deploy/unknown-database` when fleet.yml does not name it (any more) */
export function databaseOf(fleet: Fleet, name: string): DatabaseSettings {
  const database = fleet.groups.flatMap((group) => group.databases).find((one) => one.name === name);
  if (database === undefined) {
    throw new CodedError("deploy/unknown-database", `fleet.yml names no database ${name}`, {
      hint: "Put it back into fleet.yml until its deployments are over, or cancel them.",
    });
  }
  return database;
}

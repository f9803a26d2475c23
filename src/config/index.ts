export type {
  ChannelSettings,
  DatabaseSettings,
  Environment,
  Fleet,
  GithubEnvironment,
  GroupSettings,
  RepositoryName,
  RepositorySettings,
  Roles,
  ScratchSettings,
  SecretReference,
} from "./settings.ts";

export { parseEnvironment, type EnvironmentResult } from "./environment.ts";
export { parseFleet, type FleetResult } from "./parse-fleet.ts";
export { defaultRepositorySettings, parseRepositorySettings } from "./parse-repository-settings.ts";
export { parseSecretReference, printSecretReference, resolveSecret } from "./secrets.ts";
export { jsonSchemas } from "./shapes.ts";
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

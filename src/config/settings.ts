import type { SourcePlace, ShardName } from "#kernel";

/** Where a secret comes from; the value itself is resolved as late as possible and never printed. */
export type SecretReference =
  { readonly from: "env"; readonly name: string } | { readonly from: "file"; readonly path: string };

/** fleet.yml: the operator's file; it alone binds repositories, branches and databases (design section 5). */
export interface Fleet {
  readonly groups: readonly GroupSettings[];
  readonly roles: Roles;
  readonly scratch: readonly ScratchSettings[];
}

/** One schema folder of one repository and the databases that follow it. */
export interface GroupSettings {
  readonly name: string;
  readonly repository: RepositoryName;
  /** Folder of the `.sql` files in the repository, without slashes at its ends. */
  readonly path: string;
  readonly channels: readonly ChannelSettings[];
  readonly databases: readonly DatabaseSettings[];
  readonly place: SourcePlace;
}

export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

export interface ChannelSettings {
  readonly name: string;
  readonly branch: string;
  /** `auto` seals when ready; `manual` holds until someone decides. */
  readonly seal: "auto" | "manual";
}

export interface DatabaseSettings {
  /** Unique in the fleet. */
  readonly name: string;
  readonly channel: string;
  readonly flavour: "mysql" | "mariadb";
  readonly shards: readonly { readonly name: ShardName; readonly dsn: SecretReference }[];
  /** 0 finalises at once. */
  readonly revertWindowMs: number;
  readonly sealAttempts: number;
  readonly lockBudgetMs: number;
  readonly keepOld: boolean;
}

export interface ScratchSettings {
  readonly flavour: "mysql" | "mariadb";
  /** Only servers whose version starts with this use it; absent: any of the flavour. */
  readonly version?: string;
  readonly dsn: SecretReference;
}

/** Logins (lower case). admin may do what seal may, seal what operate may. Nobody is in a role by default. */
export interface Roles {
  readonly operate: readonly string[];
  readonly seal: readonly string[];
  readonly admin: readonly string[];
}

/** `.github/sluice.yml`, read from the channel branch, never from a pull request's head; it may only tighten. */
export interface RepositorySettings {
  readonly lint: Readonly<Record<string, "error" | "warning" | "notice">>;
  /** More seal votes than the fleet asks for; at least 1. */
  readonly approvals: number;
  /** Which news get a comment of their own. */
  readonly ping: readonly ("ready" | "failed" | "blocked" | "reverted")[];
}

/** What the process is told by its environment; see README for the variables. */
export interface Environment {
  /** SLUICE_DATABASE: DSN of the control database. */
  readonly controlDsn: string;
  /** SLUICE_REDIS: redis:// or unix:// URL; absent: local dispatcher. */
  readonly redisUrl?: string;
  /** SLUICE_FLEET: path of fleet.yml. */
  readonly fleetFile: string;
  readonly port: number;
  /** Where people reach `sluice serve`, for links. */
  readonly publicUrl?: string;
  readonly github?: GithubEnvironment;
}

export interface GithubEnvironment {
  /** API base, such as https://api.github.com or http://127.0.0.1:4000/api/v3. */
  readonly apiUrl: string;
  readonly appId: number;
  readonly privateKey: string;
  /** Accepted secrets, newest first (two while rotating); never empty. */
  readonly webhookSecrets: readonly string[];
}

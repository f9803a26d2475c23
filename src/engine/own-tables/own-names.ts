import { sha256Hex, type DeploymentId, type ShardName } from "#kernel";
import { quoted } from "../sql/names.ts";

/** The database for what is ours on a server and belongs to no single table: heartbeat, progress, fences. */
export const OWN_DATABASE = "_sluice";

/** How everything of one deployment on one shard is called on its server (design D6c). */
export interface OwnNames {
  readonly deployment: DeploymentId;
  readonly shard: ShardName;
  /** Database of the shadow tables; after a revert, of the retired new tables. */
  readonly next: string;
  /** Database of the retired tables. */
  readonly old: string;
  /** Every database of this deployment and shard starts so. */
  readonly prefix: string;
  /** Table in `_sluice`, one per deployment. */
  readonly fence: string;
  /** User-level lock that the seal session holds: tells a new runner which connection to kill. */
  readonly sealLock: string;
}

/** @param alone whether no other shard of this deployment lives on the same server */
export function ownNames(deployment: DeploymentId, shard: ShardName, alone: boolean): OwnNames {
  const prefix = alone ? `_sluice_${deployment}_` : `_sluice_${deployment}_${sha256Hex(shard).slice(0, 8)}_`;
  return {
    deployment,
    shard,
    next: `${prefix}new`,
    old: `${prefix}old`,
    prefix,
    fence: `fence_${deployment}`,
    // User-level lock names have at most 64 characters and are server-wide.
    sealLock: `sluice_seal_${deployment}_${sha256Hex(shard).slice(0, 8)}`,
  };
}

export function fenceTable(names: OwnNames): string {
  return `${quoted(OWN_DATABASE)}.${quoted(names.fence)}`;
}

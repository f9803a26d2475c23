import type { Session } from "../ports.ts";
import { isMissing } from "../sql/errors.ts";
import { quoted } from "../sql/names.ts";
import { fenced } from "./fence.ts";
import { fenceTable, OWN_DATABASE, type OwnNames } from "./own-names.ts";
import { withOwnLock } from "./own-lock.ts";

const OWN = quoted(OWN_DATABASE);

/** What is ours on every target server. `log` positions are JSON of a LogPosition. */
const TABLES = [
  `CREATE TABLE IF NOT EXISTS ${OWN}.heartbeat (
    token BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    beaten_at DATETIME(3) NOT NULL
  ) COMMENT 'Sluice: commit barrier, one row per reader of the binary log'`,
  `CREATE TABLE IF NOT EXISTS ${OWN}.shard (
    deployment VARCHAR(20) NOT NULL,
    shard VARCHAR(32) NOT NULL,
    intent VARCHAR(10) NOT NULL,
    seal_connection BIGINT UNSIGNED NULL,
    applied TEXT NULL,
    sealed_from TEXT NULL,
    window_applied TEXT NULL,
    PRIMARY KEY (deployment, shard)
  ) COMMENT 'Sluice: where a deployment stands on a shard'`,
  `CREATE TABLE IF NOT EXISTS ${OWN}.progress (
    deployment VARCHAR(20) NOT NULL,
    shard VARCHAR(32) NOT NULL,
    table_name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    kind VARCHAR(10) NOT NULL,
    phase VARCHAR(20) NOT NULL,
    source_id BIGINT UNSIGNED NULL,
    shadow_id BIGINT UNSIGNED NULL,
    copied_to TEXT NULL,
    rows_copied BIGINT UNSIGNED NOT NULL DEFAULT 0,
    rows_estimated BIGINT UNSIGNED NOT NULL DEFAULT 0,
    rows_checked BIGINT UNSIGNED NOT NULL DEFAULT 0,
    repaired BIGINT UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (deployment, shard, table_name)
  ) COMMENT 'Sluice: how far each table of a deployment is'`,
];

/**
 * Creates our databases and tables where they are missing and claims the deployment for `fence`. Idempotent.
 *
 * @throws CodedError `engine/fenced` when a newer runner was here
 */
export async function install(session: Session, names: OwnNames, fence: bigint, signal: AbortSignal): Promise<void> {
  // Our own names and texts are compared byte for byte whatever the server's defaults.
  const defaults = "DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
  await withOwnLock(
    session,
    async () => {
      await session.execute(`CREATE DATABASE IF NOT EXISTS ${OWN} ${defaults}`, undefined, signal);
      for (const sql of TABLES) await session.execute(sql, undefined, signal);
      await session.execute(
        `CREATE TABLE IF NOT EXISTS ${fenceTable(names)} (one TINYINT NOT NULL PRIMARY KEY, fence BIGINT UNSIGNED NOT NULL)`,
        undefined,
        signal,
      );
      await raise(session, names, fence, signal);
      for (const database of [names.next, names.old]) {
        await session.execute(`CREATE DATABASE IF NOT EXISTS ${quoted(database)}`, undefined, signal);
      }
    },
    signal,
  );
}

/**
 * Claims a deployment that is already on the server.
 *
 * @returns false when nothing of this deployment is there
 * @throws CodedError `engine/fenced` when a newer runner was here
 */
export async function claim(session: Session, names: OwnNames, fence: bigint, signal: AbortSignal): Promise<boolean> {
  if ((await seenFence(session, names, signal)) === "absent") return false;
  await raise(session, names, fence, signal);
  return true;
}

/** The newest fencing token this server has seen; undefined when the table is empty. */
export async function seenFence(
  session: Session,
  names: OwnNames,
  signal: AbortSignal,
): Promise<bigint | undefined | "absent"> {
  try {
    const [row] = await session.query(`SELECT fence FROM ${fenceTable(names)} WHERE one = 1`, undefined, signal);
    return row === undefined ? undefined : BigInt(String(row["fence"]));
  } catch (error) {
    if (isMissing(error)) return "absent";
    throw error;
  }
}

async function raise(session: Session, names: OwnNames, fence: bigint, signal: AbortSignal): Promise<void> {
  await session.execute(
    `INSERT INTO ${fenceTable(names)} (one, fence) VALUES (1, ?) ON DUPLICATE KEY UPDATE fence = GREATEST(fence, ?)`,
    [fence, fence],
    signal,
  );
  const seen = await seenFence(session, names, signal);
  if (seen !== fence) throw fenced(names, fence, seen === "absent" ? undefined : seen);
}

import type { CleanReport } from "../runner.ts";
import type { ShardContext } from "../shard/context.ts";
import { isMissing } from "../sql/errors.ts";
import { quoted, quotedTable, type TableRef } from "../sql/names.ts";
import type { Queries } from "../sql/steady-session.ts";
import { fenced } from "./fence.ts";
import { seenFence } from "./install.ts";
import { fenceTable, OWN_DATABASE } from "./own-names.ts";
import { withOwnLock } from "./own-lock.ts";

const OWN = quoted(OWN_DATABASE);

/** A database of the deployment that stays, whole or with some of its tables. */
export interface Kept {
  readonly database: string;
  /** Absent: all of them. */
  readonly tables?: ReadonlySet<string>;
}

/** Drops a deployment's databases on one shard, but for what is kept. Idempotent. */
export async function dropDatabases(
  context: ShardContext,
  keep: Kept | undefined,
  signal: AbortSignal,
): Promise<Pick<CleanReport, "dropped" | "kept">> {
  const { names, side, store } = context;
  const tables = await side.query(
    "SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA IN (?)",
    [[names.next, names.old]],
    signal,
  );
  const refs = tables.map((row) => ({ database: String(row["db"]), table: String(row["name"]) }));
  const isKept = (ref: TableRef): boolean =>
    ref.database === keep?.database && (keep.tables === undefined || keep.tables.has(ref.table));
  const kept = refs.filter(isKept);
  const dropped = refs.filter((ref) => !isKept(ref));
  for (const database of [names.next, names.old]) {
    const drops = kept.some((ref) => ref.database === database)
      ? dropped.filter((ref) => ref.database === database).map((ref) => `DROP TABLE IF EXISTS ${quotedTable(ref)}`)
      : [`DROP DATABASE IF EXISTS ${quoted(database)}`];
    for (const sql of drops) await store.guarded(() => side.execute(sql, undefined, signal), signal);
  }
  return { dropped: dropped.map(quotedTable), kept: kept.map(quotedTable) };
}

/** Takes a shard's rows out of our own tables. */
export async function forgetShard(context: ShardContext, signal: AbortSignal): Promise<void> {
  const ours = [context.names.deployment, context.names.shard];
  await context.store.write(async (session) => {
    await session.execute(`DELETE FROM ${OWN}.progress WHERE deployment = ? AND shard = ?`, ours, signal);
    await session.execute(`DELETE FROM ${OWN}.shard WHERE deployment = ? AND shard = ?`, ours, signal);
  }, signal);
}

/**
 * The last things of a deployment on a server: its fence, and with the last deployment's fence our whole database. Only
 * after `forgetShard` of all its shards there.
 */
export async function dropFence(context: ShardContext, signal: AbortSignal): Promise<void> {
  await context.side.use(
    (session) =>
      withOwnLock(
        session,
        async () => {
          // A newer runner may have begun anew since we forgot the shard.
          const seen = await seenFence(session, context.names, signal);
          if (typeof seen === "bigint" && seen > context.fence) throw fenced(context.names, context.fence, seen);
          await session
            .execute(`DROP TABLE IF EXISTS ${fenceTable(context.names)}`, undefined, signal)
            .catch((error: unknown) => {
              if (!isMissing(error)) throw error;
            });
          const fences = await session.query(
            "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME LIKE 'fence\\_%'",
            [OWN_DATABASE],
            signal,
          );
          if (fences.length === 0) await session.execute(`DROP DATABASE IF EXISTS ${OWN}`, undefined, signal);
        },
        signal,
      ),
    signal,
  );
}

/** What of this deployment is still on the shard's server. */
export async function listLeft(
  context: ShardContext,
  keep: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { names, side, target } = context;
  const databases = await side.query(
    "SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME IN (?)",
    [[names.next, names.old]],
    signal,
  );
  const fences = await side.query(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
    [OWN_DATABASE, names.fence],
    signal,
  );
  return [
    ...databases.map((row) => String(row["name"])).filter((name) => name !== keep),
    ...fences.map((row) => `${OWN_DATABASE}.${String(row["name"])}`),
    ...(await countRows(side, "shard", names.deployment, signal)),
    ...(await countRows(side, "progress", names.deployment, signal)),
  ].map((what) => `${target.shard}: ${what}`);
}

async function countRows(
  side: Queries,
  table: string,
  deployment: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const [row] = await side.query(
      `SELECT COUNT(*) AS n FROM ${OWN}.${quoted(table)} WHERE deployment = ?`,
      [deployment],
      signal,
    );
    return Number(row?.["n"]) === 0 ? [] : [`rows in ${OWN_DATABASE}.${table}`];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

import { formatBytes, reasonOf, type Reason } from "#kernel";
import type { ShardContext } from "../shard/context.ts";
import type { ChangeTables } from "../shard/shard-tables.ts";
import { privilegeReasons } from "./privileges.ts";
import { serverReasons } from "./server-fitness.ts";
import { tableReasons } from "./table-fitness.ts";

/** Everything that speaks against staging on one shard; empty when nothing does. Changes nothing. */
export async function preflightShard(
  context: ShardContext,
  tables: readonly ChangeTables[],
  signal: AbortSignal,
): Promise<readonly Reason[]> {
  const { target, side } = context;
  const { shard, database } = target;
  const facts = await target.facts(signal);
  if (!facts.renameUnderLock) {
    return [
      {
        code: "engine/not-yet",
        message: `Shard ${shard}: ${facts.flavour} ${facts.version} does not rename under table locks`,
        hint: "MySQL 8.0.13 or newer is needed so far.",
      },
    ];
  }
  // One question after another: a missing privilege must not hide what else is wrong.
  const questions: (() => Promise<readonly Reason[]>)[] = [
    () => privilegeReasons(side, shard, database, signal),
    () => serverReasons(side, shard, facts.binaryLogStatus, signal),
    () => diskReasons(context, tables, signal),
    () => leftoverReasons(context, signal),
    ...tables.map(
      ({ change }) =>
        () =>
          tableReasons(side, shard, database, change, signal),
    ),
  ];
  const reasons: Reason[] = [];
  for (const question of questions) {
    try {
      reasons.push(...(await question()));
    } catch (error) {
      signal.throwIfAborted();
      reasons.push({ ...reasonOf(error), hint: `A question of the preflight failed on shard ${shard}.` });
    }
  }
  return reasons;
}

async function diskReasons(
  context: ShardContext,
  tables: readonly ChangeTables[],
  signal: AbortSignal,
): Promise<readonly Reason[]> {
  const free = await context.target.freeDiskBytes(signal);
  const needed = tables.reduce((sum, { change }) => sum + change.cost.diskBytes, 0);
  if (free === undefined || free >= needed) return [];
  return [
    {
      code: "engine/disk",
      message: `Shard ${context.target.shard}: ${formatBytes(needed)} of disk are needed, ${formatBytes(free)} are free`,
    },
  ];
}

/** Databases with our names that no record of ours explains. */
async function leftoverReasons(context: ShardContext, signal: AbortSignal): Promise<readonly Reason[]> {
  if ((await context.store.shard(signal)) !== undefined) return [];
  const rows = await context.side.query(
    "SELECT DISTINCT TABLE_SCHEMA AS db FROM information_schema.TABLES WHERE TABLE_SCHEMA IN (?)",
    [[context.names.next, context.names.old]],
    signal,
  );
  return rows.map((row) => ({
    code: "engine/leftover",
    message: `Shard ${context.target.shard}: the database ${String(row["db"])} is not empty`,
    hint: "It has this deployment's name but no record of it. Look at it and drop it.",
  }));
}

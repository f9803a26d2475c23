import { formatDuration, type Reason } from "#kernel";
import { isMissing } from "../sql/errors.ts";
import type { Queries } from "../sql/steady-session.ts";
import { cellText } from "../sql/cell.ts";

/** Binary logs must outlive a stop of ours by this much, seconds. */
const KEEP_LOGS_S = 2 * 3600;

/** What the server itself lacks. */
export async function serverReasons(
  session: Queries,
  shard: string,
  statusSql: string,
  signal: AbortSignal,
): Promise<readonly Reason[]> {
  const [row] = await session.query(
    `SELECT @@global.log_bin AS log_bin, @@global.binlog_format AS format, @@global.binlog_order_commits AS in_order,
      @@global.binlog_expire_logs_seconds AS keep_s, @@global.super_read_only AS super_ro, @@global.read_only AS ro`,
    undefined,
    signal,
  );
  const reasons: Reason[] = [];
  const on = (name: string): boolean => Number(row?.[name]) === 1;
  if (!on("log_bin")) {
    reasons.push({
      code: "engine/no-binlog",
      message: `Shard ${shard}: the server writes no binary log`,
      hint: "Start it with log_bin; without it changes during the copy cannot be seen.",
    });
  } else {
    reasons.push(...(await filterReasons(session, shard, statusSql, signal)));
  }
  if (String(row?.["format"]) !== "ROW") {
    reasons.push({
      code: "engine/binlog-format",
      message: `Shard ${shard}: binlog_format is ${String(row?.["format"])}`,
      hint: "Only ROW says which rows changed.",
      paste: "SET PERSIST binlog_format = 'ROW';",
    });
  }
  if (!on("in_order")) {
    reasons.push({
      code: "engine/not-yet",
      message: `Shard ${shard}: binlog_order_commits is off`,
      hint: "Commits must become visible in the order of the binary log.",
      paste: "SET PERSIST binlog_order_commits = ON;",
    });
  }
  const keep = Number(row?.["keep_s"]);
  if (keep > 0 && keep < KEEP_LOGS_S) {
    reasons.push({
      code: "engine/binlog-retention",
      message: `Shard ${shard}: binary logs are kept for ${formatDuration(keep * 1000)} only`,
      hint: "A stop of ours may last longer, and then all copying would begin anew.",
      paste: "SET PERSIST binlog_expire_logs_seconds = 86400;",
    });
  }
  if (on("ro") || on("super_ro")) {
    reasons.push({
      code: "engine/read-only",
      message: `Shard ${shard}: the server is read-only`,
      hint: "Give the address of the primary.",
    });
  }
  return [
    ...reasons,
    ...(await xaReasons(session, shard, signal)),
    ...(await instrumentReasons(session, shard, signal)),
  ];
}

async function filterReasons(
  session: Queries,
  shard: string,
  statusSql: string,
  signal: AbortSignal,
): Promise<readonly Reason[]> {
  try {
    const [row] = await session.query(statusSql, undefined, signal);
    const filters = [row?.["Binlog_Do_DB"], row?.["Binlog_Ignore_DB"]].map((cell) => cellText(cell) ?? "").join("");
    if (filters === "") return [];
  } catch {
    // Without REPLICATION CLIENT; the privileges' own check says so.
    return [];
  }
  return [
    {
      code: "engine/binlog-filter",
      message: `Shard ${shard}: the server leaves some databases out of its binary log`,
      hint: "binlog_do_db and binlog_ignore_db must be empty.",
    },
  ];
}

/** Rows of a prepared transaction are in the log already, before any place we could start from. */
async function xaReasons(session: Queries, shard: string, signal: AbortSignal): Promise<readonly Reason[]> {
  try {
    const rows = await session.query("XA RECOVER", undefined, signal);
    if (rows.length === 0) return [];
  } catch {
    return [];
  }
  return [
    {
      code: "engine/xa-prepared",
      message: `Shard ${shard}: there are prepared XA transactions`,
      hint: "Wait for their commit or rollback; XA RECOVER lists them.",
    },
  ];
}

async function instrumentReasons(session: Queries, shard: string, signal: AbortSignal): Promise<readonly Reason[]> {
  try {
    const [row] = await session.query(
      "SELECT ENABLED AS enabled FROM performance_schema.setup_instruments WHERE NAME = 'wait/lock/metadata/sql/mdl'",
      undefined,
      signal,
    );
    if (row === undefined || row["enabled"] === "YES") return [];
  } catch (error) {
    if (!isMissing(error)) return [];
  }
  return [
    {
      code: "engine/lock-instrument",
      message: `Shard ${shard}: metadata locks are not instrumented, so blockers of the seal could not be named`,
      paste:
        "UPDATE performance_schema.setup_instruments SET ENABLED = 'YES' WHERE NAME = 'wait/lock/metadata/sql/mdl';",
    },
  ];
}

import type { Reason } from "#kernel";
import type { PlannedChange } from "#plan";
import { sameTable } from "#schema";
import { cellText } from "../sql/cell.ts";
import { canBeKey } from "../sql/key-literals.ts";
import { hasDictionaryName, quoted, type TableRef } from "../sql/names.ts";
import type { Queries } from "../sql/steady-session.ts";
import { readShape } from "../sql/table-shape.ts";
import { driftError, showCreate } from "../shard/live-table.ts";

/** Why one change cannot be carried out on one shard. Everything is looked at; nothing is changed. */
export async function tableReasons(
  session: Queries,
  shard: string & PlannedShard,
  database: string,
  change: PlannedChange,
  signal: AbortSignal,
): Promise<readonly Reason[]> {
  const live: TableRef = { database, table: change.table };
  const text = await showCreate(session, live, signal);
  if (!hasDictionaryName(change.table) || !hasDictionaryName(database)) {
    return [notYet(`Shard ${shard}: names outside ASCII, such as ${quoted(change.table)},`)];
  }
  if (change.kind === "create") {
    const reasons = /\bFOREIGN KEY\b/.test(withoutStrings(change.after))
      ? [notYet(`Shard ${shard}: foreign keys of the new table ${quoted(change.table)}`)]
      : [];
    return text === undefined ? reasons : [...reasons, nameTaken(shard, change.table)];
  }
  if (text === undefined || !sameTable(text, change.before)) {
    return [driftError(shard, change.table, text === undefined).toReason()];
  }
  const reasons: Reason[] = [
    ...(await foreignKeyReasons(session, shard, live, signal)),
    ...(await triggerReasons(session, shard, live, signal)),
  ];
  const bare = withoutStrings(text);
  if (!/\) ENGINE=InnoDB\b/.test(bare)) {
    reasons.push({
      code: "engine/not-innodb",
      message: `Shard ${shard}: ${quoted(change.table)} is not an InnoDB table`,
      hint: "Only InnoDB can be read and written at once without blocking anybody.",
    });
  }
  if (/\bPARTITION BY\b/.test(bare)) reasons.push(notYet(`Shard ${shard}: partitions of ${quoted(change.table)}`));
  if (change.kind === "drop") return reasons;
  if (/\bFOREIGN KEY\b/.test(withoutStrings(change.after))) {
    reasons.push(notYet(`Shard ${shard}: foreign keys of ${quoted(change.table)}`));
  }
  if (/\bPARTITION BY\b/.test(withoutStrings(change.after))) {
    reasons.push(notYet(`Shard ${shard}: partitions of ${quoted(change.table)}`));
  }
  return [...reasons, ...(await keyReasons(session, shard, live, change, signal))];
}

type PlannedShard = Parameters<typeof driftError>[0];

async function keyReasons(
  session: Queries,
  shard: string,
  live: TableRef,
  change: Extract<PlannedChange, { kind: "copy" }>,
  signal: AbortSignal,
): Promise<readonly Reason[]> {
  const shape = await readShape(session, live, signal);
  const { key } = change;
  const isPrimary = key?.sourceIndex === "PRIMARY" && key.shadowIndex === "PRIMARY";
  const columns = key?.sourceColumns.map((name) => shape.columns.find((column) => column.name === name)) ?? [];
  const isUsable =
    key !== undefined &&
    columns.length > 0 &&
    columns.every((column) => column !== undefined && !column.nullable && canBeKey(column)) &&
    shape.uniqueKeys.some(({ name }) => name === key.sourceIndex);
  if (isUsable) return isPrimary ? [] : rowImageReasons(session, shard, live, signal);
  return [
    {
      code: "engine/no-shared-key",
      message: `Shard ${shard}: rows of ${quoted(live.table)} cannot be told apart on both sides`,
      hint: "The table needs a primary key or a unique key over NOT NULL columns that exist before and after.",
    },
  ];
}

/** Smaller images name changed rows by the PRIMARY KEY alone. The window watches the new table by the shadow's key. */
async function rowImageReasons(
  session: Queries,
  shard: string,
  live: TableRef,
  signal: AbortSignal,
): Promise<readonly Reason[]> {
  const [row] = await session.query("SELECT @@global.binlog_row_image AS image", undefined, signal);
  const image = cellText(row?.["image"]) ?? "";
  if (image.toUpperCase() === "FULL") return [];
  return [
    {
      code: "engine/binlog-row-image",
      message: `Shard ${shard}: binlog_row_image is ${image}, and rows of ${quoted(live.table)} are told apart by a key other than PRIMARY`,
      hint: "With FULL the log names that key, too. Sessions opened before the change go on with the old value.",
      paste: "SET PERSIST binlog_row_image = 'FULL';",
    },
  ];
}

async function foreignKeyReasons(
  session: Queries,
  shard: string,
  live: TableRef,
  signal: AbortSignal,
): Promise<readonly Reason[]> {
  const rows = await session.query(
    `SELECT DISTINCT TABLE_NAME AS child, REFERENCED_TABLE_NAME AS parent FROM information_schema.KEY_COLUMN_USAGE
     WHERE REFERENCED_TABLE_NAME IS NOT NULL AND ((TABLE_SCHEMA = ? AND TABLE_NAME = ?)
      OR (REFERENCED_TABLE_SCHEMA = ? AND REFERENCED_TABLE_NAME = ?))`,
    [live.database, live.table, live.database, live.table],
    signal,
  );
  return rows.map((row) =>
    notYet(`Shard ${shard}: the foreign key from ${quoted(String(row["child"]))} to ${quoted(String(row["parent"]))}`),
  );
}

async function triggerReasons(
  session: Queries,
  shard: string,
  live: TableRef,
  signal: AbortSignal,
): Promise<readonly Reason[]> {
  const rows = await session.query(
    "SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ?",
    [live.database, live.table],
    signal,
  );
  return rows.map((row) =>
    notYet(`Shard ${shard}: the trigger ${quoted(String(row["name"]))} on ${quoted(live.table)}`),
  );
}

function notYet(what: string): Reason {
  return {
    code: "engine/not-yet",
    message: `${what} cannot be carried along yet`,
    hint: "Sluice refuses rather than guesses.",
  };
}

function nameTaken(shard: string, table: string): Reason {
  return {
    code: "engine/name-taken",
    message: `Shard ${shard}: there is a table ${quoted(table)} already`,
    hint: "Plan again.",
  };
}

/** String literals and comments of columns may hold any word. */
function withoutStrings(sql: string): string {
  return sql.replaceAll(/'(?:[^'\\]|\\.|'')*'/gs, "''").replaceAll(/`(?:[^`]|``)*`/g, "``");
}

import { sha256Hex } from "#kernel";
import type { Session } from "../ports.ts";
import { keyIn } from "../sql/key-literals.ts";
import { quoted, quotedList, quotedTable, type TableRef } from "../sql/names.ts";
import { applyForward, batchesOf, deleteSql, mayBeSpeltTwice } from "./apply-forward.ts";
import { insertHead, keyNames, type RowFlow, selectList } from "./row-flow.ts";
import { insertRows } from "./row-trouble.ts";

/**
 * The way back, by parts: columns that the new table no longer has keep their values in the retired one (a REPLACE would
 * wipe them). They wait in a temporary table while their rows are deleted and inserted again, so that unique values
 * that swapped rows never meet.
 *
 * @throws RowTroubleError
 */
export async function applyBackward(
  session: Session,
  flow: RowFlow,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (flow.kept.length === 0) return applyForward(session, flow, keys, signal);
  const batches = batchesOf(keys);
  await session.execute(`DELETE FROM ${quotedTable(keepTable(flow))}`, undefined, signal);
  for (const batch of batches) await session.execute(keepSql(flow, batch), undefined, signal);
  for (const batch of batches) await session.execute(deleteSql(flow, batch), undefined, signal);
  for (const [i, batch] of batches.entries()) {
    if (i > 0 && mayBeSpeltTwice(flow)) await session.execute(deleteSql(flow, batch), undefined, signal);
    await insertRows(session, insertKnownSql(flow, batch), signal);
    await insertRows(session, insertNewSql(flow, batch), signal);
  }
}

/**
 * Creates the session's temporary table; needed once per session, before LOCK TABLES. Costs the server nothing that
 * others see.
 */
export async function prepareBackward(session: Session, flow: RowFlow, signal: AbortSignal): Promise<void> {
  if (flow.kept.length === 0) return;
  const columns = quotedList([...keyNames(flow.toKey), ...keyNames(flow.kept)]);
  await session.execute(
    `CREATE TEMPORARY TABLE IF NOT EXISTS ${quotedTable(keepTable(flow))} (PRIMARY KEY (${quotedList(keyNames(flow.toKey))}))` +
      ` ENGINE=InnoDB SELECT ${columns} FROM ${quotedTable(flow.to)} LIMIT 0`,
    undefined,
    signal,
  );
}

function keepTable(flow: RowFlow): TableRef {
  return { database: flow.to.database, table: `keep_${sha256Hex(flow.to.table).slice(0, 16)}` };
}

/** REPLACE, since a key that is spelt in two ways comes in two batches; nothing but the key can be in the way there. */
function keepSql(flow: RowFlow, keys: readonly string[]): string {
  const columns = quotedList([...keyNames(flow.toKey), ...keyNames(flow.kept)]);
  return (
    `REPLACE INTO ${quotedTable(keepTable(flow))} (${columns}) SELECT ${columns} FROM ${quotedTable(flow.to)}` +
    ` WHERE ${keyIn(keyNames(flow.toKey), keys)}`
  );
}

/** Rows that the retired table had: shared columns from the new table, the others from before. */
function insertKnownSql(flow: RowFlow, keys: readonly string[]): string {
  const names = [...flow.columns.map((pair) => pair.to.name), ...keyNames(flow.kept)];
  const values = [selectList(flow, "n."), quotedList(keyNames(flow.kept), "k.")].join(", ");
  return (
    `INSERT INTO ${quotedTable(flow.to)} (${quotedList(names)}) SELECT ${values} FROM ${newRows(flow, keys)}` +
    ` JOIN ${quotedTable(keepTable(flow))} AS k ON ${sameKey(flow)}`
  );
}

/** Rows that are new since the seal: the others get their defaults. */
function insertNewSql(flow: RowFlow, keys: readonly string[]): string {
  return (
    `${insertHead(flow)} SELECT ${selectList(flow, "n.")} FROM ${newRows(flow, keys)}` +
    ` WHERE NOT EXISTS (SELECT 1 FROM ${quotedTable(keepTable(flow))} AS k WHERE ${sameKey(flow)})`
  );
}

/** A derived table, so that the key list meets plain column names and the locked table needs no alias of its own. */
function newRows(flow: RowFlow, keys: readonly string[]): string {
  const names = new Set([...flow.columns.map((pair) => pair.from.name), ...keyNames(flow.fromKey)]);
  const source = `${quotedTable(flow.from)} FORCE INDEX (${quoted(flow.fromIndex)})`;
  return `(SELECT ${quotedList([...names])} FROM ${source} WHERE ${keyIn(keyNames(flow.fromKey), keys)}) AS n`;
}

function sameKey(flow: RowFlow): string {
  return flow.toKey
    .map((column, i) => `k.${quoted(column.name)} = n.${quoted(flow.fromKey[i]?.name ?? column.name)}`)
    .join(" AND ");
}

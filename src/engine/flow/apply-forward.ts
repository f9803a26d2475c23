import type { Session } from "../ports.ts";
import { keyIn } from "../sql/key-literals.ts";
import { quoted, quotedTable } from "../sql/names.ts";
import { insertHead, keyNames, type RowFlow, selectList } from "./row-flow.ts";
import { insertRows } from "./row-trouble.ts";

const KEYS_PER_STATEMENT = 1000;

/**
 * Makes the rows of `keys` in the flow's table what they are in its source now: gone or there. To be called inside a
 * transaction, or under LOCK TABLES with autocommit off.
 *
 * All deletes come before all inserts, so unique values that swapped rows within `keys` never meet. The source is read
 * by INSERT ... SELECT only, which at READ COMMITTED locks none of its rows: writers are never blocked.
 *
 * Keys that differ as bytes can be one key for their collation (`a` and `A`): so that they may stand in two batches,
 * a batch is deleted once more before it is inserted.
 *
 * @throws RowTroubleError
 */
export async function applyForward(
  session: Session,
  flow: RowFlow,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const batches = batchesOf(keys);
  for (const batch of batches) await session.execute(deleteSql(flow, batch), undefined, signal);
  for (const [i, batch] of batches.entries()) {
    if (i > 0 && mayBeSpeltTwice(flow)) await session.execute(deleteSql(flow, batch), undefined, signal);
    await insertRows(session, insertSql(flow, batch), signal);
  }
}

/** Whether two different literals can be one key. */
export function mayBeSpeltTwice(flow: RowFlow): boolean {
  return flow.toKey.some((column) => column.charset !== undefined);
}

export function deleteSql(flow: RowFlow, keys: readonly string[]): string {
  return `DELETE FROM ${quotedTable(flow.to)} WHERE ${keyIn(keyNames(flow.toKey), keys)}`;
}

function insertSql(flow: RowFlow, keys: readonly string[]): string {
  const source = `${quotedTable(flow.from)} FORCE INDEX (${quoted(flow.fromIndex)})`;
  return `${insertHead(flow)} SELECT ${selectList(flow)} FROM ${source} WHERE ${keyIn(keyNames(flow.fromKey), keys)}`;
}

export function batchesOf(keys: readonly string[], size = KEYS_PER_STATEMENT): (readonly string[])[] {
  const batches: (readonly string[])[] = [];
  for (let start = 0; start < keys.length; start += size) batches.push(keys.slice(start, start + size));
  return batches;
}

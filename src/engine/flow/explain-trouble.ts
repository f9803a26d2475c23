import { CodedError, plural, type ShardName } from "#kernel";
import type { Session } from "../ports.ts";
import { quoted, quotedTable, type TableRef } from "../sql/names.ts";
import type { TableShape } from "../sql/table-shape.ts";
import type { RowFlow } from "./row-flow.ts";
import type { RowTrouble } from "./row-trouble.ts";

/** Rows looked at for the count; more would take long and say the same. */
const LOOK_AT = 1_000_000;

const WHY: Readonly<Record<number, string>> = {
  1406: "are too long",
  1264: "are out of range",
  1048: "are NULL",
  1263: "are NULL",
  1265: "would be cut or rounded",
  1292: "would be cut or changed",
  1366: "have no equivalent in the new type or character set",
  3819: "violate a CHECK constraint",
};

/** Values that the new definition does not take, said with the column and a count, never with a value. */
export async function misfitError(
  session: Session,
  flow: RowFlow,
  shard: ShardName,
  trouble: Extract<RowTrouble, { kind: "misfit" }>,
  signal: AbortSignal,
): Promise<CodedError> {
  const { column, errno } = trouble;
  const rows = await countMisfits(session, flow, column, signal).catch(() => undefined);
  const where = `${quoted(flow.from.table)}${column === undefined ? "" : `.${quoted(column)}`} on shard ${shard}`;
  const many = rows === undefined || rows === 0 ? "Values" : plural(rows, "value");
  return new CodedError(
    "engine/data-does-not-fit",
    `${many} of ${where} ${WHY[errno] ?? "do not fit the new definition"}`,
    {
      hint: "Mend the data or the new definition. Production is untouched.",
      next: "fix-input",
      details: { shard, table: flow.from.table, column, rows, errno },
    },
  );
}

/** Two rows that would be one under a unique key of the new definition. */
export function duplicateError(flow: RowFlow, shard: ShardName, key: string | undefined, groups: number): CodedError {
  const name = key === undefined ? "a unique key" : `unique key ${quoted(key)}`;
  return new CodedError(
    "engine/duplicate",
    `${quoted(flow.from.table)} on shard ${shard} has ${plural(groups, "value")} more than once that ${name} allows once`,
    {
      hint: "Mend the data or leave the key out. Production is untouched.",
      next: "fix-input",
      details: { shard, table: flow.from.table, key, groups },
    },
  );
}

/**
 * How many values of the source break the flow's unique key, looked up on the source itself; undefined when the key
 * cannot be expressed there (functional parts, columns without a source): then nothing speaks against it being so.
 */
export async function countDuplicates(
  session: Session,
  flow: RowFlow,
  toShape: TableShape,
  key: string | undefined,
  signal: AbortSignal,
): Promise<number | undefined> {
  const columns = toShape.uniqueKeys.find((one) => one.name === key)?.columns;
  const pairs = columns?.map((name) => flow.columns.find((pair) => pair.to.name === name));
  if (pairs === undefined) return undefined;
  const expressions: string[] = [];
  const notNull: string[] = [];
  for (const pair of pairs) {
    if (pair === undefined) return undefined;
    const name = quoted(pair.from.name);
    const { charset, collation } = pair.to;
    expressions.push(
      charset === undefined || collation === undefined
        ? name
        : `CONVERT(${name} USING ${charset}) COLLATE ${collation}`,
    );
    notNull.push(`${name} IS NOT NULL`);
  }
  const [row] = await session.query(
    `SELECT COUNT(*) AS groups_ FROM (SELECT 1 FROM ${quotedTable(flow.from)} WHERE ${notNull.join(" AND ")}` +
      ` GROUP BY ${expressions.join(", ")} HAVING COUNT(*) > 1 LIMIT 1000) AS d`,
    undefined,
    signal,
  );
  return Number(row?.["groups_"]);
}

/** INSERT IGNORE is banned everywhere else; into a temporary table its warnings are just the count we want. */
async function countMisfits(
  session: Session,
  flow: RowFlow,
  column: string | undefined,
  signal: AbortSignal,
): Promise<number | undefined> {
  const pair = flow.columns.find((one) => one.to.name === column);
  if (pair === undefined) return undefined;
  const fit: TableRef = { database: flow.to.database, table: "fit" };
  const name = quoted(pair.to.name);
  await session.execute(`DROP TEMPORARY TABLE IF EXISTS ${quotedTable(fit)}`, undefined, signal);
  await session.execute(
    `CREATE TEMPORARY TABLE ${quotedTable(fit)} ENGINE=InnoDB SELECT ${name} FROM ${quotedTable(flow.to)} LIMIT 0`,
    undefined,
    signal,
  );
  await session.execute(
    `INSERT IGNORE INTO ${quotedTable(fit)} (${name}) SELECT ${quoted(pair.from.name)} FROM ${quotedTable(flow.from)} LIMIT ${LOOK_AT}`,
    undefined,
    signal,
  );
  const [row] = await session.query("SELECT @@warning_count AS warned", undefined, signal);
  await session.execute(`DROP TEMPORARY TABLE IF EXISTS ${quotedTable(fit)}`, undefined, signal);
  return Number(row?.["warned"]);
}

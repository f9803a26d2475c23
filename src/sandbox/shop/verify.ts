import { createConnection, type Connection, type RowDataPacket } from "mysql2/promise";
import type { Ledger } from "./ledger.ts";
import { checksumOf, type ShopTable, type Value } from "./tables.ts";

const ROWS_PER_READ = 5000;

export interface Verification {
  readonly rowsChecked: number;
  /** Rows that must be there and are not. */
  readonly rowsLost: number;
  /** Rows with other content than was written, rows that were deleted and are back, rows nobody wrote. */
  readonly rowsDifferent: number;
}

/**
 * Looks for every row that was filled or acknowledged, each read with a fresh snapshot. Nobody may write meanwhile.
 *
 * @param shards DSNs in the order the clients know them
 */
export async function verifyShop(
  shards: readonly string[],
  tables: readonly ShopTable[],
  ledger: Ledger,
): Promise<Verification> {
  const sum = { rowsChecked: 0, rowsLost: ledger.vanished, rowsDifferent: 0 };
  const check = async (dsn: string, shard: number): Promise<void> => {
    const connection = await createConnection({ uri: dsn, dateStrings: true, supportBigNumbers: true });
    try {
      for (const table of tables) await checkTable(connection, table, shard, ledger, sum);
    } finally {
      await connection.end();
    }
  };
  await Promise.all(shards.map(check));
  return sum;
}

type Sum = { -readonly [Key in keyof Verification]: Verification[Key] };

async function checkTable(
  connection: Connection,
  table: ShopTable,
  shard: number,
  ledger: Ledger,
  sum: Sum,
): Promise<void> {
  const seen = new Set<number>();
  for (let from = 0; ;) {
    const rows = await readRows(connection, table, from);
    for (const row of rows) {
      const id = Number(row["id"]);
      seen.add(id);
      sum.rowsChecked += 1;
      if (!isAsKnown(row, table, expected(id, table, shard, ledger))) sum.rowsDifferent += 1;
      from = id;
    }
    if (rows.length < ROWS_PER_READ) break;
  }
  sum.rowsLost += countLost(seen, table, shard, ledger);
}

function countLost(seen: ReadonlySet<number>, table: ShopTable, shard: number, ledger: Ledger): number {
  const known = ledger.all(shard, table.name);
  let lost = 0;
  for (const [id, state] of known) if (typeof state === "number" && !seen.has(id)) lost += 1;
  for (let id = 1; id <= ledger.filledRows(table.name); id += 1) if (!known.has(id) && !seen.has(id)) lost += 1;
  return lost;
}

type Expected = number | "own checksum" | "anything" | "nothing";

function expected(id: number, table: ShopTable, shard: number, ledger: Ledger): Expected {
  const known = ledger.of(shard, table.name, id);
  if (typeof known === "number") return known;
  if (known === "unsure") return "anything";
  return known === undefined && id <= ledger.filledRows(table.name) ? "own checksum" : "nothing";
}

function isAsKnown(row: RowDataPacket, table: ShopTable, wanted: Expected): boolean {
  if (wanted === "nothing") return false;
  const actual = checksumOf(table.columns.map((name) => row[name] as Value));
  if (actual !== Number(row["row_check"])) return false;
  return typeof wanted === "string" || actual === wanted;
}

async function readRows(connection: Connection, table: ShopTable, after: number): Promise<RowDataPacket[]> {
  const [rows] = await connection.query<RowDataPacket[]>("SELECT ?? FROM ?? WHERE id > ? ORDER BY id LIMIT ?", [
    ["id", ...table.columns, "row_check"],
    table.name,
    after,
    ROWS_PER_READ,
  ]);
  return rows;
}

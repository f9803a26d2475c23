import { createConnection, type Connection } from "mysql2/promise";
import { seededRandom, type SeededRandom } from "./seeded-random.ts";
import { checksumOf, type ShopTable, toSql, type Value, writtenTables } from "./tables.ts";

const ROWS_PER_INSERT = 1000;
/** Rows per shard of the tables the clients do not write to. */
const CUSTOMERS = 2000;
const PRODUCTS = 500;
const ORDERS = 3000;

export interface FillOptions {
  readonly shards: readonly string[];
  /** Over all shards, in the tables that the change touches; the other tables come on top. */
  readonly rows: number;
  readonly seed?: number;
  readonly onProgress?: (rows: number) => void;
}

/** Which ids a filled table has, per shard: 1 to this number, without holes. */
export type FilledRows = Readonly<Record<string, number>>;

/**
 * Fills every shard with made-up rows, the same for the same seed. The tables must be empty.
 *
 * @returns rows per table and shard of the tables the clients write to, and the total of all tables and shards
 */
export async function fillShop(options: FillOptions): Promise<{ perShard: FilledRows; total: number }> {
  const perShard: Record<string, number> = {};
  for (const table of writtenTables)
    perShard[table.name] = Math.ceil((options.rows * table.share) / options.shards.length);
  let total = 0;
  const count = (rows: number): void => {
    total += rows;
    options.onProgress?.(total);
  };
  const fillShard = async (dsn: string, shard: number): Promise<void> => {
    const connection = await createConnection(dsn);
    try {
      const seed = (options.seed ?? 1) * 1000 + shard;
      await fillCatalogue(connection, seededRandom(seed), count);
      for (const [index, table] of writtenTables.entries()) {
        const random = seededRandom(seed + 100 * (index + 1));
        await fillTable(connection, table, perShard[table.name] ?? 0, random, count);
      }
      // A table that has been there for a while has statistics; right after a bulk load they are of an empty one.
      await connection.query("ANALYZE TABLE ??", [writtenTables.map(({ name }) => name)]);
    } finally {
      await connection.end();
    }
  };
  await Promise.all(options.shards.map(fillShard));
  return { perShard, total };
}

type Count = (rows: number) => void;

async function fillTable(
  connection: Connection,
  table: ShopTable,
  rows: number,
  random: SeededRandom,
  count: Count,
): Promise<void> {
  const row = (index: number): readonly (string | number | null)[] => {
    const values = table.make(random);
    return [index + 1, ...values.map(toSql), checksumOf(values)];
  };
  await insertRows(connection, table.name, ["id", ...table.columns, "row_check"], rows, row, count);
}

/** Customers with addresses, categories, products, orders with lines: what the shop has besides. */
async function fillCatalogue(connection: Connection, random: SeededRandom, count: Count): Promise<void> {
  const plain = (
    table: string,
    columns: readonly string[],
    rows: number,
    make: (index: number) => readonly Value[],
  ): Promise<void> => insertRows(connection, table, columns, rows, (index) => make(index).map(toSql), count);
  const country = (): string => random.pick(["DE", "ES", "FR", "DK", "PT"]);
  await plain("customers", ["email", "full_name", "country", "tier", "preferences"], CUSTOMERS, (index) => [
    `customer${index}@shop.example`,
    `${random.word(6)} ${random.word(9)}`,
    country(),
    random.pick(["basic", "silver", "gold"]),
    { newsletter: random.below(2) },
  ]);
  await plain("addresses", ["customer_id", "kind", "street", "city", "postcode", "country"], CUSTOMERS, (index) => [
    index + 1,
    random.pick(["billing", "delivery"]),
    `${random.word(8)} ${1 + random.below(99)}`,
    random.word(7),
    String(10_000 + random.below(89_999)),
    country(),
  ]);
  await plain("categories", ["parent_id", "slug", "title"], 20, (index) => [
    index < 5 ? null : 1 + (index % 5),
    `category-${index}`,
    random.word(9),
  ]);
  await plain("products", ["category_id", "sku", "title", "price", "attributes", "status"], PRODUCTS, (index) => [
    1 + random.below(20),
    `SKU-${String(index).padStart(6, "0")}`,
    `${random.word(6)} ${random.word(5)}`,
    (1 + random.below(50_000) / 100).toFixed(2),
    { colour: random.pick(["red", "blue", "green"]), weight: random.below(5000) },
    random.pick(["draft", "on sale", "sold out", "retired"]),
  ]);
  await plain("orders", ["customer_id", "reference", "total", "placed_at"], ORDERS, (index) => [
    1 + random.below(CUSTOMERS),
    `R${String(index).padStart(11, "0")}`,
    (random.below(100_000) / 100).toFixed(2),
    `2026-0${1 + random.below(9)}-1${random.below(9)} 12:00:00.000`,
  ]);
  await plain("order_lines", ["order_id", "line", "product_id", "quantity", "unit_price"], ORDERS * 2, (index) => [
    1 + Math.floor(index / 2),
    1 + (index % 2),
    1 + random.below(PRODUCTS),
    1 + random.below(5),
    (random.below(10_000) / 100).toFixed(2),
  ]);
}

async function insertRows(
  connection: Connection,
  table: string,
  columns: readonly string[],
  rows: number,
  make: (index: number) => readonly (string | number | null)[],
  count: Count,
): Promise<void> {
  for (let from = 0; from < rows; from += ROWS_PER_INSERT) {
    const length = Math.min(ROWS_PER_INSERT, rows - from);
    const batch = Array.from({ length }, (_, index) => make(from + index));
    await connection.query("INSERT INTO ?? (??) VALUES ?", [table, columns, batch]);
    count(length);
  }
}

import { crc32 } from "node:zlib";
import { canonicalJson } from "#kernel";
import type { SeededRandom } from "./seeded-random.ts";

/** What the application writes into one column; DECIMAL and DATETIME as text, JSON as a plain value. */
export type Value = string | number | null | { readonly [key: string]: Value } | readonly Value[];

/** A table that the shop's clients write to: every row carries its id and a checksum over everything else written. */
export interface ShopTable {
  readonly name: string;
  /** Written columns in order, without `id` and `row_check`. */
  readonly columns: readonly string[];
  /** The server hands out the ids. */
  readonly autoId: boolean;
  /** Part of all rows that falls to this table when the shop is filled. */
  readonly share: number;
  make(random: SeededRandom): readonly Value[];
}

const SYLLABLES = ["ka", "lo", "mi", "ren", "tu", "ves", "ße", "ñol", "茶", "ów"] as const;
const WAREHOUSES = ["Köln", "Málaga", "Århus", "Lyon", "Porto"] as const;

const carts: ShopTable = {
  name: "carts",
  columns: ["customer_id", "session_token", "status", "currency", "total", "items", "updated_at"],
  autoId: false,
  share: 0.4,
  make: (random) => [
    random.below(4) === 0 ? null : 1 + random.below(2000),
    random.word(16),
    random.pick(["open", "ordered", "abandoned"]),
    random.pick(["EUR", "USD", "GBP"]),
    money(random, 100_000_00),
    Array.from({ length: random.below(4) }, () => ({ product: 1 + random.below(500), quantity: 1 + random.below(9) })),
    moment(random),
  ],
};

const reviews: ShopTable = {
  name: "reviews",
  columns: ["product_id", "author", "title", "rating", "body", "helpful", "written_at"],
  autoId: true,
  share: 0.25,
  make: (random) => [
    1 + random.below(500),
    words(random, 2),
    words(random, 4),
    1 + random.below(5),
    random.below(5) === 0 ? null : words(random, 12),
    random.below(1000),
    moment(random),
  ],
};

const stockMovements: ShopTable = {
  name: "stock_movements",
  columns: ["product_id", "warehouse", "quantity", "reason", "note", "moved_at"],
  autoId: false,
  share: 0.35,
  make: (random) => [
    1 + random.below(500),
    random.pick(WAREHOUSES),
    random.below(2000) - 1000,
    random.pick(["received", "sold", "returned", "corrected", "lost"]),
    random.below(3) === 0 ? words(random, 3) : null,
    moment(random),
  ],
};

/** The tables the demo's change touches, and the only ones its clients write to. */
export const writtenTables: readonly ShopTable[] = [carts, reviews, stockMovements];

/** The checksum a row must carry, from what was written or from what was read back. */
export function checksumOf(values: readonly Value[]): number {
  return crc32(
    values.map((value) => (typeof value === "object" ? canonicalJson(value) : String(value))).join("\u001f"),
  );
}

/** What goes into an INSERT or UPDATE: JSON as text, everything else as it is. */
export function toSql(value: Value): string | number | null {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}

function money(random: SeededRandom, limit: number): string {
  return (random.below(limit) / 100).toFixed(2);
}

function moment(random: SeededRandom): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  const day = `${2024 + random.below(3)}-${two(1 + random.below(12))}-${two(1 + random.below(28))}`;
  return `${day} ${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}.${String(random.below(1000)).padStart(3, "0")}`;
}

function words(random: SeededRandom, count: number): string {
  const word = (): string => random.pick(SYLLABLES) + random.pick(SYLLABLES) + random.word(2);
  return Array.from({ length: count }, word).join(" ");
}

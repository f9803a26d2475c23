import type { Connection, FieldPacket } from "mysql2/promise";
import { numberOf, type Tally } from "./tally.ts";

const NO_SUCH_TABLE = 1146;
/** The table is there, and is younger than this transaction's snapshot. */
const YOUNGER_THAN_SNAPSHOT = 1412;
const ROWS = 5;

export type Shape = "old" | "new";

/** What changes: `changed` tables have an old and a new shape, `created` ones are missing in the old. */
export interface WatchedTables {
  readonly changed: readonly string[];
  readonly created: readonly string[];
}

/** Tells old from new by the column list that a SELECT * comes with: names, types, lengths, and which are keys. */
export class Shapes {
  readonly #tables: WatchedTables;
  readonly #tally: Tally;
  readonly #old = new Map<string, string>();

  constructor(tables: WatchedTables, tally: Tally) {
    this.#tables = tables;
    this.#tally = tally;
  }

  /** Existing tables first: in a transaction the first read decides, and a missing table holds no lock. */
  names(): readonly string[] {
    return [...this.#tables.changed, ...this.#tables.created];
  }

  /** Takes the shape that the changed tables have now as the old one. */
  async learn(connection: Connection): Promise<void> {
    for (const table of this.#tables.changed) this.#old.set(table, signatureOf(await this.#columns(connection, table)));
  }

  async see(connection: Connection, table: string): Promise<Shape> {
    if (!this.#tables.created.includes(table)) {
      return signatureOf(await this.#columns(connection, table)) === this.#old.get(table) ? "old" : "new";
    }
    try {
      await this.#columns(connection, table);
      return "new";
    } catch (error) {
      if (numberOf(error) === NO_SUCH_TABLE) return "old";
      if (numberOf(error) === YOUNGER_THAN_SNAPSHOT) return "new";
      throw error;
    }
  }

  #columns(connection: Connection, table: string): Promise<FieldPacket[]> {
    return this.#tally.read(connection, `SELECT * FROM ${table} LIMIT ${ROWS}`);
  }
}

/**
 * One round of the strict reader: a transaction on every shard, opened before the first read, then all tables on all
 * shards. Both shapes in one round is a mixed read.
 */
export async function readInTransactions(shards: readonly Connection[], shapes: Shapes, tally: Tally): Promise<void> {
  for (const shard of shards) await tally.write(shard, "START TRANSACTION", [], false);
  const seen: { place: string; shape: Shape }[] = [];
  try {
    for (const [index, shard] of shards.entries()) {
      for (const table of shapes.names())
        seen.push({ place: `${table}@${index}`, shape: await shapes.see(shard, table) });
    }
  } finally {
    for (const shard of shards) await shard.query("ROLLBACK").catch(() => undefined);
  }
  const kinds = new Set(seen.map(({ shape }) => shape));
  if (kinds.size > 1) tally.mixed(`in transactions: ${describe(seen)}`);
}

/**
 * One round of the reader in autocommit. Nothing holds the tables between its reads, so the change may pass it by; what
 * it must never see is a step back: new then old while the change goes in, old then new while it is taken out.
 */
export async function readOneByOne(
  shards: readonly Connection[],
  shapes: Shapes,
  tally: Tally,
  turn: number,
  direction: () => "in" | "out",
): Promise<void> {
  const places = shards.flatMap((shard, index) => shapes.names().map((table) => ({ shard, index, table })));
  const goal = direction();
  let reached: string | undefined;
  for (let step = 0; step < places.length; step += 1) {
    const place = places[(turn + step) % places.length];
    if (place === undefined) continue;
    const arrived = (await shapes.see(place.shard, place.table)) === (goal === "in" ? "new" : "old");
    // The direction turned during the round: what was a step back is now a step on.
    if (direction() !== goal) return;
    const name = `${place.table}@${place.index}`;
    if (arrived) reached ??= name;
    else if (reached !== undefined) {
      tally.mixed(
        `one by one: ${goal === "in" ? "new" : "old"} ${reached}, then ${goal === "in" ? "old" : "new"} ${name}`,
      );
      return;
    }
  }
}

function signatureOf(fields: readonly FieldPacket[]): string {
  const one = (field: FieldPacket): string =>
    [field.name, field.columnType, field.columnLength, field.flags, field.characterSet].join(":");
  return fields.map(one).join(" ");
}

function describe(seen: readonly { place: string; shape: Shape }[]): string {
  return seen.map(({ place, shape }) => `${shape} ${place}`).join(", ");
}

import type { Connection } from "mysql2/promise";
import type { Ledger } from "./ledger.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { checksumOf, type ShopTable, toSql } from "./tables.ts";
import { numberOf, type Tally } from "./tally.ts";

/** Ids that writers give themselves start here, far above those of a filled shop. */
const FIRST_OWN_ID = 1_000_000_000;
const DEADLOCK = 1213;

export interface WriterPlace {
  readonly shard: number;
  /** This writer among all of its shard: it touches only rows whose id leaves this rest, so writers never meet. */
  readonly index: number;
  readonly count: number;
}

type Kind = "insert" | "update" | "delete";

interface Written {
  readonly table: ShopTable;
  readonly kind: Kind;
  readonly id: number;
  readonly checksum: number;
  readonly found: boolean;
}

/** One client that writes: single statements, and now and then a transaction over several tables. */
export class Writer {
  readonly #tables: readonly [ShopTable, ...ShopTable[]];
  readonly #place: WriterPlace;
  readonly #random: SeededRandom;
  readonly #ledger: Ledger;
  readonly #tally: Tally;
  readonly #own = new Map<string, number[]>();
  #nextId = 0;

  constructor(
    tables: readonly [ShopTable, ...ShopTable[]],
    place: WriterPlace,
    random: SeededRandom,
    ledger: Ledger,
    tally: Tally,
  ) {
    this.#tables = tables;
    this.#place = place;
    this.#random = random;
    this.#ledger = ledger;
    this.#tally = tally;
  }

  /** Does one thing. Returns false when the connection is no longer to be trusted. */
  async step(connection: Connection): Promise<boolean> {
    return this.#random.below(8) === 0 ? await this.#transaction(connection) : await this.#single(connection);
  }

  async #single(connection: Connection): Promise<boolean> {
    const table = this.#random.pick(this.#tables);
    const intent = this.#intend(table);
    try {
      this.#acknowledge(await this.#send(connection, intent));
      return true;
    } catch (error) {
      this.#tally.error(`${intent.kind} ${table.name}`, error);
      return isUsable(error) || this.#doubt([intent]);
    }
  }

  /** Two or three tables in any order, as applications do; crossing a lock can cost it one 1213, which is retried. */
  async #transaction(connection: Connection): Promise<boolean> {
    const start = this.#random.below(this.#tables.length);
    const count = Math.min(this.#tables.length, 2 + this.#random.below(2));
    const intents = Array.from({ length: count }, (_, index) => {
      const table = this.#tables[(start + index) % this.#tables.length] ?? this.#tables[0];
      return this.#intend(table);
    });
    for (let attempt = 1; ; attempt += 1) {
      try {
        const written = await this.#commit(connection, intents);
        for (const one of written) this.#acknowledge(one);
        this.#tally.counts.transactions += 1;
        return true;
      } catch (error) {
        if (numberOf(error) === DEADLOCK && attempt === 1) {
          // The server has rolled the transaction back, but the table locks go with our own ROLLBACK.
          this.#tally.counts.retryable1213 += 1;
          await connection.query("ROLLBACK").catch(() => undefined);
          continue;
        }
        this.#tally.error(`transaction over ${intents.map(({ table }) => table.name).join(", ")}`, error);
        await connection.query("ROLLBACK").catch(() => undefined);
        return isUsable(error) || this.#doubt(intents);
      }
    }
  }

  async #commit(connection: Connection, intents: readonly Intent[]): Promise<Written[]> {
    await this.#tally.write(connection, "START TRANSACTION", [], false);
    const written: Written[] = [];
    for (const intent of intents) written.push(await this.#send(connection, intent));
    await this.#tally.write(connection, "COMMIT", [], false);
    return written;
  }

  #intend(table: ShopTable): Intent {
    const dice = this.#random.below(10);
    const values = table.make(this.#random);
    const base = { table, params: values.map(toSql), checksum: checksumOf(values) };
    const id = dice < 5 ? undefined : this.#someRow(table);
    if (id === undefined) return { ...base, kind: "insert", id: table.autoId ? undefined : this.#newId() };
    return { ...base, kind: dice < 9 ? "update" : "delete", id };
  }

  async #send(connection: Connection, intent: Intent): Promise<Written> {
    const { table, kind, params, checksum } = intent;
    // Half of the writers use prepared statements: those must survive a cut-over too.
    const prepared = this.#place.index % 2 === 0;
    const idValue = intent.id === undefined ? [] : [intent.id];
    const values =
      kind === "insert"
        ? [...idValue, ...params, checksum]
        : kind === "update"
          ? [...params, checksum, ...idValue]
          : idValue;
    const result = await this.#tally.write(connection, sqlOf(table, kind), values, prepared);
    return { table, kind, checksum, id: intent.id ?? result.insertId, found: result.affectedRows > 0 };
  }

  #acknowledge({ table, kind, id, checksum, found }: Written): void {
    if (!found) this.#ledger.vanished += 1;
    this.#ledger.set(this.#place.shard, table.name, id, kind === "delete" ? "deleted" : checksum);
    this.#tally.counts[`${kind}s`] += 1;
    if (kind === "insert") this.#owned(table).push(id);
  }

  /** The answer did not come, so nobody knows what became of these rows. Returns false: the connection is gone. */
  #doubt(intents: readonly Intent[]): false {
    for (const { table, id } of intents)
      if (id !== undefined) this.#ledger.set(this.#place.shard, table.name, id, "unsure");
    return false;
  }

  /** A row that is there as far as this writer knows: one it wrote itself, or one of its part of the filled ones. */
  #someRow(table: ShopTable): number | undefined {
    const own = this.#owned(table);
    const filled = Math.floor(this.#ledger.filledRows(table.name) / this.#place.count);
    const useOwn = own.length > 0 && (filled === 0 || this.#random.below(2) === 0);
    const id = useOwn
      ? own[this.#random.below(own.length)]
      : filled > 0
        ? 1 + this.#place.index + this.#place.count * this.#random.below(filled)
        : undefined;
    if (id === undefined) return undefined;
    const known = this.#ledger.of(this.#place.shard, table.name, id);
    return known === "deleted" || known === "unsure" ? undefined : id;
  }

  #owned(table: ShopTable): number[] {
    const own = this.#own.get(table.name) ?? [];
    this.#own.set(table.name, own);
    return own;
  }

  #newId(): number {
    this.#nextId += 1;
    return FIRST_OWN_ID + this.#nextId * this.#place.count + this.#place.index;
  }
}

interface Intent {
  readonly table: ShopTable;
  readonly kind: Kind;
  readonly id: number | undefined;
  readonly params: readonly (string | number | null)[];
  readonly checksum: number;
}

function sqlOf(table: ShopTable, kind: Kind): string {
  if (kind === "delete") return `DELETE FROM ${table.name} WHERE id = ?`;
  if (kind === "update")
    return `UPDATE ${table.name} SET ${[...table.columns, "row_check"].map((name) => `${name} = ?`).join(", ")} WHERE id = ?`;
  const columns = [...(table.autoId ? [] : ["id"]), ...table.columns, "row_check"];
  return `INSERT INTO ${table.name} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;
}

/** A numbered error came from the server, so the connection lives; anything else is the connection's own end. */
function isUsable(error: unknown): boolean {
  return typeof numberOf(error) === "number" && (error as { fatal?: boolean }).fatal !== true;
}

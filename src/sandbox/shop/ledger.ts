/** What the clients know about a row: the checksum it must have, that it is gone, or that an answer never came. */
export type Known = number | "deleted" | "unsure";

/** Every acknowledged write, by table and shard. A row that is not here is as the shop was filled. */
export class Ledger {
  readonly #known = new Map<string, Map<number, Known>>();
  /** Rows that an UPDATE or DELETE should have met and did not. */
  vanished = 0;

  readonly #filled: Readonly<Record<string, number>>;

  constructor(filled: Readonly<Record<string, number>>) {
    this.#filled = filled;
  }

  set(shard: number, table: string, id: number, known: Known): void {
    const key = `${shard}/${table}`;
    const rows = this.#known.get(key) ?? new Map<number, Known>();
    this.#known.set(key, rows);
    rows.set(id, known);
  }

  of(shard: number, table: string, id: number): Known | undefined {
    return this.#known.get(`${shard}/${table}`)?.get(id);
  }

  all(shard: number, table: string): ReadonlyMap<number, Known> {
    return this.#known.get(`${shard}/${table}`) ?? new Map();
  }

  /** Rows 1 to this number were there before any client wrote. */
  filledRows(table: string): number {
    return this.#filled[table] ?? 0;
  }
}

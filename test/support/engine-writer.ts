import type { Connection, ResultSetHeader } from "mysql2/promise";
import { quote, Random, type RandomCase } from "./engine-random.ts";

/** What a writer knows of one of its rows. */
interface Known {
  readonly u: number | undefined;
  readonly tag: string;
  readonly born: number;
}

const PASSING = new Set([1062, 1213, 1205]);
const UNKNOWN_COLUMN = 1054;
/** `born` of rows that no longer carry what they were born with. */
export const REBORN = 7;

export interface WriterOptions {
  readonly client: Connection;
  readonly table: string;
  readonly kase: RandomCase;
  readonly seed: number;
  /** This writer's part of the key space: numbers that are `part` modulo `parts`. */
  readonly part: number;
  readonly parts: number;
  readonly keys: number;
}

/**
 * Writes at random to its own part of the key space and remembers what the server acknowledged, so that at any later
 * moment the rows there must be are known exactly.
 */
export class Writer {
  readonly rows = new Map<number, Known>();
  readonly errors: string[] = [];
  writes = 0;
  retried = 0;
  /** Whether the table has lost its `legacy` column. */
  isAfter = false;
  readonly #options: WriterOptions;
  readonly #random: Random;
  #stop = false;
  #running: Promise<void> | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
  }

  async fill(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await this.#insert("INSERT");
  }

  start(pauseMs: number): void {
    this.#stop = false;
    this.#running = this.#run(pauseMs);
  }

  async stop(): Promise<void> {
    this.#stop = true;
    await this.#running;
  }

  async #run(pauseMs: number): Promise<void> {
    while (!this.#stop) {
      await this.#once();
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  async #once(): Promise<void> {
    const pick = this.#random.next();
    if (pick < 0.3) return this.#insert("INSERT");
    if (pick < 0.4) return this.#insert("REPLACE");
    if (pick < 0.65) return this.#update();
    if (pick < 0.75) return this.#moveKey();
    if (pick < 0.85) return this.#swap();
    return this.#delete();
  }

  /** @returns the changed rows; undefined when the statement had no effect */
  async #run1(sql: string): Promise<number | undefined> {
    try {
      const [result] = await this.#options.client.query<ResultSetHeader>(sql);
      this.writes += 1;
      return result.affectedRows;
    } catch (error) {
      const { errno, code } = error as { errno?: number; code?: string };
      if (errno === UNKNOWN_COLUMN && !this.isAfter) this.isAfter = true;
      else if (errno !== undefined && PASSING.has(errno)) this.retried += 1;
      else this.#failed(`${code ?? "?"} ${errno ?? ""} ${sql.slice(0, 80)}`);
      return undefined;
    }
  }

  async #insert(verb: "INSERT" | "REPLACE"): Promise<void> {
    const { kase, table } = this.#options;
    const k = this.#key();
    const row = this.#row();
    const withLegacy = kase.dropsLegacy && !this.isAfter;
    const born = withLegacy ? 100 + this.#random.below(100000) : REBORN;
    const columns = [...kase.key.columns, "u", "tag", "born", ...(withLegacy ? ["legacy"] : [])];
    const values = [
      ...kase.key.literals(k, this.#random),
      row.u ?? "NULL",
      quote(row.tag),
      born,
      ...(withLegacy ? [born] : []),
    ];
    for (const column of kase.payload) {
      columns.push(column.name);
      values.push(column.value(this.#random));
    }
    const done = await this.#run1(`${verb} INTO ${table} (${columns.join(", ")}) VALUES (${values.join(", ")})`);
    if (done === undefined) return;
    if (verb === "REPLACE" && row.u !== undefined && this.#isUnique()) this.#dropHolderOf(row.u);
    this.rows.set(k, { ...row, born });
  }

  async #update(): Promise<void> {
    const k = this.#ownKey();
    const known = k === undefined ? undefined : this.rows.get(k);
    if (k === undefined || known === undefined) return;
    const row = this.#row();
    const column = this.#random.pick(this.#options.kase.payload);
    const done = await this.#run1(
      `UPDATE ${this.#options.table} SET u = ${row.u ?? "NULL"}, tag = ${quote(row.tag)}, ${column.name} = ${column.value(this.#random)} WHERE ${this.#where(k)}`,
    );
    if (done !== undefined) this.rows.set(k, { ...row, born: known.born });
  }

  /** Changes the key itself; the new key's row then is another one to whoever goes by keys. */
  async #moveKey(): Promise<void> {
    const from = this.#ownKey();
    const known = from === undefined ? undefined : this.rows.get(from);
    if (from === undefined || known === undefined) return;
    const to = this.#key();
    const { kase, table } = this.#options;
    const literals = kase.key.literals(to, this.#random);
    const set = kase.key.columns.map((name, i) => `${name} = ${literals[i]}`).join(", ");
    const done = await this.#run1(`UPDATE ${table} SET ${set}, born = ${REBORN} WHERE ${this.#where(from)}`);
    if (done === undefined) return;
    this.rows.delete(from);
    this.rows.set(to, { ...known, born: REBORN });
  }

  /** Two rows exchange their unique value in one transaction. */
  async #swap(): Promise<void> {
    const a = this.#ownKey();
    const b = this.#ownKey();
    if (a === undefined || b === undefined || a === b) return;
    const { table, client } = this.#options;
    const [rowA, rowB] = [this.rows.get(a), this.rows.get(b)];
    if (rowA === undefined || rowB === undefined) return;
    try {
      await client.beginTransaction();
      await client.query(`UPDATE ${table} SET u = NULL WHERE ${this.#where(a)}`);
      await client.query(`UPDATE ${table} SET u = ${rowA.u ?? "NULL"} WHERE ${this.#where(b)}`);
      await client.query(`UPDATE ${table} SET u = ${rowB.u ?? "NULL"} WHERE ${this.#where(a)}`);
      await client.commit();
      this.writes += 1;
      this.rows.set(a, { ...rowA, u: rowB.u });
      this.rows.set(b, { ...rowB, u: rowA.u });
    } catch (error) {
      await client.rollback().catch(() => undefined);
      const { errno } = error as { errno?: number };
      if (errno !== undefined && PASSING.has(errno)) this.retried += 1;
      else this.#failed(`swap ${errno ?? String(error)}`);
    }
  }

  async #delete(): Promise<void> {
    const k = this.#ownKey();
    if (k === undefined) return;
    if ((await this.#run1(`DELETE FROM ${this.#options.table} WHERE ${this.#where(k)}`)) !== undefined) {
      this.rows.delete(k);
    }
  }

  /** An error nobody should see ends the writing; the test looks at `errors`. */
  #failed(what: string): void {
    this.errors.push(what);
    this.#stop = true;
  }

  #where(k: number): string {
    const { key } = this.#options.kase;
    const literals = key.literals(k, this.#random);
    return key.columns.map((name, i) => `${name} = ${literals[i]}`).join(" AND ");
  }

  #key(): number {
    const { part, parts, keys } = this.#options;
    return this.#random.below(keys) * parts + part;
  }

  #ownKey(): number | undefined {
    const keys = [...this.rows.keys()];
    return keys.length === 0 ? undefined : this.#random.pick(keys);
  }

  #row(): Omit<Known, "born"> {
    const { part, parts, keys } = this.#options;
    const u = this.#random.chance(0.2) ? undefined : this.#random.below(keys * 3) * parts + part;
    return { u, tag: this.#random.text(30) };
  }

  #isUnique(): boolean {
    return this.#options.kase.before.some((sql) => sql.includes("UNIQUE KEY u (u)"));
  }

  #dropHolderOf(u: number): void {
    for (const [k, row] of this.rows) if (row.u === u) this.rows.delete(k);
  }
}

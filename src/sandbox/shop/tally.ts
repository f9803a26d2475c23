import type { Clock } from "#kernel";
import type { Connection, FieldPacket, ResultSetHeader, RowDataPacket } from "mysql2/promise";

/** What all clients of a shop count together. */
export interface Counts {
  inserts: number;
  updates: number;
  deletes: number;
  /** Committed transactions over several tables; their statements are counted above as well. */
  transactions: number;
  reads: number;
  /** Every error but the retried 1213. */
  clientErrors: number;
  /** 1213 on a transaction over several tables, retried once. */
  retryable1213: number;
  longestWaitMs: number;
  mixedReads: number;
}

/** Counts what clients do and how long each statement takes; remembers the first errors, without row values. */
export class Tally {
  readonly counts: Counts = {
    inserts: 0,
    updates: 0,
    deletes: 0,
    transactions: 0,
    reads: 0,
    clientErrors: 0,
    retryable1213: 0,
    longestWaitMs: 0,
    mixedReads: 0,
  };
  /** What went wrong first, in words: at most 20 lines. */
  readonly incidents: string[] = [];
  readonly #clock: Clock;
  #longestOfLapMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async write(
    connection: Connection,
    sql: string,
    values: readonly (string | number | null)[],
    prepared: boolean,
  ): Promise<ResultSetHeader> {
    const [result] = await this.timed(() =>
      prepared
        ? connection.execute<ResultSetHeader>(sql, [...values])
        : connection.query<ResultSetHeader>(sql, [...values]),
    );
    return result;
  }

  async read(connection: Connection, sql: string): Promise<FieldPacket[]> {
    const [, fields] = await this.timed(() => connection.query<RowDataPacket[]>(sql));
    this.counts.reads += 1;
    return fields;
  }

  async timed<T>(work: () => Promise<T>): Promise<T> {
    const started = this.#clock.monotonicMs();
    try {
      return await work();
    } finally {
      const waited = this.#clock.monotonicMs() - started;
      this.counts.longestWaitMs = Math.max(this.counts.longestWaitMs, waited);
      this.#longestOfLapMs = Math.max(this.#longestOfLapMs, waited);
    }
  }

  /** The longest wait since the last time this was asked, ms. */
  takeLongestWaitMs(): number {
    const longest = this.#longestOfLapMs;
    this.#longestOfLapMs = 0;
    return longest;
  }

  error(doing: string, error: unknown): void {
    this.counts.clientErrors += 1;
    this.#remember(`${doing}: error ${numberOf(error) ?? "without a number"}`);
  }

  mixed(seen: string): void {
    this.counts.mixedReads += 1;
    this.#remember(`mixed read: ${seen}`);
  }

  #remember(incident: string): void {
    if (this.incidents.length < 20) this.incidents.push(incident);
  }
}

/** MySQL's error number, or the driver's code. */
export function numberOf(error: unknown): number | string | undefined {
  const known = error as { errno?: number; code?: string };
  return known.errno ?? known.code;
}

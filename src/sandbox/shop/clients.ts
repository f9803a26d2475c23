import { CodedError, type Clock, systemClock } from "#kernel";
import { createConnection, type Connection } from "mysql2/promise";
import { changedTables, createdTables } from "./change.ts";
import type { FilledRows } from "./fill.ts";
import { Ledger } from "./ledger.ts";
import { readInTransactions, readOneByOne, Shapes } from "./readers.ts";
import { type SeededRandom, seededRandom } from "./seeded-random.ts";
import { type ShopTable, writtenTables } from "./tables.ts";
import { type Counts, Tally } from "./tally.ts";
import { type Verification, verifyShop } from "./verify.ts";
import { Writer } from "./writer.ts";

export interface ShopClientsOptions {
  /** One DSN per shard, database named. */
  readonly shards: readonly string[];
  /** What `fillShop` returned as `perShard`. */
  readonly filled: FilledRows;
  /** Default 4. */
  readonly writersPerShard?: number;
  /** Pause between two things one writer does, ms; default 25 (some 30 writes a second). */
  readonly pauseMs?: number;
  readonly seed?: number;
  /** Tables written to and watched; default: those of the demo's change. */
  readonly tables?: readonly string[];
  /** Tables whose coming is part of the change; default: that of the demo's change. */
  readonly created?: readonly string[];
  readonly clock?: Clock;
  /** Ends the clients; the report is still there by `stop`. */
  readonly signal: AbortSignal;
}

export type ShopStats = Readonly<Counts>;

export interface ShopReport extends ShopStats, Verification {
  /** The first errors and mixed reads in words, at most 20, without row values. */
  readonly incidents: readonly string[];
}

/** People using the shop: writers and readers that do not know that anything happens to their tables. */
export interface ShopClients {
  stats(): ShopStats;
  /** Acknowledged writes so far. */
  written(): number;
  /** The longest any statement waited since this was asked last, ms. */
  takeLongestWaitMs(): number;
  /** Which way the next change of shape goes; `in` at the start, to be turned before a revert. */
  expect(direction: "in" | "out"): void;
  /** Ends the clients and looks for every acknowledged row. */
  stop(): Promise<ShopReport>;
}

/** Starts the clients; resolves when all are connected. @throws CodedError `sandbox/unknown-shop-table` */
export async function startShopClients(options: ShopClientsOptions): Promise<ShopClients> {
  const clock = options.clock ?? systemClock;
  const tables = chosenTables(options.tables ?? changedTables);
  const tally = new Tally(clock);
  const ledger = new Ledger(options.filled);
  const shapes = new Shapes(
    { changed: tables.map(({ name }) => name), created: options.created ?? createdTables },
    tally,
  );
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const crew: Crew = { clock, signal, tally, pauseMs: options.pauseMs ?? 25 };
  let direction: "in" | "out" = "in";

  const count = options.writersPerShard ?? 4;
  const writers = options.shards.flatMap((dsn, shard) =>
    Array.from({ length: count }, (_, index) => {
      const random = seededRandom((options.seed ?? 1) * 10_000 + shard * 100 + index);
      return { dsn, random, writer: new Writer(tables, { shard, index, count }, random, ledger, tally) };
    }),
  );
  const opened = await Promise.all([
    ...writers.map(({ dsn }) => connect(dsn)),
    connectAll(options.shards),
    connectAll(options.shards),
  ]);
  const [strict, loose] = opened.slice(-2) as [Connection[], Connection[]];
  for (const shard of strict.slice(0, 1)) await shapes.learn(shard);

  const running = [
    ...writers.map(({ dsn, random, writer }, index) =>
      keepWriting(crew, dsn, opened[index] as Connection, writer, random),
    ),
    keepReading(crew, options.shards, strict, (shards) => readInTransactions(shards, shapes, tally)),
    keepReading(crew, options.shards, loose, (shards, turn) =>
      readOneByOne(shards, shapes, tally, turn, () => direction),
    ),
  ];
  return {
    stats: () => ({ ...tally.counts }),
    written: () => tally.counts.inserts + tally.counts.updates + tally.counts.deletes,
    takeLongestWaitMs: () => tally.takeLongestWaitMs(),
    expect: (next) => {
      direction = next;
    },
    stop: async () => {
      ending.abort();
      await Promise.all(running);
      const verification = await verifyShop(options.shards, tables, ledger);
      return { ...tally.counts, ...verification, incidents: [...tally.incidents] };
    },
  };
}

interface Crew {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tally: Tally;
  readonly pauseMs: number;
}

async function keepWriting(
  crew: Crew,
  dsn: string,
  first: Connection,
  writer: Writer,
  random: SeededRandom,
): Promise<void> {
  let connection = first;
  while (!crew.signal.aborted) {
    if (!(await writer.step(connection))) {
      connection.destroy();
      connection = (await reconnect(crew, () => connect(dsn))) ?? connection;
    }
    await pause(crew, crew.pauseMs / 2 + random.below(crew.pauseMs + 1));
  }
  connection.destroy();
}

type Round = (shards: readonly Connection[], turn: number) => Promise<void>;

async function keepReading(crew: Crew, dsns: readonly string[], first: Connection[], round: Round): Promise<void> {
  let shards = first;
  for (let turn = 0; !crew.signal.aborted; turn += 1) {
    try {
      await round(shards, turn);
    } catch (error) {
      crew.tally.error("read", error);
      for (const shard of shards) shard.destroy();
      shards = (await reconnect(crew, () => connectAll(dsns))) ?? shards;
    }
    await pause(crew, crew.pauseMs);
  }
  for (const shard of shards) shard.destroy();
}

async function reconnect<T>(crew: Crew, open: () => Promise<T>): Promise<T | undefined> {
  while (!crew.signal.aborted) {
    try {
      return await open();
    } catch (error) {
      crew.tally.error("connect", error);
      await pause(crew, 200);
    }
  }
  return undefined;
}

async function pause(crew: Crew, ms: number): Promise<void> {
  try {
    await crew.clock.sleep(ms, crew.signal);
  } catch {
    // Aborted: the loop looks at the signal itself.
  }
}

function connectAll(dsns: readonly string[]): Promise<Connection[]> {
  return Promise.all(dsns.map(connect));
}

async function connect(dsn: string): Promise<Connection> {
  const connection = await createConnection(dsn);
  // The server's default is a year: a table that stays locked must show as an error, not as silence.
  await connection.query("SET SESSION lock_wait_timeout = 60");
  return connection;
}

function chosenTables(names: readonly string[]): readonly [ShopTable, ...ShopTable[]] {
  const [first, ...rest] = names.map((name) => {
    const table = writtenTables.find((one) => one.name === name);
    if (table === undefined)
      throw new CodedError("sandbox/unknown-shop-table", `The shop's clients do not know a table ${name}`);
    return table;
  });
  if (first === undefined)
    throw new CodedError("sandbox/unknown-shop-table", "The shop's clients need at least one table");
  return [first, ...rest];
}

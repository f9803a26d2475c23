import type { Session } from "#engine";
import type { Clock, Redactor } from "#kernel";
import type { LiveDatabase, TableStatistics } from "#plan";
import type { CanonicalSchema } from "#schema";
import { type Dsn, parseDsn } from "./dsn.ts";
import { READ_SETTINGS, readObjects } from "./read-objects.ts";
import { readServer } from "./server.ts";
import { openSession } from "./session.ts";

export interface LiveDatabaseOptions {
  /** Names the database. */
  readonly dsn: string;
  /** Learns the password, so that no way out prints it. */
  readonly redactor?: Redactor;
  readonly clock: Clock;
}

/**
 * A live database to read. Connects for each question.
 *
 * @throws CodedError `drivers/bad-dsn`
 */
export function openLiveDatabase(options: LiveDatabaseOptions): LiveDatabase {
  const dsn = parseDsn(options.dsn);
  if (dsn.password !== "") options.redactor?.add(dsn.password);
  return {
    readSchema: (signal) => readSchema(dsn, options.clock, signal),
    statistics: (tables, signal) => statistics(dsn, options.clock, tables, signal),
  };
}

async function readSchema(dsn: Dsn, clock: Clock, signal: AbortSignal): Promise<CanonicalSchema> {
  await using session = await openSession({ dsn, database: dsn.database, clock, settings: READ_SETTINGS }, signal);
  const { flavour, version } = await readServer(session, dsn, signal);
  return await readObjects(session, dsn.database, { flavour, version }, signal);
}

async function statistics(
  dsn: Dsn,
  clock: Clock,
  tables: readonly string[],
  signal: AbortSignal,
): Promise<TableStatistics[]> {
  if (tables.length === 0) return [];
  await using session = await openSession({ dsn, database: dsn.database, clock }, signal);
  await askFreshStatistics(session, dsn, signal);
  const rows = await session.query(
    `SELECT TABLE_NAME AS name, TABLE_ROWS AS estimate, DATA_LENGTH AS data, INDEX_LENGTH AS indexes
     FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN (?)`,
    [dsn.database, tables],
    signal,
  );
  return rows.map((row) => ({
    table: String(row["name"]),
    rows: Number(row["estimate"] ?? 0),
    dataBytes: Number(row["data"] ?? 0),
    indexBytes: Number(row["indexes"] ?? 0),
  }));
}

/** MySQL 8 shows figures that are up to a day old unless told otherwise. */
async function askFreshStatistics(session: Session, dsn: Dsn, signal: AbortSignal): Promise<void> {
  const { flavour } = await readServer(session, dsn, signal);
  if (flavour === "mysql") await session.execute("SET SESSION information_schema_stats_expiry = 0", undefined, signal);
}

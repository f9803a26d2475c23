import { randomBytes } from "node:crypto";
import type { Session } from "#engine";
import { type Clock, CodedError, type Log } from "#kernel";
import { quoteName } from "./quote-name.ts";

const PREFIX = "_sluice_scratch_";
const NAME = /^_sluice_scratch_([0-9a-z]+)_[0-9a-f]+$/;
/** Nothing takes longer; what is older was left behind by a process that died. */
const KEEP_MS = 3_600_000;
const DROP_WITHIN_MS = 30_000;
const CHARSET = /^[a-z0-9_]+$/i;

/**
 * Runs `use` with a new empty database selected, and drops it whatever happens.
 *
 * @throws what `use` throws; CodedError `drivers/bad-charset`
 */
export async function withScratchDatabase<Result>(
  session: Session,
  defaults: { readonly charset: string; readonly collation: string },
  context: { readonly clock: Clock; readonly log: Log },
  use: (database: string) => Promise<Result>,
): Promise<Result> {
  if (!CHARSET.test(defaults.charset) || !CHARSET.test(defaults.collation)) {
    throw new CodedError("drivers/bad-charset", "A character set or collation has characters that none has", {
      next: "fix-input",
    });
  }
  const database = `${PREFIX}${context.clock.now().getTime().toString(36)}_${randomBytes(6).toString("hex")}`;
  await session.execute(
    `CREATE DATABASE ${quoteName(database)} CHARACTER SET ${defaults.charset} COLLATE ${defaults.collation}`,
  );
  try {
    await session.execute(`USE ${quoteName(database)}`);
    return await use(database);
  } finally {
    await drop(session, database, context.log);
  }
}

/** Drops databases that runs before us have left behind. */
export async function sweepScratchDatabases(
  session: Session,
  clock: Clock,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const rows = await session.query(
    "SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '\\_sluice\\_scratch\\_%'",
    undefined,
    signal,
  );
  for (const row of rows) {
    const name = String(row["name"]);
    const madeAt = Number.parseInt(NAME.exec(name)?.[1] ?? "", 36);
    if (clock.now().getTime() - madeAt > KEEP_MS) await drop(session, name, log);
  }
}

/** Failing to clean up never hides what happened before; the next sweep tries again. */
async function drop(session: Session, database: string, log: Log): Promise<void> {
  try {
    await session.execute(
      `DROP DATABASE IF EXISTS ${quoteName(database)}`,
      undefined,
      AbortSignal.timeout(DROP_WITHIN_MS),
    );
  } catch (error) {
    log.warn("scratch.drop-failed", { database, code: error instanceof CodedError ? error.code : "timeout" });
  }
}

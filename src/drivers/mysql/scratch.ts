import type { Session } from "#engine";
import { type Clock, CodedError, type Log, type Redactor } from "#kernel";
import type { CanonicaliseResult, Scratch } from "#plan";
import type { AuthoredStatement, CanonicalObject, CanonicalSchema } from "#schema";
import { type Dsn, parseDsn, serverName } from "./dsn.ts";
import { brokenForeignKeys } from "./foreign-key-check.ts";
import { load, runLimited } from "./load-order.ts";
import { readObjects } from "./read-objects.ts";
import { sweepScratchDatabases, withScratchDatabase } from "./scratch-database.ts";
import { brokenKeyReason, notLoaded, problemOf, replayRefused, SIZE_LIMIT, tooBig } from "./scratch-problems.ts";
import { readServer, type ServerIdentity } from "./server.ts";
import { openSession, STRICT_SQL_MODE } from "./session.ts";
import { errnoOf } from "./sql-error.ts";

const STATEMENT_LIMIT_MS = 30_000;
/** Canonical text was printed in this mode, and old tables may hold what strict modes refuse. */
const PRINTED_SQL_MODE = "NO_ENGINE_SUBSTITUTION";

export interface ScratchOptions {
  /** An account without FILE and SUPER that may do everything on `_sluice_scratch_%` databases, and nothing else. */
  readonly dsn: string;
  readonly redactor?: Redactor;
  /** Server ids (`Target.serverId`) that this must not be. */
  readonly targetServerIds: readonly string[];
  /** The sql_mode under which authored statements are read; the scratch server's own default when absent. */
  readonly sqlMode?: string;
  readonly statementLimitMs?: number;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * A throw-away server. Each call connects, works in a database of its own and drops it.
 *
 * Calls throw CodedError `drivers/scratch-is-target`, `drivers/scratch-runs-events`, `drivers/cannot-connect`.
 *
 * @throws CodedError `drivers/bad-dsn`
 */
export function openScratch(options: ScratchOptions): Scratch {
  const dsn = parseDsn(options.dsn);
  if (dsn.password !== "") options.redactor?.add(dsn.password);
  return new MysqlScratch(dsn, options);
}

class MysqlScratch implements Scratch {
  readonly #dsn: Dsn;
  readonly #options: ScratchOptions;
  readonly #limitMs: number;

  constructor(dsn: Dsn, options: ScratchOptions) {
    this.#dsn = dsn;
    this.#options = options;
    this.#limitMs = options.statementLimitMs ?? STATEMENT_LIMIT_MS;
  }

  async canonicalise(
    request: {
      readonly statements: readonly AuthoredStatement[];
      readonly charset: string;
      readonly collation: string;
    },
    signal: AbortSignal,
  ): Promise<CanonicaliseResult> {
    const { statements } = request;
    const size = statements.reduce((sum, { sql }) => sum + sql.length, 0);
    if (size > SIZE_LIMIT) return { at: "refused", problems: [tooBig(size)] };
    await using session = await this.#open(
      statements.some(({ kind }) => kind === "event"),
      signal,
    );
    const server = await this.#checkedServer(session, signal);
    return await withScratchDatabase(session, request, this.#options, async (database): Promise<CanonicaliseResult> => {
      await session.execute("SET SESSION foreign_key_checks = 0");
      const sqlMode = this.#options.sqlMode ?? (await defaultSqlMode(session, signal));
      await session.execute("SET SESSION sql_mode = ?", [withPlainQuoting(sqlMode)]);
      const refused = await load(session, statements, this.#limitMs, signal);
      if (refused.length > 0) return { at: "refused", problems: refused.map((one) => problemOf(one, database)) };
      const broken = await brokenForeignKeys(session, database, signal);
      if (broken.length > 0) {
        return { at: "refused", problems: broken.map((key) => brokenKeyReason(key, statements)) };
      }
      const schema = await this.#readBack(session, database, server, signal);
      return { at: "canonical", schema: { ...schema, objects: placed(schema.objects, statements) } };
    });
  }

  async replay(
    request: { readonly from: CanonicalSchema; readonly statements: readonly string[] },
    signal: AbortSignal,
  ): Promise<CanonicalSchema> {
    const { from, statements } = request;
    await using session = await this.#open(
      from.objects.some(({ kind }) => kind === "event"),
      signal,
    );
    const server = await this.#checkedServer(session, signal);
    return await withScratchDatabase(session, from, this.#options, async (database) => {
      await session.execute(`SET SESSION foreign_key_checks = 0, sql_mode = '${PRINTED_SQL_MODE}'`);
      const [refused] = await load(session, from.objects, this.#limitMs, signal);
      if (refused !== undefined) throw notLoaded(refused, database);
      await session.execute(
        `SET SESSION foreign_key_checks = 1, sql_mode = '${STRICT_SQL_MODE},NO_ENGINE_SUBSTITUTION'`,
      );
      for (const [index, sql] of statements.entries()) {
        const error = await runLimited(session, sql, this.#limitMs, signal);
        if (error !== undefined) throw replayRefused(index, error, database);
      }
      return await this.#readBack(session, database, server, signal);
    });
  }

  async #open(hasEvents: boolean, signal: AbortSignal): Promise<Session> {
    const { clock, log } = this.#options;
    const session = await openSession({ dsn: this.#dsn, database: "", clock, keepMessages: true }, signal);
    try {
      if (hasEvents) await refuseRunningEvents(session, serverName(this.#dsn), signal);
      await tryWithoutBinlog(session, signal);
      await sweepScratchDatabases(session, clock, log, signal);
      return session;
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #checkedServer(session: Session, signal: AbortSignal): Promise<ServerIdentity> {
    const server = await readServer(session, this.#dsn, signal);
    if (!this.#options.targetServerIds.includes(server.id)) return server;
    throw new CodedError(
      "drivers/scratch-is-target",
      `${serverName(this.#dsn)} is a target and cannot be the scratch server`,
      {
        hint: "Statements of pull requests run on a scratch server: give one that holds nothing else.",
        next: "fix-input",
      },
    );
  }

  async #readBack(
    session: Session,
    database: string,
    server: ServerIdentity,
    signal: AbortSignal,
  ): Promise<CanonicalSchema> {
    await session.execute("SET SESSION sql_mode = ''");
    return readObjects(session, database, { flavour: server.flavour, version: server.version }, signal);
  }
}

async function defaultSqlMode(session: Session, signal: AbortSignal): Promise<string> {
  const [row] = await session.query("SELECT @@global.sql_mode AS mode", undefined, signal);
  return String(row?.["mode"]);
}

/** The splitter vetted the text as `sql_mode = ''` reads it; here it must not read as anything else. */
function withPlainQuoting(sqlMode: string): string {
  const other = new Set(["ANSI", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES"]);
  return sqlMode
    .split(",")
    .filter((mode) => !other.has(mode.toUpperCase()))
    .join(",");
}

/** An event of a pull request would run on the server as soon as it exists. */
async function refuseRunningEvents(session: Session, server: string, signal: AbortSignal): Promise<void> {
  const [row] = await session.query("SELECT @@global.event_scheduler AS scheduler", undefined, signal);
  if (row?.["scheduler"] !== "ON") return;
  throw new CodedError(
    "drivers/scratch-runs-events",
    `The scratch server ${server} would run the events of pull requests`,
    {
      hint: "Start it with event_scheduler=OFF.",
      next: "fix-input",
    },
  );
}

/** What is thrown away needs no log; an account that may not say so goes on with it. */
async function tryWithoutBinlog(session: Session, signal: AbortSignal): Promise<void> {
  try {
    await session.execute("SET SESSION sql_log_bin = 0", undefined, signal);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}

/** Objects with the place of the statement that made them. */
function placed(objects: readonly CanonicalObject[], statements: readonly AuthoredStatement[]): CanonicalObject[] {
  const places = new Map(statements.map(({ kind, name, place }) => [`${kind} ${name.toLowerCase()}`, place]));
  return objects.map((object) => {
    const place = places.get(`${object.kind} ${object.name.toLowerCase()}`);
    return place === undefined ? object : { ...object, place };
  });
}

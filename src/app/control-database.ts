import { readdir, readFile } from "node:fs/promises";
import { openLiveDatabase, openSession, parseDsn, type Dsn } from "#drivers";
import type { Session } from "#engine";
import { CodedError, type Clock, type Log } from "#kernel";
import { alterTableSql, diffSchemas, type CanonicalObject, type CanonicalSchema, type SchemaChange } from "#schema";

/** What a release of Sluice needs of its control database. */
export interface ControlSchema {
  /** Grows with every change of `schemas/control`. */
  readonly number: number;
  /** The smallest number a release may know and still work on this one; additions do not raise it. */
  readonly oldest: number;
  readonly tables: readonly CanonicalObject[];
}

export interface ControlDatabaseOptions {
  readonly dsn: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Default: the schema files shipped with this release. */
  readonly schema?: ControlSchema;
  readonly signal?: AbortSignal;
}

const NUMBER = 1;
const OLDEST = 1;
const LOCK_SECONDS = 60;
const UNKNOWN_DATABASE = 1049;

/**
 * Brings Sluice's own control database up to what this release needs, by its own diff: the schema files are canonical
 * and are compared with the live tables, and what is only an addition is applied. Starters wait for each other
 * (GET_LOCK). A database that does not exist is made when the account may.
 *
 * @returns the statements that were run
 * @throws CodedError `app/control-needs-more` with the plan, when more than additions would be needed; nothing was done
 * @throws CodedError `app/control-too-new` when the database asks for a newer Sluice
 * @throws CodedError `app/control-locked` when another starter does not end
 */
export async function bringControlDatabaseUp(options: ControlDatabaseOptions): Promise<readonly string[]> {
  const { clock, log, signal = AbortSignal.timeout(180_000) } = options;
  const schema = options.schema ?? (await shippedControlSchema());
  const dsn = parseDsn(options.dsn);
  if (dsn.database === "") throw noDatabase();
  await using session = await openOrCreate(dsn, clock, signal);
  await lock(session, dsn.database, signal);
  const live = await openLiveDatabase({ dsn: options.dsn, clock }).readSchema(signal);
  if (live.flavour !== "mysql") throw notYet();
  const known = await recorded(session, live, signal);
  if (known !== undefined && known.oldest > schema.number) throw tooNew(known, schema);
  if (known !== undefined && known.number > schema.number) {
    // A newer release added to it and says that this one may still run.
    log.info("control.newer", { number: known.number, ours: schema.number });
    return [];
  }
  const statements = additionsOnly(diffSchemas(live, { ...live, objects: schema.tables }));
  for (const statement of statements) await session.execute(statement, [], signal);
  await record(session, schema, signal);
  if (statements.length > 0) log.info("control.changed", { statements: statements.length, number: schema.number });
  return statements;
}

/** The schema files beside the program, in the server's own printing. */
export async function shippedControlSchema(): Promise<ControlSchema> {
  const folder = new URL("../../schemas/control/", import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
  const tables = await Promise.all(
    files.map(async (file): Promise<CanonicalObject> => ({
      kind: "table",
      name: file.slice(0, -".sql".length),
      sql: (await readFile(new URL(file, folder), "utf8")).trim().replace(/;$/, ""),
      place: { file: `schemas/control/${file}`, line: 1 },
    })),
  );
  return { number: NUMBER, oldest: OLDEST, tables };
}

/** @throws CodedError `app/control-needs-more` */
function additionsOnly(changes: readonly SchemaChange[]): readonly string[] {
  const more = changes.filter((change) => !isAddition(change));
  if (more.length === 0) return changes.flatMap(statementsOf);
  const plan = changes.flatMap(statementsOf);
  throw new CodedError(
    "app/control-needs-more",
    `The control database differs by more than additions: ${more.map((change) => change.name).join(", ")}`,
    {
      hint: `Is SLUICE_DATABASE the right one? Nothing was done. It would take:\n${plan.map((sql) => `${sql};`).join("\n")}`,
      next: "ask-human",
      details: { plan },
    },
  );
}

/** New tables, plain keys and columns that old rows and older releases can do without. */
function isAddition(change: SchemaChange): boolean {
  if (change.kind === "create-table") return true;
  if (change.kind !== "alter-table") return false;
  return change.clauses.every((clause) => {
    if (clause.kind === "add-key") return clause.key.kind === "plain";
    return (
      clause.kind === "add-column" && (clause.column.nullability !== "not-null" || clause.column.default !== undefined)
    );
  });
}

function statementsOf(change: SchemaChange): readonly string[] {
  switch (change.kind) {
    case "create-table":
      return [change.sql];
    case "alter-table":
      return alterTableSql(change.name, change.clauses);
    case "drop-table":
      return [`DROP TABLE \`${change.name}\``];
    case "not-handled":
      return [`-- ${change.action} ${change.object} ${change.name}: ${change.reason.message}`];
  }
}

async function openOrCreate(dsn: Dsn, clock: Clock, signal: AbortSignal): Promise<Session> {
  try {
    return await openSession({ dsn, database: dsn.database, clock }, signal);
  } catch (error) {
    if (!(error instanceof CodedError) || error.details["errno"] !== UNKNOWN_DATABASE) throw error;
  }
  const session = await openSession({ dsn, database: "", clock }, signal);
  try {
    const name = quoted(dsn.database);
    await session.execute(
      `CREATE DATABASE IF NOT EXISTS ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
      [],
      signal,
    );
    await session.execute(`USE ${name}`, [], signal);
    return session;
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

/** Held until the session ends. */
async function lock(session: Session, database: string, signal: AbortSignal): Promise<void> {
  const [row] = await session.query(
    "SELECT GET_LOCK(?, ?) AS `got`",
    [`sluice:${database}`.slice(0, 64), LOCK_SECONDS],
    signal,
  );
  if (Number(row?.["got"]) === 1) return;
  throw new CodedError("app/control-locked", "Another process has been bringing the control database up for a minute", {
    hint: "Look for a Sluice that hangs at its start.",
    next: "retry",
  });
}

interface Recorded {
  readonly number: number;
  readonly oldest: number;
}

async function recorded(session: Session, live: CanonicalSchema, signal: AbortSignal): Promise<Recorded | undefined> {
  if (!live.objects.some((object) => object.kind === "table" && object.name === "meta")) return undefined;
  const rows = await session.query(
    "SELECT `name`, `value` FROM `meta` WHERE `name` IN ('schema', 'oldest')",
    [],
    signal,
  );
  const values = new Map(rows.map((row) => [String(row["name"]), Number(row["value"])]));
  const [number, oldest] = [values.get("schema"), values.get("oldest")];
  return number === undefined || oldest === undefined ? undefined : { number, oldest };
}

async function record(session: Session, schema: ControlSchema, signal: AbortSignal): Promise<void> {
  await session.execute(
    "REPLACE INTO `meta` (`name`, `value`) VALUES ('schema', ?), ('oldest', ?)",
    [String(schema.number), String(schema.oldest)],
    signal,
  );
}

function tooNew(known: Recorded, schema: ControlSchema): CodedError {
  return new CodedError(
    "app/control-too-new",
    `The control database (schema ${known.number}) asks for a Sluice of schema ${known.oldest} or newer; this one has ${schema.number}`,
    { hint: "Start the newer Sluice again.", next: "stop" },
  );
}

function notYet(): CodedError {
  return new CodedError("app/not-yet", "The control database must be MySQL for now", { next: "fix-input" });
}

function noDatabase(): CodedError {
  return new CodedError("app/no-control-database", "SLUICE_DATABASE names no database", { next: "fix-input" });
}

function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

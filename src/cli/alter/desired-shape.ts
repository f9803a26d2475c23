import type { Session, Target } from "#engine";
import { CodedError, newDeploymentId, type Reason } from "#kernel";
import type { Scratch } from "#plan";
import { type CanonicalObject, type CanonicalSchema, quoteName, withoutAutoIncrement } from "#schema";

/** The whole database as it would be, or why the server would not do it. */
export type DesiredShape =
  | { readonly at: "shape"; readonly desired: CanonicalSchema }
  | { readonly at: "refused"; readonly reasons: readonly Reason[] };

export interface ShapeRequest {
  readonly live: CanonicalSchema;
  readonly table: CanonicalObject;
  /** Behind `ALTER TABLE name`. */
  readonly clauses: string;
}

/** Asks a scratch server; nothing happens on the target. */
export async function shapeOnScratch(
  scratch: Scratch,
  request: ShapeRequest,
  signal: AbortSignal,
): Promise<DesiredShape> {
  const { live, table } = request;
  // A foreign key needs the tables it points at; any other table stands by itself.
  const needsOthers = /^\s*(CONSTRAINT .*)?FOREIGN KEY/im.test(table.sql) || /\bREFERENCES\b/i.test(request.clauses);
  const tables = live.objects.filter(({ kind }) => kind === "table");
  const from: CanonicalSchema = { ...live, objects: needsOthers ? tables : [table] };
  try {
    const same = await scratch.replay({ from, statements: [] }, signal);
    if (!isSame(table, find(same, table.name)))
      return { at: "refused", reasons: [scratchDiffers(table.name, live, same)] };
    const after = await scratch.replay({ from, statements: [alterStatement(request)] }, signal);
    return shape(request, find(after, table.name)?.sql);
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== "plan/replay-refused") throw error;
    return { at: "refused", reasons: [refusedByServer(error)] };
  }
}

/**
 * Asks the target itself, on an empty copy of the table in a database of our own that is dropped again. Production
 * tables are not touched: the copy is made from the table's text, without its rows.
 */
export async function shapeOnTarget(target: Target, request: ShapeRequest, signal: AbortSignal): Promise<DesiredShape> {
  // Never the run's own name: a run that is resumed has its shadow there.
  const database = quoteName(`_sluice_${newDeploymentId()}_new`);
  const { live, table } = request;
  await using session = await target.open(signal);
  await session.execute(
    `CREATE DATABASE ${database} DEFAULT CHARACTER SET ${live.charset} COLLATE ${live.collation}`,
    [],
    signal,
  );
  try {
    await session.execute(`USE ${database}`, [], signal);
    await session.execute("SET SESSION foreign_key_checks = 0", [], signal);
    await session.execute(table.sql, [], signal);
    await session.execute(alterStatement(request), [], signal);
    return shape(request, await showCreate(session, table.name, signal));
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== "drivers/sql") throw error;
    return { at: "refused", reasons: [refusedByServer(error)] };
  } finally {
    await session.execute(`DROP DATABASE IF EXISTS ${database}`);
  }
}

function alterStatement({ table, clauses }: ShapeRequest): string {
  return `ALTER TABLE ${quoteName(table.name)} ${clauses}`;
}

async function showCreate(session: Session, table: string, signal: AbortSignal): Promise<string> {
  const [row] = await session.query(`SHOW CREATE TABLE ${quoteName(table)}`, [], signal);
  return String(row?.["Create Table"]);
}

function shape({ live, table }: ShapeRequest, sql: string | undefined): DesiredShape {
  if (sql === undefined) {
    throw new CodedError("alter/table-gone", `${table.name} was not there any more after the change`, { next: "stop" });
  }
  const objects = live.objects.map((object) => (object === table ? { ...object, sql } : object));
  return { at: "shape", desired: { ...live, objects } };
}

function find(schema: CanonicalSchema, name: string): CanonicalObject | undefined {
  return schema.objects.find((object) => object.kind === "table" && object.name === name);
}

function isSame(a: CanonicalObject, b: CanonicalObject | undefined): boolean {
  return b !== undefined && withoutAutoIncrement(a.sql) === withoutAutoIncrement(b.sql);
}

function scratchDiffers(table: string, live: CanonicalSchema, scratch: CanonicalSchema): Reason {
  return {
    code: "alter/scratch-differs",
    message: `The scratch server (${scratch.flavour} ${scratch.version}) prints ${table} in another way than the target (${live.version})`,
    hint: "Use a scratch server of the target's version and settings, or none.",
  };
}

function refusedByServer(error: CodedError): Reason {
  return { code: "alter/refused-by-server", message: `The change would not be accepted: ${error.message}` };
}

import type { Row, Session } from "#engine";
import { CodedError } from "#kernel";
import type { CanonicalObject, CanonicalSchema, Flavour, ObjectKind } from "#schema";
import { quoteName } from "./quote-name.ts";
import { errnoOf } from "./sql-error.ts";

/** What a session must have set for its SHOW CREATE to be canonical. */
export const READ_SETTINGS = ["sql_mode = ''", "sql_quote_show_create = 1"];

/** No such table, trigger, routine, event: dropped since it was listed. */
const GONE = new Set([1146, 1360, 1305, 1539]);

interface Listing {
  readonly kind: ObjectKind;
  readonly name: string;
}

/** For each kind: what to ask and which column has the text. */
const SHOW: Readonly<Record<ObjectKind, { readonly what: string; readonly column: string }>> = {
  table: { what: "TABLE", column: "Create Table" },
  view: { what: "VIEW", column: "Create View" },
  trigger: { what: "TRIGGER", column: "SQL Original Statement" },
  procedure: { what: "PROCEDURE", column: "Create Procedure" },
  function: { what: "FUNCTION", column: "Create Function" },
  event: { what: "EVENT", column: "Create Event" },
  sequence: { what: "SEQUENCE", column: "Create Table" },
};

/**
 * All objects of a database, by kind and name.
 *
 * @param session with `READ_SETTINGS`, and the database selected: views are printed without its name only then
 * @throws CodedError `drivers/no-database`, `drivers/hidden-definition` when the account may not see an object's text
 */
export async function readObjects(
  session: Session,
  database: string,
  server: { readonly flavour: Flavour; readonly version: string },
  signal: AbortSignal,
): Promise<CanonicalSchema> {
  const [defaults] = await session.query(
    `SELECT DEFAULT_CHARACTER_SET_NAME AS charset, DEFAULT_COLLATION_NAME AS collation
     FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?`,
    [database],
    signal,
  );
  if (defaults === undefined) {
    throw new CodedError("drivers/no-database", `There is no database ${database}, or the account may not see it`, {
      next: "fix-input",
    });
  }
  const objects: CanonicalObject[] = [];
  for (const listing of await list(session, database, signal)) {
    const sql = await showCreate(session, listing, signal);
    if (sql !== undefined) objects.push({ ...listing, sql });
  }
  return { ...server, charset: String(defaults["charset"]), collation: String(defaults["collation"]), objects };
}

async function list(session: Session, database: string, signal: AbortSignal): Promise<Listing[]> {
  const named = async (sql: string, kindOf: (row: Row) => ObjectKind): Promise<Listing[]> =>
    (await session.query(sql, [database], signal)).map((row) => ({ kind: kindOf(row), name: String(row["name"]) }));
  return [
    ...(await named(
      "SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? ORDER BY 1",
      tableKind,
    )),
    ...(await named(
      "SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ? ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER",
      () => "trigger",
    )),
    ...(await named(
      "SELECT ROUTINE_NAME AS name, ROUTINE_TYPE AS type FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ? ORDER BY 2, 1",
      (row) => (row["type"] === "FUNCTION" ? "function" : "procedure"),
    )),
    ...(await named(
      "SELECT EVENT_NAME AS name FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ? ORDER BY 1",
      () => "event",
    )),
  ];
}

function tableKind(row: Row): ObjectKind {
  if (row["type"] === "VIEW") return "view";
  return row["type"] === "SEQUENCE" ? "sequence" : "table";
}

/** Undefined when it was dropped in the meantime. */
async function showCreate(session: Session, { kind, name }: Listing, signal: AbortSignal): Promise<string | undefined> {
  const { what, column } = SHOW[kind];
  try {
    const [row] = await session.query(`SHOW CREATE ${what} ${quoteName(name)}`, undefined, signal);
    const sql = row?.[column];
    if (typeof sql === "string") return sql;
  } catch (error) {
    if (GONE.has(errnoOf(error) ?? 0)) return undefined;
    throw error;
  }
  throw new CodedError("drivers/hidden-definition", `The account may not see how ${kind} ${name} is defined`, {
    hint: "GRANT SHOW VIEW, TRIGGER, EVENT on the database and SHOW_ROUTINE on *.* to the account.",
    details: { kind, name },
  });
}

import type { Row, Session } from "#engine";

/** A foreign key that the server took with its checks off and would not take with them on. */
export interface BrokenForeignKey {
  readonly table: string;
  readonly constraint: string;
  /** One clause without a subject, such as `references table x, which does not exist`. */
  readonly problem: string;
}

/**
 * With checks off a server compares types but lets parents and their indexes be missing; so those are looked up here.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
 */
export async function brokenForeignKeys(
  session: Session,
  database: string,
  signal: AbortSignal,
): Promise<BrokenForeignKey[]> {
  const keys = await session.query(
    `SELECT TABLE_NAME AS child, CONSTRAINT_NAME AS name, REFERENCED_TABLE_SCHEMA AS parentSchema,
       REFERENCED_TABLE_NAME AS parent, REFERENCED_COLUMN_NAME AS parentColumn
     FROM information_schema.KEY_COLUMN_USAGE
     WHERE TABLE_SCHEMA = ? AND REFERENCED_TABLE_NAME IS NOT NULL
     ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`,
    [database],
    signal,
  );
  if (keys.length === 0) return [];
  const tables = await namesOf(session, database, signal);
  const indexes = await indexesOf(session, database, signal);
  return [...grouped(keys)].flatMap((columns) => {
    const [first] = columns;
    if (first === undefined) return [];
    const problem = problemOf(first, columns, { database, tables, indexes });
    return problem === undefined ? [] : [{ table: String(first["child"]), constraint: String(first["name"]), problem }];
  });
}

function problemOf(
  first: Row,
  columns: readonly Row[],
  known: {
    readonly database: string;
    readonly tables: ReadonlySet<string>;
    readonly indexes: ReadonlyMap<string, readonly string[][]>;
  },
): string | undefined {
  const parent = String(first["parent"]);
  if (first["parentSchema"] !== known.database) return `references table ${parent} of another database`;
  if (!known.tables.has(parent.toLowerCase())) return `references table ${parent}, which does not exist`;
  const wanted = columns.map((row) => String(row["parentColumn"]).toLowerCase());
  const covering = (known.indexes.get(parent.toLowerCase()) ?? []).some((index) =>
    wanted.every((name, at) => index[at] === name),
  );
  return covering ? undefined : `references ${parent} (${wanted.join(", ")}), which no index of that table begins with`;
}

async function namesOf(session: Session, database: string, signal: AbortSignal): Promise<Set<string>> {
  const rows = await session.query(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?",
    [database],
    signal,
  );
  return new Set(rows.map((row) => String(row["name"]).toLowerCase()));
}

/** Columns of each index in order, by table; all in lower case. */
async function indexesOf(session: Session, database: string, signal: AbortSignal): Promise<Map<string, string[][]>> {
  const rows = await session.query(
    `SELECT TABLE_NAME AS tableName, INDEX_NAME AS indexName, COLUMN_NAME AS columnName
     FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`,
    [database],
    signal,
  );
  const byTable = new Map<string, Map<string, string[]>>();
  for (const row of rows) {
    const table = String(row["tableName"]).toLowerCase();
    const indexes = byTable.get(table) ?? new Map<string, string[]>();
    const index = String(row["indexName"]);
    indexes.set(index, [...(indexes.get(index) ?? []), String(row["columnName"]).toLowerCase()]);
    byTable.set(table, indexes);
  }
  return new Map([...byTable].map(([table, indexes]) => [table, [...indexes.values()]]));
}

/** Rows of one constraint each, in order. */
function grouped(rows: readonly Row[]): Iterable<readonly Row[]> {
  return Map.groupBy(rows, (row) => `${String(row["child"])}\0${String(row["name"])}`).values();
}

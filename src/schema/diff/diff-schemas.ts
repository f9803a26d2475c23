import type { Reason, SourcePlace } from "#kernel";
import type { CanonicalObject, CanonicalSchema, ObjectKind } from "../canonical.ts";
import { comparableText } from "../compare.ts";
import type { ForeignKey, Table } from "../model.ts";
import { parseTable } from "../parse/parse-table.ts";
import type { Clause } from "./clause.ts";
import type { Renames } from "./diff-columns.ts";
import { diffTables, disturbsForeignKey } from "./diff-table.ts";

export type SchemaChange = CreateTable | DropTable | AlterTable | UnhandledChange;

interface ChangeBase {
  readonly name: string;
  /** Where the object was authored; absent for drops. */
  readonly place?: SourcePlace;
}

export interface CreateTable extends ChangeBase {
  readonly kind: "create-table";
  readonly sql: string;
  /** Absent when the text is opaque to us. */
  readonly table?: Table;
}

export interface DropTable extends ChangeBase {
  readonly kind: "drop-table";
  readonly sql: string;
  readonly table?: Table;
}

export interface AlterTable extends ChangeBase {
  readonly kind: "alter-table";
  readonly from: Table;
  readonly to: Table;
  readonly fromSql: string;
  readonly toSql: string;
  readonly clauses: readonly Clause[];
}

/** An object that differs and that we cannot change: said, never silent. */
export interface UnhandledChange extends ChangeBase {
  readonly kind: "not-handled";
  readonly object: ObjectKind;
  readonly action: "create" | "alter" | "drop";
  readonly reason: Reason;
}

export interface DiffOptions {
  /** Per table: which column is a renamed older one. Without it a rename is a drop and an addition. */
  readonly renames?: ReadonlyMap<string, Renames>;
}

/** Every difference between two schemas of one server version, by object; unordered. Empty when they are equal. */
export function diffSchemas(
  from: CanonicalSchema,
  to: CanonicalSchema,
  options: DiffOptions = {},
): readonly SchemaChange[] {
  const pairs = pairObjects(from, to).filter(({ before, after }) => !isSame(before, after));
  const tables = pairs.filter((pair) => pair.kind === "table");
  const others = pairs.filter((pair) => pair.kind !== "table").map(unhandledObject);
  return [...diffAllTables(tables, from, options), ...others];
}

interface Pair {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly before: CanonicalObject | undefined;
  readonly after: CanonicalObject | undefined;
}

function pairObjects(from: CanonicalSchema, to: CanonicalSchema): readonly Pair[] {
  const key = (object: CanonicalObject): string => `${object.kind} ${object.name}`;
  const before = new Map(from.objects.map((object) => [key(object), object]));
  const after = new Map(to.objects.map((object) => [key(object), object]));
  const pair = (object: CanonicalObject): Pair => ({
    kind: object.kind,
    name: object.name,
    before: before.get(key(object)),
    after: after.get(key(object)),
  });
  return [...to.objects.map(pair), ...from.objects.filter((object) => !after.has(key(object))).map(pair)];
}

function isSame(before: CanonicalObject | undefined, after: CanonicalObject | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  return before.sql === after.sql || comparableText(before) === comparableText(after);
}

interface TablePair {
  readonly pair: Pair;
  readonly before: Table | undefined;
  readonly after: Table | undefined;
}

function diffAllTables(pairs: readonly Pair[], from: CanonicalSchema, options: DiffOptions): readonly SchemaChange[] {
  const parsed = pairs.map((pair): TablePair => ({ pair, before: tableOf(pair.before), after: tableOf(pair.after) }));
  const changing = new Map(parsed.map((table) => [table.pair.name, table]));
  const changes = parsed.flatMap((table) => diffOneTable(table, changing, options));
  // A child whose own text is the same may still have to let go of its parent while that changes.
  const untouched = from.objects.filter((object) => object.kind === "table" && !changing.has(object.name));
  return [...changes, ...untouched.flatMap((object) => rebuildOnly(object, changing))];
}

function tableOf(object: CanonicalObject | undefined): Table | undefined {
  if (object === undefined) return undefined;
  const parsed = parseTable(object.sql);
  return parsed.at === "table" ? parsed.table : undefined;
}

function diffOneTable(
  table: TablePair,
  changing: ReadonlyMap<string, TablePair>,
  options: DiffOptions,
): readonly SchemaChange[] {
  const { pair, before, after } = table;
  const place = pair.after?.place === undefined ? {} : { place: pair.after.place };
  if (pair.before === undefined && pair.after !== undefined) {
    return [
      {
        kind: "create-table",
        name: pair.name,
        sql: pair.after.sql,
        ...(after === undefined ? {} : { table: after }),
        ...place,
      },
    ];
  }
  if (pair.before !== undefined && pair.after === undefined) {
    return [
      { kind: "drop-table", name: pair.name, sql: pair.before.sql, ...(before === undefined ? {} : { table: before }) },
    ];
  }
  if (pair.before === undefined || pair.after === undefined) return [];
  if (before === undefined || after === undefined) return [unhandled(pair, opaqueReason(pair))];
  if (before.partition !== after.partition) return [unhandled(pair, partitionReason(pair.name))];
  const renames = options.renames?.get(pair.name);
  const rebuild = foreignKeysToRebuild(before, after, changing);
  const clauses = diffTables(before, after, { rebuild, ...(renames === undefined ? {} : { renames }) });
  if (clauses.length === 0) return [];
  return [
    {
      kind: "alter-table",
      name: pair.name,
      from: before,
      to: after,
      fromSql: pair.before.sql,
      toSql: pair.after.sql,
      clauses,
      ...place,
    },
  ];
}

function rebuildOnly(object: CanonicalObject, changing: ReadonlyMap<string, TablePair>): readonly SchemaChange[] {
  if (!object.sql.includes(" FOREIGN KEY ")) return [];
  const table = tableOf(object);
  if (table === undefined) return [];
  const rebuild = foreignKeysToRebuild(table, table, changing);
  if (rebuild.size === 0) return [];
  const clauses = diffTables(table, table, { rebuild });
  return [
    { kind: "alter-table", name: object.name, from: table, to: table, fromSql: object.sql, toSql: object.sql, clauses },
  ];
}

function foreignKeysToRebuild(from: Table, to: Table, changing: ReadonlyMap<string, TablePair>): ReadonlySet<string> {
  const disturbed = (key: ForeignKey): boolean => {
    if (key.columns.some((name) => disturbsForeignKey(from, to, name))) return true;
    if (key.database !== undefined || key.table === from.name) return false;
    const parent = changing.get(key.table);
    const { before, after } = parent ?? {};
    if (before === undefined || after === undefined) return false;
    return key.parentColumns.some((name) => disturbsForeignKey(before, after, name));
  };
  return new Set(from.foreignKeys.filter(disturbed).map((key) => key.name));
}

function unhandledObject(pair: Pair): UnhandledChange {
  return unhandled(pair, {
    code: "schema/not-handled",
    message: `The ${pair.kind} ${pair.name} differs, and changing ${pair.kind}s is not supported yet`,
    hint: `Leave ${pair.name} as it is in the database, or change it by hand first.`,
  });
}

function unhandled(pair: Pair, reason: Reason): UnhandledChange {
  const change = pair.before === undefined ? "create" : pair.after === undefined ? "drop" : "alter";
  const place = pair.after?.place;
  return {
    kind: "not-handled",
    object: pair.kind,
    name: pair.name,
    action: change,
    reason: place === undefined ? reason : { ...reason, where: place },
    ...(place === undefined ? {} : { place }),
  };
}

function opaqueReason(pair: Pair): Reason {
  const texts = [pair.before?.sql, pair.after?.sql].flatMap((sql) => (sql === undefined ? [] : [parseTable(sql)]));
  const why = texts.find((parsed) => parsed.at === "opaque");
  return {
    code: "schema/not-handled",
    message: `The table ${pair.name} differs, but uses something Sluice cannot read yet${why?.at === "opaque" ? `: ${why.reason.message}` : ""}`,
  };
}

function partitionReason(name: string): Reason {
  return {
    code: "schema/not-handled",
    message: `The partitions of ${name} differ, and changing partitions is not supported yet`,
  };
}

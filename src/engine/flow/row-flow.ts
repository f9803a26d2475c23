import type { CopyChange, IdentityKey } from "#plan";
import { quotedList, quotedTable, type TableRef } from "../sql/names.ts";
import { columnNamed, type ColumnShape, type TableShape } from "../sql/table-shape.ts";

/**
 * How rows go from one table to another: forward from source to shadow, after the seal from the new table back to the
 * retired one. Column and key lists run in parallel.
 */
export interface RowFlow {
  readonly from: TableRef;
  readonly to: TableRef;
  readonly fromIndex: string;
  readonly toIndex: string;
  readonly fromKey: readonly ColumnShape[];
  readonly toKey: readonly ColumnShape[];
  readonly columns: readonly FlowColumn[];
  /** Columns of `to` that no value flows into and whose values must outlive a re-insert (a dropped column, backwards). */
  readonly kept: readonly ColumnShape[];
}

export interface FlowColumn {
  readonly from: ColumnShape;
  readonly to: ColumnShape;
}

export interface FlowTables {
  readonly source: TableRef;
  readonly sourceShape: TableShape;
  readonly shadow: TableRef;
  readonly shadowShape: TableShape;
  readonly key: IdentityKey;
}

export function forwardFlow(change: CopyChange, tables: FlowTables): RowFlow {
  const { source, sourceShape, shadow, shadowShape, key } = tables;
  const columns = change.columns.map((pair) => ({
    from: columnNamed(sourceShape, pair.from),
    to: columnNamed(shadowShape, pair.to),
  }));
  return {
    from: source,
    to: shadow,
    fromIndex: key.sourceIndex,
    toIndex: key.shadowIndex,
    fromKey: key.sourceColumns.map((name) => columnNamed(sourceShape, name)),
    toKey: key.shadowColumns.map((name) => columnNamed(shadowShape, name)),
    columns,
    kept: [],
  };
}

/** The way back. A dropped NOT NULL column without default gets no invented value: such rows are blocked (design D10). */
export function backwardFlow(
  change: CopyChange,
  tables: FlowTables & { readonly live: TableRef; readonly retired: TableRef },
): RowFlow {
  const { sourceShape, shadowShape, key } = tables;
  const columns = change.columns
    .filter((pair) => !pair.fromGenerated)
    .map((pair) => ({ from: columnNamed(shadowShape, pair.to), to: columnNamed(sourceShape, pair.from) }));
  return {
    from: tables.live,
    to: tables.retired,
    fromIndex: key.shadowIndex,
    toIndex: key.sourceIndex,
    fromKey: key.shadowColumns.map((name) => columnNamed(shadowShape, name)),
    toKey: key.sourceColumns.map((name) => columnNamed(sourceShape, name)),
    columns,
    kept: withoutSource(sourceShape, columns),
  };
}

function withoutSource(shape: TableShape, columns: readonly FlowColumn[]): ColumnShape[] {
  const fed = new Set(columns.map((pair) => pair.to.name));
  return shape.columns.filter((column) => !column.generated && !fed.has(column.name));
}

/** The head of an INSERT into the flow's table, without the SELECT. */
export function insertHead(flow: RowFlow): string {
  return `INSERT INTO ${quotedTable(flow.to)} (${quotedList(flow.columns.map((pair) => pair.to.name))})`;
}

/** The select list that goes with `insertHead`. */
export function selectList(flow: RowFlow, prefix = ""): string {
  return quotedList(
    flow.columns.map((pair) => pair.from.name),
    prefix,
  );
}

export function keyNames(columns: readonly ColumnShape[]): string[] {
  return columns.map((column) => column.name);
}

import { CodedError } from "#kernel";
import { byteAt, readLengthEncoded } from "./bytes.ts";
import { type ColumnLayout, readLayouts, TYPE } from "./column-layout.ts";
import { HEADER_LENGTH } from "./event-header.ts";
import { literalReader, type LiteralReader } from "./key-literal.ts";
import type { WatchedTable } from "./types.ts";

/** What a TABLE_MAP event says, its columns unread: most tables are not watched. */
export interface TableMap {
  readonly id: number;
  readonly schema: string;
  readonly table: string;
  /** Column count, types and metadata. */
  readonly columns: Buffer;
}

/** A watched table as the stream writes it now. */
export interface TableShape {
  readonly watched: WatchedTable;
  readonly layouts: readonly ColumnLayout[];
  /** By column: which part of the key it is, or -1. */
  readonly keyPart: Int8Array;
  readonly readers: readonly LiteralReader[];
  readonly jsonColumns: number;
  readonly columns: Buffer;
}

/** Table id of rows events: after the header, six bytes. */
export function tableIdOf(event: Buffer): number {
  return event.readUIntLE(HEADER_LENGTH, 6);
}

/** @see https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Table__map__event.html */
export function readTableMap(event: Buffer): TableMap {
  const schemaAt = HEADER_LENGTH + 8 + 1;
  const schemaEnd = schemaAt + byteAt(event, schemaAt - 1);
  const tableAt = schemaEnd + 2;
  const tableEnd = tableAt + byteAt(event, tableAt - 1);
  return {
    id: tableIdOf(event),
    schema: event.toString("utf8", schemaAt, schemaEnd),
    table: event.toString("utf8", tableAt, tableEnd),
    columns: event.subarray(tableEnd + 1),
  };
}

/**
 * @throws CodedError `binlog/unknown-type`, `binlog/table-changed`
 */
export function shapeOf(map: TableMap, watched: WatchedTable): TableShape {
  const count = readLengthEncoded(map.columns, 0);
  const meta = readLengthEncoded(map.columns, count.next + count.value);
  const types = map.columns.subarray(count.next, count.next + count.value);
  const layouts = readLayouts(types, map.columns.subarray(meta.next, meta.next + meta.value));
  const details = { schema: map.schema, table: map.table };
  if ("unknownType" in layouts) {
    throw new CodedError(
      "binlog/unknown-type",
      `Table ${map.table} has a column of the unknown type ${layouts.unknownType}`,
      {
        hint: "This server is newer than what Sluice knows, or a fork.",
        next: "stop",
        details: { ...details, type: layouts.unknownType },
      },
    );
  }
  const keyPart = new Int8Array(count.value).fill(-1);
  const readers = watched.key.map((column, part) => {
    const layout = layouts[column.ordinal];
    const reader = layout === undefined ? undefined : literalReader(column, layout);
    if (reader === undefined) {
      throw new CodedError(
        "binlog/table-changed",
        `Column ${map.table}.${column.name} is not what it was when it was watched`,
        {
          hint: "The table was altered by someone else. Start again.",
          next: "stop",
          details: { ...details, column: column.name },
        },
      );
    }
    keyPart[column.ordinal] = part;
    return reader;
  });
  const jsonColumns = layouts.filter(({ type }) => type === TYPE.json).length;
  // The columns' bytes outlive their packet: a copy keeps the socket's whole chunk from staying.
  return { watched, layouts, keyPart, readers, jsonColumns, columns: Buffer.from(map.columns) };
}

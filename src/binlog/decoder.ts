import { CodedError } from "#kernel";
import {
  type ChecksumKind,
  checksumKindOf,
  EVENT,
  type EventHeader,
  HEADER_LENGTH,
  readHeader,
  verified,
} from "./event-header.ts";
import { readGtidEvent, readTaggedGtidEvent } from "./gtid-event.ts";
import { type Gtid, GtidSet } from "./gtid-set.ts";
import { checkWatchable } from "./key-literal.ts";
import { readPayload } from "./payload-event.ts";
import { meaningOf, readQueryEvent, readXaPrepare } from "./query-event.ts";
import { endsStatement, isRowsEvent, readKeys } from "./rows-event.ts";
import { readTableMap, shapeOf, tableIdOf, type TableMap, type TableShape } from "./table-map.ts";
import type { LogEvent, LogPosition, WatchedTable } from "./types.ts";

const NOTHING: readonly LogEvent[] = [];
/** A rows event that only ends a statement has this table id. */
const NO_TABLE = 0xff_ffff;
const OFFSET_RANGE = 0x1_0000_0000;

/** Events that tell us nothing: they set values for a statement, or are notes of the server. */
const IGNORED: ReadonlySet<number> = new Set([
  EVENT.stop,
  EVENT.intvar,
  EVENT.appendBlock,
  EVENT.deleteFile,
  EVENT.rand,
  EVENT.userVar,
  EVENT.beginLoadQuery,
  EVENT.ignorable,
  EVENT.rowsQuery,
  EVENT.previousGtids,
  EVENT.transactionContext,
  EVENT.viewChange,
]);

export interface DecoderOptions {
  readonly from: LogPosition;
  /** How the server checks events, until the first file says it. */
  readonly checksum: ChecksumKind;
}

/**
 * Turns the events of one server's binlog, in order, into what the engine wants to know. What it cannot read it refuses:
 * an event is never skipped because it is unknown.
 *
 * Positions always lie between transactions, so that reading on from any of them misses nothing.
 */
export class BinlogDecoder {
  #checksum: ChecksumKind;
  #file: string;
  #offset: number;
  #boundary: LogPosition;
  readonly #gtids: GtidSet | undefined;
  /** Of the transaction being read; `anonymous` ends the tracking of GTIDs. */
  #gtid: Gtid | undefined;
  #anonymous = false;
  /** Between a GTID event and the end of its transaction. */
  #inGroup = false;
  /** Between BEGIN and the end of its transaction. */
  #begun = false;
  #watched = new Map<string, WatchedTable>();
  /** By table id; forgotten when the statement ends. */
  #maps = new Map<number, { readonly map: TableMap; shape: TableShape | undefined }>();
  /** Last shape of each watched table, which is the next one too unless the table changed. */
  #shapes = new Map<WatchedTable, TableShape>();

  constructor({ from, checksum }: DecoderOptions) {
    this.#boundary = from;
    this.#file = from.file;
    this.#offset = from.offset;
    this.#checksum = checksum;
    this.#gtids = from.gtidSet === undefined ? undefined : GtidSet.parse(from.gtidSet);
  }

  /** From where reading may go on. */
  get position(): LogPosition {
    return this.#boundary;
  }

  /**
   * Replaces what is watched, also in the midst of a transaction.
   *
   * @throws CodedError `binlog/key-type`, `binlog/no-key`
   */
  watch(tables: readonly WatchedTable[]): void {
    tables.forEach(checkWatchable);
    this.#watched = new Map(tables.map((table) => [watchKey(table.schema, table.table), table]));
    this.#shapes.clear();
    for (const entry of this.#maps.values()) entry.shape = this.#shapeOf(entry.map);
  }

  /**
   * @param event one event as the server sends it, checksum included
   * @throws CodedError `binlog/*`: reading must not go on
   */
  decode(event: Buffer): readonly LogEvent[] {
    try {
      const header = readHeader(event);
      if (header.length !== event.length)
        throw new CodedError("binlog/malformed", "A binlog event has the wrong length", { next: "stop" });
      if (header.type === EVENT.formatDescription) this.#checksum = checksumKindOf(event);
      const body = verified(event, header, this.#checksum);
      this.#follow(header);
      return this.#read(body, header);
    } catch (error) {
      throw error instanceof CodedError ? error : malformed(error, event);
    }
  }

  /** Keeps the end of the last event as 64 bits: the header has only the lower 32. */
  #follow({ endPosition, type, artificial }: EventHeader): void {
    if (endPosition === 0 || artificial || type === EVENT.heartbeat) return;
    const high = this.#offset - (this.#offset % OFFSET_RANGE);
    const offset = high + endPosition;
    // Longer than 4 GB: the 32 bits have begun anew.
    this.#offset =
      offset < this.#offset && this.#offset % OFFSET_RANGE > OFFSET_RANGE / 2 ? offset + OFFSET_RANGE : offset;
  }

  #read(event: Buffer, header: EventHeader): readonly LogEvent[] {
    const { type } = header;
    if (isRowsEvent(type)) return this.#readRows(event, type);
    switch (type) {
      case EVENT.tableMap:
        return this.#readTableMap(event);
      case EVENT.query:
      case EVENT.executeLoadQuery:
        return this.#readQuery(event, type);
      case EVENT.gtid:
        return this.#beginGroup(readGtidEvent(event));
      case EVENT.gtidTagged:
        return this.#beginGroup(readTaggedGtidEvent(event));
      case EVENT.anonymousGtid:
        this.#anonymous = true;
        return this.#beginGroup(undefined);
      case EVENT.xid:
        return this.#endTransaction();
      case EVENT.xaPrepare:
        return this.#readXaPrepare(event);
      case EVENT.transactionPayload:
        return readPayload(event).flatMap((inner) => this.#read(inner, readHeader(inner)));
      case EVENT.rotate:
        return this.#rotate(event);
      case EVENT.heartbeat:
        return this.#readHeartbeat(event, header);
      case EVENT.formatDescription:
        return NOTHING;
      case EVENT.incident:
        throw new CodedError("binlog/incident", "The server says that its binlog misses events", {
          hint: "Changes were lost to every reader of this binlog. Start again from the present.",
          next: "stop",
        });
      default:
        if (IGNORED.has(type) || header.ignorable) return NOTHING;
        throw new CodedError("binlog/unknown-event", `Unknown event of type ${type} in the binlog`, {
          hint: "This server is newer than what Sluice knows, or a fork.",
          next: "stop",
          details: { type },
        });
    }
  }

  #readTableMap(event: Buffer): readonly LogEvent[] {
    const map = readTableMap(event);
    this.#maps.set(map.id, { map, shape: this.#shapeOf(map) });
    return NOTHING;
  }

  #shapeOf(map: TableMap): TableShape | undefined {
    const watched = this.#watched.get(watchKey(map.schema, map.table));
    if (watched === undefined) return undefined;
    const known = this.#shapes.get(watched);
    if (known?.columns.equals(map.columns) === true) return known;
    const shape = shapeOf(map, watched);
    this.#shapes.set(watched, shape);
    return shape;
  }

  #readRows(event: Buffer, type: number): readonly LogEvent[] {
    const id = tableIdOf(event);
    const entry = this.#maps.get(id);
    if (entry === undefined && id !== NO_TABLE) {
      throw new CodedError("binlog/no-table-map", "Rows came without the table they belong to", {
        hint: "The position lies within a transaction. Start again.",
        next: "stop",
      });
    }
    const shape = entry?.shape;
    const keys = shape === undefined ? [] : readKeys(event, type, shape);
    if (endsStatement(event)) this.#maps.clear();
    if (shape === undefined || keys.length === 0) return NOTHING;
    return [{ type: "rows", schema: shape.watched.schema, table: shape.watched.table, keys }];
  }

  #readQuery(event: Buffer, type: number): readonly LogEvent[] {
    const { schema, sql } = readQueryEvent(event, type);
    const meaning = meaningOf(sql);
    switch (meaning.is) {
      case "nothing":
        return NOTHING;
      case "begin":
        this.#begun = true;
        return NOTHING;
      case "end":
        return this.#endTransaction();
      case "xa-end":
        this.#endGroup();
        return [{ type: "xa-ended", xid: meaning.xid, position: this.#boundary }];
      case "statement-and-begin":
        this.#begun = true;
        return [{ type: "statement", schema, sql, position: this.#boundary }];
      case "statement":
        // Within a transaction the only safe place to read on from is where the transaction began.
        if (this.#begun) return [{ type: "statement", schema, sql, position: this.#boundary }];
        this.#endGroup();
        return [
          { type: "statement", schema, sql, position: this.#boundary },
          { type: "transaction-end", position: this.#boundary },
        ];
    }
  }

  #readXaPrepare(event: Buffer): readonly LogEvent[] {
    const { onePhase, xid } = readXaPrepare(event);
    if (onePhase) return this.#endTransaction();
    this.#endGroup();
    return [{ type: "xa-prepared", xid, position: this.#boundary }];
  }

  #beginGroup(gtid: Gtid | undefined): readonly LogEvent[] {
    this.#inGroup = true;
    this.#gtid = gtid;
    return NOTHING;
  }

  #endTransaction(): readonly LogEvent[] {
    this.#endGroup();
    return [{ type: "transaction-end", position: this.#boundary }];
  }

  #endGroup(): void {
    this.#inGroup = false;
    this.#begun = false;
    this.#maps.clear();
    if (this.#gtid !== undefined) this.#gtids?.add(this.#gtid);
    this.#gtid = undefined;
    this.#moveBoundary();
  }

  #moveBoundary(): void {
    // Once a transaction had no GTID, a set of GTIDs no longer says where we are.
    const gtidSet = this.#anonymous ? undefined : this.#gtids?.toString();
    this.#boundary = { file: this.#file, offset: this.#offset, ...(gtidSet === undefined ? {} : { gtidSet }) };
  }

  #rotate(event: Buffer): readonly LogEvent[] {
    this.#file = event.toString("utf8", HEADER_LENGTH + 8);
    this.#offset = Number(event.readBigUInt64LE(HEADER_LENGTH));
    if (!this.#inGroup) this.#moveBoundary();
    return NOTHING;
  }

  /** Sent while there is nothing else, and while the server passes over transactions that we have already. */
  #readHeartbeat(event: Buffer, header: EventHeader): readonly LogEvent[] {
    const file = event.toString("utf8", HEADER_LENGTH);
    if (!this.#inGroup && header.endPosition > 0 && file === this.#file && header.endPosition > this.#offset) {
      this.#offset = header.endPosition;
      this.#moveBoundary();
    }
    return [{ type: "idle", position: this.#boundary }];
  }
}

function watchKey(schema: string, table: string): string {
  return `${schema}\0${table}`;
}

function malformed(error: unknown, event: Buffer): CodedError {
  const reason = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
  const type = event.length > 4 ? event.readUInt8(4) : undefined;
  return new CodedError("binlog/malformed", "A binlog event cannot be read", {
    next: "stop",
    details: { type, reason },
  });
}

import { crc32 } from "node:zlib";
import { CodedError } from "#kernel";

/** Event types we know. @see https://dev.mysql.com/doc/dev/mysql-server/latest/namespacemysql_1_1binlog_1_1event.html */
export const EVENT = {
  query: 2,
  stop: 3,
  rotate: 4,
  intvar: 5,
  appendBlock: 9,
  deleteFile: 11,
  rand: 13,
  userVar: 14,
  formatDescription: 15,
  xid: 16,
  beginLoadQuery: 17,
  executeLoadQuery: 18,
  tableMap: 19,
  writeRowsV1: 23,
  updateRowsV1: 24,
  deleteRowsV1: 25,
  incident: 26,
  heartbeat: 27,
  ignorable: 28,
  rowsQuery: 29,
  writeRows: 30,
  updateRows: 31,
  deleteRows: 32,
  gtid: 33,
  anonymousGtid: 34,
  previousGtids: 35,
  transactionContext: 36,
  viewChange: 37,
  xaPrepare: 38,
  partialUpdateRows: 39,
  transactionPayload: 40,
  heartbeatV2: 41,
  gtidTagged: 42,
} as const;

export const HEADER_LENGTH = 19;
const CHECKSUM_LENGTH = 4;
/** The server made the event for this stream; it is in no file. */
const ARTIFICIAL = 0x20;
/** The event may be skipped by readers that do not know its type. */
const IGNORABLE = 0x80;

export type ChecksumKind = "crc32" | "none";

export interface EventHeader {
  readonly type: number;
  readonly length: number;
  /** Low 32 bits of the event's end in its file; 0 for artificial events. */
  readonly endPosition: number;
  readonly artificial: boolean;
  readonly ignorable: boolean;
}

export function readHeader(event: Buffer): EventHeader {
  const flags = event.readUInt16LE(17);
  return {
    type: event.readUInt8(4),
    length: event.readUInt32LE(9),
    endPosition: event.readUInt32LE(13),
    artificial: (flags & ARTIFICIAL) !== 0,
    ignorable: (flags & IGNORABLE) !== 0,
  };
}

/**
 * The event without its checksum.
 *
 * @throws CodedError `binlog/checksum` when it does not fit the bytes
 */
export function verified(event: Buffer, header: EventHeader, checksum: ChecksumKind): Buffer {
  // An artificial rotate comes before the file's format is known, so its own bytes must tell.
  if (header.artificial && header.type === EVENT.rotate) return checksumFits(event) ? withoutChecksum(event) : event;
  if (checksum === "none") return event;
  if (!checksumFits(event)) {
    throw new CodedError("binlog/checksum", `Checksum of a binlog event of type ${header.type} is wrong`, {
      hint: "The event was damaged on its way or on the server's disk.",
      next: "retry",
      details: { type: header.type, endPosition: header.endPosition },
    });
  }
  return withoutChecksum(event);
}

function withoutChecksum(event: Buffer): Buffer {
  return event.subarray(0, event.length - CHECKSUM_LENGTH);
}

function checksumFits(event: Buffer): boolean {
  const end = event.length - CHECKSUM_LENGTH;
  return end >= HEADER_LENGTH && crc32(event.subarray(0, end)) === event.readUInt32LE(end);
}

/**
 * How the events after a format description are checked. Its last five bytes are always the kind and a checksum.
 *
 * @param event with its checksum
 */
export function checksumKindOf(event: Buffer): ChecksumKind {
  const kind = event.readUInt8(event.length - CHECKSUM_LENGTH - 1);
  if (kind === 0) return "none";
  if (kind === 1) return "crc32";
  throw new CodedError("binlog/unknown-checksum", `Unknown checksum kind ${kind} in a binlog`, { next: "stop" });
}

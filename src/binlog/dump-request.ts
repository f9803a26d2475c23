import { GtidSet } from "./gtid-set.ts";
import type { LogPosition } from "./types.ts";

const COM_BINLOG_DUMP = 0x12;
const COM_BINLOG_DUMP_GTID = 0x1e;
const FIRST_OFFSET = 4;
/** Largest start that COM_BINLOG_DUMP can name. */
export const MAX_DUMP_OFFSET = 0xffff_ffff;

/**
 * The command that starts a dump, with its packet header: by GTID set when the position has one, else by file.
 *
 * @param serverId unique among all replicas and readers of the server, or the server ends the other one
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication.html
 */
export function dumpRequest(from: LogPosition, serverId: number): Buffer {
  return from.gtidSet === undefined ? byFile(from, serverId) : byGtids(from.gtidSet, serverId);
}

function byFile(from: LogPosition, serverId: number): Buffer {
  const fixed = Buffer.alloc(11);
  fixed.writeUInt8(COM_BINLOG_DUMP, 0);
  fixed.writeUInt32LE(from.offset, 1);
  fixed.writeUInt32LE(serverId, 7);
  return packet(fixed, Buffer.from(from.file, "utf8"));
}

function byGtids(gtidSet: string, serverId: number): Buffer {
  const set = GtidSet.parse(gtidSet).encode();
  const fixed = Buffer.alloc(23);
  fixed.writeUInt8(COM_BINLOG_DUMP_GTID, 0);
  fixed.writeUInt32LE(serverId, 3);
  // No file name: the server finds the file itself.
  fixed.writeUInt32LE(0, 7);
  fixed.writeBigUInt64LE(BigInt(FIRST_OFFSET), 11);
  fixed.writeUInt32LE(set.length, 19);
  return packet(fixed, set);
}

function packet(...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(4);
  header.writeUIntLE(body.length, 0, 3);
  return Buffer.concat([header, body]);
}

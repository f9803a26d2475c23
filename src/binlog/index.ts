export { BinlogDecoder, type DecoderOptions } from "./decoder.ts";
export { dumpRequest, MAX_DUMP_OFFSET } from "./dump-request.ts";
export type { ChecksumKind } from "./event-header.ts";
export { GtidSet, type Gtid } from "./gtid-set.ts";
export { checkWatchable } from "./key-literal.ts";
export { PacketFramer } from "./packet-framer.ts";
export type { LogEvent, LogPosition, WatchedColumn, WatchedTable } from "./types.ts";

import { zstdDecompressSync } from "node:zlib";
import { CodedError } from "#kernel";
import { readLengthEncoded } from "./bytes.ts";
import { HEADER_LENGTH } from "./event-header.ts";

const FIELD = { end: 0, compression: 2, uncompressedSize: 3 } as const;
const ZSTD = 0;
const NONE = 255;

/**
 * The events of a compressed transaction (`binlog_transaction_compression`), which any session can switch on for
 * itself. They carry no checksums and no positions of their own.
 *
 * @throws CodedError `binlog/unknown-compression`
 */
export function readPayload(event: Buffer): Buffer[] {
  let at = HEADER_LENGTH;
  let compression = NONE;
  let size = 0;
  for (;;) {
    const field = readLengthEncoded(event, at);
    if (field.value === FIELD.end) {
      at = field.next;
      break;
    }
    const length = readLengthEncoded(event, field.next);
    const value = readLengthEncoded(event, length.next).value;
    if (field.value === FIELD.compression) compression = value;
    if (field.value === FIELD.uncompressedSize) size = value;
    at = length.next + length.value;
  }
  return split(inflate(event.subarray(at), compression, size));
}

function inflate(payload: Buffer, compression: number, size: number): Buffer {
  if (compression === NONE) return payload;
  if (compression === ZSTD) return zstdDecompressSync(payload, { maxOutputLength: Math.max(size, 1) });
  throw new CodedError("binlog/unknown-compression", `Unknown compression ${compression} of a transaction`, {
    next: "stop",
  });
}

function split(events: Buffer): Buffer[] {
  const all: Buffer[] = [];
  for (let at = 0; at < events.length;) {
    const length = events.readUInt32LE(at + 9);
    if (length < HEADER_LENGTH || at + length > events.length) {
      throw new CodedError("binlog/malformed", "A compressed transaction cannot be read", { next: "stop" });
    }
    all.push(events.subarray(at, at + length));
    at += length;
  }
  return all;
}

import { CodedError } from "#kernel";
import { HEADER_LENGTH } from "./event-header.ts";
import type { Gtid } from "./gtid-set.ts";

/** GTID_LOG_EVENT: flags, uuid, number. */
export function readGtidEvent(event: Buffer): Gtid {
  const at = HEADER_LENGTH + 1;
  return { uuid: uuidText(event.subarray(at, at + 16)), tag: "", number: Number(event.readBigInt64LE(at + 16)) };
}

/**
 * GTID_TAGGED_LOG_EVENT: a message of MySQL's serialization library, of which we need the first four fields: flags,
 * uuid, number and tag.
 *
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/PageLibsMysqlSerialization.html
 */
export function readTaggedGtidEvent(event: Buffer): Gtid {
  const reader = new VariableReader(event, HEADER_LENGTH);
  reader.unsigned(); // version of the format
  reader.unsigned(); // size of the message
  reader.unsigned(); // last field that may not be ignored
  reader.expectField(0);
  reader.unsigned();
  reader.expectField(1);
  const uuid = uuidText(Buffer.from(Array.from({ length: 16 }, () => Number(reader.unsigned()))));
  reader.expectField(2);
  const number = reader.signed();
  reader.expectField(3);
  const tag = reader.text();
  return { uuid, tag, number: Number(number) };
}

class VariableReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** As many bytes follow the first as it has trailing ones; the value is what is left above them. */
  unsigned(): bigint {
    const first = this.#bytes.readUInt8(this.#at);
    const trailing = trailingOnes(first);
    let value = 0n;
    for (let index = trailing; index >= 0; index -= 1)
      value = (value << 8n) | BigInt(this.#bytes.readUInt8(this.#at + index));
    this.#at += trailing + 1;
    return trailing === 8 ? value >> 8n : value >> BigInt(trailing + 1);
  }

  /** The lowest bit is the sign. */
  signed(): bigint {
    const value = this.unsigned();
    return (value & 1n) === 0n ? value >> 1n : -(value >> 1n) - 1n;
  }

  text(): string {
    const length = Number(this.unsigned());
    this.#at += length;
    return this.#bytes.toString("latin1", this.#at - length, this.#at);
  }

  expectField(id: number): void {
    if (this.unsigned() !== BigInt(id))
      throw new CodedError("binlog/malformed", "A tagged GTID event cannot be read", { next: "stop" });
  }
}

function trailingOnes(byte: number): number {
  let ones = 0;
  while (ones < 8 && (byte & (1 << ones)) !== 0) ones += 1;
  return ones;
}

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

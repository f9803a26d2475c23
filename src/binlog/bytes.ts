/** The byte at `at`; 0 past the end, where the reader's final check of the length finds out. */
export function byteAt(bytes: Buffer, at: number): number {
  return bytes[at] ?? 0;
}

/** A length-encoded integer of the client protocol. */
export interface LengthEncoded {
  readonly value: number;
  readonly next: number;
}

/** @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_dt_integers.html */
export function readLengthEncoded(bytes: Buffer, at: number): LengthEncoded {
  const first = bytes.readUInt8(at);
  if (first < 0xfb) return { value: first, next: at + 1 };
  if (first === 0xfc) return { value: bytes.readUInt16LE(at + 1), next: at + 3 };
  if (first === 0xfd) return { value: bytes.readUIntLE(at + 1, 3), next: at + 4 };
  return { value: Number(bytes.readBigUInt64LE(at + 1)), next: at + 9 };
}

/** How many of the first `count` bits are set, least significant bit of the first byte first. */
export function countBits(bytes: Buffer, at: number, count: number): number {
  let set = 0;
  for (let bit = 0; bit < count; bit += 1) set += hasBit(bytes, at, bit) ? 1 : 0;
  return set;
}

export function hasBit(bytes: Buffer, at: number, bit: number): boolean {
  return (byteAt(bytes, at + (bit >> 3)) & (1 << (bit & 7))) !== 0;
}

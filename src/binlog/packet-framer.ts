import { CodedError } from "#kernel";

const HEADER = 4;
/** A packet of exactly this length is continued by the next one. */
const MAX_PART = 0xff_ffff;

/** Puts chunks of a socket together into packets of the MySQL protocol, without copying where a chunk holds them whole. */
export class PacketFramer {
  #chunks: Buffer[] = [];
  /** Bytes of the first chunk that are used up. */
  #used = 0;
  #size = 0;
  #parts: Buffer[] = [];
  #sequence: number;

  /** @param sequence the sequence id that the first packet must have */
  constructor(sequence: number) {
    this.#sequence = sequence;
  }

  /** Bytes that wait to be taken. */
  get size(): number {
    return this.#size;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  /**
   * The next whole packet without its header, or undefined until more is pushed.
   *
   * @throws CodedError `binlog/malformed` when packets are out of order
   */
  next(): Buffer | undefined {
    for (;;) {
      if (this.#size < HEADER) return undefined;
      const length = this.#byte(0) | (this.#byte(1) << 8) | (this.#byte(2) << 16);
      if (this.#size < HEADER + length) return undefined;
      if (this.#byte(3) !== this.#sequence)
        throw new CodedError("binlog/malformed", "Packets of the binlog are out of order", { next: "stop" });
      this.#sequence = (this.#sequence + 1) & 0xff;
      this.#take(HEADER);
      const part = this.#take(length);
      if (length === MAX_PART) {
        this.#parts.push(part);
        continue;
      }
      if (this.#parts.length === 0) return part;
      const whole = Buffer.concat([...this.#parts, part]);
      this.#parts = [];
      return whole;
    }
  }

  #byte(index: number): number {
    let at = this.#used + index;
    for (const chunk of this.#chunks) {
      if (at < chunk.length) return chunk[at] ?? 0;
      at -= chunk.length;
    }
    return 0;
  }

  #take(count: number): Buffer {
    const first = this.#chunks[0];
    this.#size -= count;
    if (first === undefined) return Buffer.alloc(0);
    const end = this.#used + count;
    if (end < first.length) {
      const taken = first.subarray(this.#used, end);
      this.#used = end;
      return taken;
    }
    if (end === first.length) {
      const taken = first.subarray(this.#used);
      this.#chunks.shift();
      this.#used = 0;
      return taken;
    }
    return this.#takeAcross(count);
  }

  #takeAcross(count: number): Buffer {
    const pieces: Buffer[] = [];
    let missing = count;
    let index = 0;
    let from = this.#used;
    while (missing > 0) {
      const chunk = this.#chunks[index];
      if (chunk === undefined) break;
      const piece = chunk.subarray(from, Math.min(chunk.length, from + missing));
      pieces.push(piece);
      missing -= piece.length;
      if (from + piece.length === chunk.length) {
        index += 1;
        from = 0;
      } else {
        from += piece.length;
      }
    }
    this.#chunks.splice(0, index);
    this.#used = from;
    return Buffer.concat(pieces, count);
  }
}

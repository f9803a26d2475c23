import { CodedError } from "#kernel";
import { byteAt, countBits, hasBit, readLengthEncoded } from "./bytes.ts";
import { skipValue } from "./column-layout.ts";
import { EVENT, HEADER_LENGTH } from "./event-header.ts";
import type { TableShape } from "./table-map.ts";

/** Table maps are forgotten after this event. */
const END_OF_STATEMENT = 1;
const PARTIAL_JSON = 1;

/** Parts of one row's key; absent where the image lacks the column. */
type KeyParts = (string | undefined)[];

interface Images {
  readonly count: number;
  readonly before: boolean;
  readonly after: boolean;
  /** An after image that begins with its value options. */
  readonly partial: boolean;
  readonly version2: boolean;
}

const IMAGES: ReadonlyMap<number, Images> = new Map([
  [EVENT.writeRowsV1, images({ after: true, version2: false })],
  [EVENT.updateRowsV1, images({ before: true, after: true, version2: false })],
  [EVENT.deleteRowsV1, images({ before: true, version2: false })],
  [EVENT.writeRows, images({ after: true })],
  [EVENT.updateRows, images({ before: true, after: true })],
  [EVENT.deleteRows, images({ before: true })],
  [EVENT.partialUpdateRows, images({ before: true, after: true, partial: true })],
]);

export function isRowsEvent(type: number): boolean {
  return IMAGES.has(type);
}

export function endsStatement(event: Buffer): boolean {
  return (event.readUInt16LE(HEADER_LENGTH + 6) & END_OF_STATEMENT) !== 0;
}

/**
 * The keys of all rows, before and after images, each once per row when they are equal.
 *
 * @throws CodedError `binlog/malformed`, `binlog/key-not-in-image`, `binlog/null-key`, `binlog/table-changed`
 */
export function readKeys(event: Buffer, type: number, shape: TableShape): string[] {
  const kind = IMAGES.get(type);
  if (kind === undefined) return [];
  let at = HEADER_LENGTH + 8;
  if (kind.version2) at += event.readUInt16LE(at);
  const width = readLengthEncoded(event, at);
  if (width.value !== shape.layouts.length) throw malformed(shape);
  const columns = width.value;
  const bitmapBytes = (columns + 7) >> 3;
  const beforeImage = imageOf(event, width.next, columns);
  const afterImage = kind.count === 2 ? imageOf(event, width.next + bitmapBytes, columns) : beforeImage;
  const reader = new RowReader(event, width.next + bitmapBytes * kind.count, shape);
  const keys: string[] = [];
  while (reader.at < event.length) {
    const before = kind.before ? reader.image(beforeImage) : undefined;
    if (kind.partial) reader.skipPartialOptions();
    const after = kind.after ? reader.image(afterImage) : undefined;
    pushKeys(keys, shape, before, after);
  }
  // Anything but an exact landing means that keys were misread, and none of them may be used.
  if (reader.at !== event.length) throw malformed(shape);
  return keys;
}

function pushKeys(keys: string[], shape: TableShape, before: KeyParts | undefined, after: KeyParts | undefined): void {
  const old = before === undefined ? undefined : joined(before, shape);
  if (old !== undefined) keys.push(old);
  if (after === undefined) return;
  // A MINIMAL after image lacks what the statement left alone.
  const current = joined(before === undefined ? after : after.map((part, index) => part ?? before[index]), shape);
  if (current !== old) keys.push(current);
}

function joined(parts: KeyParts, shape: TableShape): string {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  if (parts.every((part) => part !== undefined)) return parts.join(",");
  throw new CodedError("binlog/key-not-in-image", `A row of ${shape.watched.table} came without its whole key`, {
    hint: "binlog_row_image is not FULL and the key is not the primary key: set it to FULL for all sessions.",
    next: "stop",
    details: { schema: shape.watched.schema, table: shape.watched.table },
  });
}

interface Image {
  /** Bits of the columns that are there. */
  readonly bitmapAt: number;
  readonly columns: number;
  readonly nullBytes: number;
  readonly all: boolean;
}

function imageOf(event: Buffer, bitmapAt: number, columns: number): Image {
  const present = countBits(event, bitmapAt, columns);
  return { bitmapAt, columns, nullBytes: (present + 7) >> 3, all: present === columns };
}

class RowReader {
  at: number;
  readonly #event: Buffer;
  readonly #shape: TableShape;

  constructor(event: Buffer, at: number, shape: TableShape) {
    this.#event = event;
    this.at = at;
    this.#shape = shape;
  }

  image(image: Image): KeyParts {
    const { layouts, keyPart, readers } = this.#shape;
    const event = this.#event;
    const parts: KeyParts = Array.from({ length: readers.length });
    const nullsAt = this.at;
    let at = nullsAt + image.nullBytes;
    let present = 0;
    for (let column = 0; column < image.columns; column += 1) {
      if (!image.all && !hasBit(event, image.bitmapAt, column)) continue;
      const isNull = (byteAt(event, nullsAt + (present >> 3)) & (1 << (present & 7))) !== 0;
      present += 1;
      const part = keyPart[column] ?? -1;
      if (isNull) {
        if (part >= 0) throw nullKey(this.#shape);
        continue;
      }
      const layout = layouts[column];
      if (layout === undefined) throw malformed(this.#shape);
      if (part >= 0) parts[part] = readers[part]?.(event, at);
      at = skipValue(event, at, layout);
    }
    this.at = at;
    return parts;
  }

  /**
   * Value options and one bit for each JSON column. A partial value has its length in front like a whole one, so the
   * bits themselves do not matter here.
   */
  skipPartialOptions(): void {
    const options = readLengthEncoded(this.#event, this.at);
    this.at = options.next + ((options.value & PARTIAL_JSON) === 0 ? 0 : (this.#shape.jsonColumns + 7) >> 3);
  }
}

function images(given: Partial<Omit<Images, "count">>): Images {
  const { before = false, after = false, partial = false, version2 = true } = given;
  return { count: before && after ? 2 : 1, before, after, partial, version2 };
}

function malformed(shape: TableShape): CodedError {
  return new CodedError("binlog/malformed", `Rows of ${shape.watched.table} in the binlog cannot be read`, {
    next: "stop",
    details: { schema: shape.watched.schema, table: shape.watched.table },
  });
}

function nullKey(shape: TableShape): CodedError {
  return new CodedError("binlog/null-key", `A key column of ${shape.watched.table} is NULL`, {
    hint: "Only a key of NOT NULL columns identifies rows.",
    next: "stop",
    details: { schema: shape.watched.schema, table: shape.watched.table },
  });
}

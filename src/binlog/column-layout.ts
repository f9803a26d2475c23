import { byteAt } from "./bytes.ts";

/** Column types as the binlog writes them. */
export const TYPE = {
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  null: 6,
  oldTimestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  oldTime: 11,
  oldDatetime: 12,
  year: 13,
  newDate: 14,
  varchar: 15,
  bit: 16,
  timestamp: 17,
  datetime: 18,
  time: 19,
  vector: 242,
  json: 245,
  decimal: 246,
  enum: 247,
  set: 248,
  tinyBlob: 249,
  mediumBlob: 250,
  longBlob: 251,
  blob: 252,
  varString: 253,
  string: 254,
  geometry: 255,
} as const;

/** How one column lies in a row. */
export interface ColumnLayout {
  /** Real type: enum and set are told apart from string. */
  readonly type: number;
  /** Bytes of a value, or 0 when a length stands before it. */
  readonly width: number;
  /** Bytes of that length, or 0. */
  readonly lengthBytes: number;
  /** Most bytes a string may have, digits after the point, fractional digits of a second, or bits. */
  readonly meta: number;
  /** Digits in all of a decimal. */
  readonly precision: number;
}

const FIXED: ReadonlyMap<number, number> = new Map([
  [TYPE.tiny, 1],
  [TYPE.short, 2],
  [TYPE.int24, 3],
  [TYPE.long, 4],
  [TYPE.longlong, 8],
  [TYPE.null, 0],
  [TYPE.oldTimestamp, 4],
  [TYPE.oldDatetime, 8],
  [TYPE.oldTime, 3],
  [TYPE.date, 3],
  [TYPE.newDate, 3],
  [TYPE.year, 1],
]);

const ONE_BYTE_META: ReadonlySet<number> = new Set([
  TYPE.float,
  TYPE.double,
  TYPE.tinyBlob,
  TYPE.mediumBlob,
  TYPE.longBlob,
  TYPE.blob,
  TYPE.json,
  TYPE.geometry,
  TYPE.vector,
  TYPE.timestamp,
  TYPE.datetime,
  TYPE.time,
]);

const TWO_BYTE_META: ReadonlySet<number> = new Set([
  TYPE.varchar,
  TYPE.varString,
  TYPE.string,
  TYPE.enum,
  TYPE.set,
  TYPE.bit,
  TYPE.decimal,
]);

const DIGIT_BYTES = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4];

/** Bytes that a group of up to nine decimal digits takes. */
export function digitBytes(digits: number): number {
  return DIGIT_BYTES[digits] ?? 0;
}

/** Layouts of all columns, or the type nobody knows, which leaves all that follows unreadable. */
export function readLayouts(types: Buffer, meta: Buffer): readonly ColumnLayout[] | { readonly unknownType: number } {
  const layouts: ColumnLayout[] = [];
  let at = 0;
  for (const type of types) {
    const first = byteAt(meta, at);
    const second = byteAt(meta, at + 1);
    const layout = layoutOf(type, first, second);
    if (layout === undefined) return { unknownType: type };
    layouts.push(layout);
    at += ONE_BYTE_META.has(type) ? 1 : TWO_BYTE_META.has(type) ? 2 : 0;
  }
  return layouts;
}

function layoutOf(type: number, first: number, second: number): ColumnLayout | undefined {
  const fixed = FIXED.get(type);
  if (fixed !== undefined) return layout(type, { width: fixed });
  const both = first | (second << 8);
  switch (type) {
    case TYPE.float:
    case TYPE.double:
      return layout(type, { width: first });
    case TYPE.timestamp:
      return layout(type, { width: 4 + ((first + 1) >> 1), meta: first });
    case TYPE.datetime:
      return layout(type, { width: 5 + ((first + 1) >> 1), meta: first });
    case TYPE.time:
      return layout(type, { width: 3 + ((first + 1) >> 1), meta: first });
    case TYPE.bit:
      return layout(type, { width: second + (first > 0 ? 1 : 0), meta: second * 8 + first });
    case TYPE.decimal:
      return layout(type, { width: decimalWidth(first, second), meta: second, precision: first });
    case TYPE.varchar:
    case TYPE.varString:
      return layout(type, { lengthBytes: both > 255 ? 2 : 1, meta: both });
    case TYPE.string:
    case TYPE.enum:
    case TYPE.set:
      return stringLayout(first, second);
    case TYPE.tinyBlob:
    case TYPE.mediumBlob:
    case TYPE.longBlob:
    case TYPE.blob:
    case TYPE.json:
    case TYPE.geometry:
    case TYPE.vector:
      return first >= 1 && first <= 4 ? layout(type, { lengthBytes: first }) : undefined;
    default:
      return undefined;
  }
}

/** The first byte is the real type, two bits of which are borrowed for lengths above 255. */
function stringLayout(first: number, second: number): ColumnLayout | undefined {
  const borrowed = (first & 0x30) !== 0x30;
  const type = borrowed ? first | 0x30 : first;
  const length = borrowed ? second | (((first & 0x30) ^ 0x30) << 4) : second;
  if (type === TYPE.enum || type === TYPE.set) return layout(type, { width: length });
  if (type === TYPE.string) return layout(type, { lengthBytes: length > 255 ? 2 : 1, meta: length });
  return undefined;
}

function decimalWidth(precision: number, scale: number): number {
  const whole = precision - scale;
  return Math.floor(whole / 9) * 4 + digitBytes(whole % 9) + Math.floor(scale / 9) * 4 + digitBytes(scale % 9);
}

function layout(type: number, rest: Partial<Omit<ColumnLayout, "type">>): ColumnLayout {
  return { type, width: 0, lengthBytes: 0, meta: 0, precision: 0, ...rest };
}

/** Where the next column's value begins. */
export function skipValue(bytes: Buffer, at: number, { width, lengthBytes }: ColumnLayout): number {
  if (lengthBytes === 0) return at + width;
  return at + lengthBytes + valueLength(bytes, at, lengthBytes);
}

export function valueLength(bytes: Buffer, at: number, lengthBytes: number): number {
  if (lengthBytes === 1) return byteAt(bytes, at);
  if (lengthBytes === 2) return byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8);
  return bytes.readUIntLE(at, lengthBytes);
}

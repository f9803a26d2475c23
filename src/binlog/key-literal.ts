import { CodedError } from "#kernel";
import { type ColumnLayout, digitBytes, TYPE, valueLength } from "./column-layout.ts";
import { dateLiteral, datetimeLiteral, timeLiteral, timestampLiteral, yearLiteral } from "./time-literal.ts";
import type { WatchedColumn, WatchedTable } from "./types.ts";

/** Reads the value at a place as an SQL literal that equals it exactly, in a session with time zone UTC. */
export type LiteralReader = (bytes: Buffer, at: number) => string;

type ReaderMaker = (column: WatchedColumn, layout: ColumnLayout) => LiteralReader;

interface KeyKind {
  /** Types by which the binlog may write this data type; another one means that the table is not as it was watched. */
  readonly types: readonly number[];
  readonly reader: ReaderMaker;
}

/** Data types a key may have. Floats, JSON, geometry and long texts are no exact identity. */
const KEY_KINDS: ReadonlyMap<string, KeyKind> = new Map<string, KeyKind>([
  ["tinyint", { types: [TYPE.tiny], reader: integerReader }],
  ["smallint", { types: [TYPE.short], reader: integerReader }],
  ["mediumint", { types: [TYPE.int24], reader: integerReader }],
  ["int", { types: [TYPE.long], reader: integerReader }],
  ["bigint", { types: [TYPE.longlong], reader: bigIntegerReader }],
  ["decimal", { types: [TYPE.decimal], reader: decimalReader }],
  ["char", { types: [TYPE.string], reader: textReader }],
  ["varchar", { types: [TYPE.varchar, TYPE.varString], reader: textReader }],
  ["binary", { types: [TYPE.string], reader: paddedReader }],
  ["varbinary", { types: [TYPE.varchar, TYPE.varString], reader: bytesReader }],
  ["date", { types: [TYPE.date, TYPE.newDate], reader: () => dateLiteral }],
  [
    "time",
    {
      types: [TYPE.time],
      reader:
        (_, { meta }) =>
        (bytes, at) =>
          timeLiteral(bytes, at, meta),
    },
  ],
  [
    "datetime",
    {
      types: [TYPE.datetime],
      reader:
        (_, { meta }) =>
        (bytes, at) =>
          datetimeLiteral(bytes, at, meta),
    },
  ],
  [
    "timestamp",
    {
      types: [TYPE.timestamp],
      reader:
        (_, { meta }) =>
        (bytes, at) =>
          timestampLiteral(bytes, at, meta),
    },
  ],
  ["year", { types: [TYPE.year], reader: () => yearLiteral }],
  ["enum", { types: [TYPE.enum], reader: indexReader }],
  ["set", { types: [TYPE.set], reader: indexReader }],
  ["bit", { types: [TYPE.bit], reader: bitReader }],
]);

const CHARSET = /^[a-z][a-z0-9]*$/;

/**
 * Refuses what could not be told apart exactly in the stream.
 *
 * @throws CodedError `binlog/key-type`, `binlog/no-key`
 */
export function checkWatchable(table: WatchedTable): void {
  const details = { schema: table.schema, table: table.table };
  if (table.key.length === 0) {
    throw new CodedError("binlog/no-key", `Table ${table.table} has no key to watch`, { next: "fix-input", details });
  }
  for (const { name, dataType, charset } of table.key) {
    const text = dataType === "char" || dataType === "varchar";
    if (KEY_KINDS.has(dataType) && (!text || CHARSET.test(charset ?? ""))) continue;
    throw new CodedError(
      "binlog/key-type",
      `Key column ${table.table}.${name} of type ${dataType} cannot be followed in the binlog`,
      {
        hint: "A primary or unique key of integers, decimals, strings, dates, enums, sets or bits is needed.",
        next: "fix-input",
        details: { ...details, column: name, dataType },
      },
    );
  }
}

/** The column's reader; undefined when the stream writes the column by another type than it was watched with. */
export function literalReader(column: WatchedColumn, layout: ColumnLayout): LiteralReader | undefined {
  const kind = KEY_KINDS.get(column.dataType);
  return kind?.types.includes(layout.type) === true ? kind.reader(column, layout) : undefined;
}

function integerReader({ unsigned }: WatchedColumn, { width }: ColumnLayout): LiteralReader {
  if (unsigned) return (bytes, at) => String(bytes.readUIntLE(at, width));
  return (bytes, at) => String(bytes.readIntLE(at, width));
}

function bigIntegerReader({ unsigned }: WatchedColumn): LiteralReader {
  return (bytes, at) => {
    const high = bytes.readUInt32LE(at + 4);
    // A double is exact below 2^53, and several times quicker than a bigint.
    if (high < 0x20_0000) return String(high * 0x1_0000_0000 + bytes.readUInt32LE(at));
    return String(unsigned ? bytes.readBigUInt64LE(at) : bytes.readBigInt64LE(at));
  };
}

function textReader({ charset = "utf8mb4" }: WatchedColumn, { lengthBytes }: ColumnLayout): LiteralReader {
  const empty = `_${charset} ''`;
  const prefix = `_${charset} 0x`;
  return (bytes, at) => {
    const length = valueLength(bytes, at, lengthBytes);
    return length === 0 ? empty : prefix + hex(bytes, at + lengthBytes, length);
  };
}

function bytesReader(_column: WatchedColumn, { lengthBytes }: ColumnLayout): LiteralReader {
  return (bytes, at) => `x'${hex(bytes, at + lengthBytes, valueLength(bytes, at, lengthBytes))}'`;
}

/** BINARY(n) is written without its trailing zero bytes, which count in a comparison. */
function paddedReader(_column: WatchedColumn, { lengthBytes, meta }: ColumnLayout): LiteralReader {
  return (bytes, at) => `x'${hex(bytes, at + lengthBytes, valueLength(bytes, at, lengthBytes)).padEnd(meta * 2, "0")}'`;
}

function hex(bytes: Buffer, at: number, length: number): string {
  return bytes.toString("hex", at, at + length);
}

/** Enum by number of the value, set by bits: what both compare as beside a number, whatever their texts are. */
function indexReader(_column: WatchedColumn, { width }: ColumnLayout): LiteralReader {
  if (width <= 6) return (bytes, at) => String(bytes.readUIntLE(at, width));
  // The server compares a set as a signed number: its 64th value makes it negative.
  return (bytes, at) => String(bytes.readBigInt64LE(at));
}

function bitReader(_column: WatchedColumn, { width }: ColumnLayout): LiteralReader {
  if (width <= 6) return (bytes, at) => String(bytes.readUIntBE(at, width));
  if (width === 8) return (bytes, at) => String(bytes.readBigUInt64BE(at));
  return (bytes, at) => String(BigInt(bytes.readUInt8(at)) * 0x1_0000_0000_0000n + BigInt(bytes.readUIntBE(at + 1, 6)));
}

/** Nine digits in four bytes, fewer in fewer; the sign is the first bit, and negative numbers have all bits turned. */
function decimalReader(_column: WatchedColumn, { precision, meta: scale, width }: ColumnLayout): LiteralReader {
  return (bytes, at) => {
    const turned = Buffer.from(bytes.subarray(at, at + width));
    const negative = (turned.readUInt8(0) & 0x80) === 0;
    turned.writeUInt8(turned.readUInt8(0) ^ 0x80, 0);
    if (negative)
      for (let index = 0; index < width; index += 1) turned.writeUInt8(turned.readUInt8(index) ^ 0xff, index);
    const whole = precision - scale;
    const groups: string[] = [];
    let from = 0;
    const take = (digits: number): void => {
      const size = digitBytes(digits);
      if (size === 0) return;
      groups.push(String(turned.readUIntBE(from, size)).padStart(digits, "0"));
      from += size;
    };
    take(whole % 9);
    for (let index = 0; index < Math.floor(whole / 9); index += 1) take(9);
    const integer = groups
      .splice(0)
      .join("")
      .replace(/^0+(?=\d)/, "");
    for (let index = 0; index < Math.floor(scale / 9); index += 1) take(9);
    take(scale % 9);
    return `${negative ? "-" : ""}${integer === "" ? "0" : integer}${scale === 0 ? "" : `.${groups.join("")}`}`;
  };
}

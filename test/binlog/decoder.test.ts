import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BinlogDecoder, type LogEvent, type WatchedTable } from "#binlog";
import { CodedError } from "#kernel";

/** Events of a binlog file of MySQL 9.7.4, one in base64 per line, in the order in which a dump sends them. */
const JOURNEY = readFileSync(new URL("golden/mysql-9.7-journey.txt", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => Buffer.from(line, "base64"));

/** Of the server that wrote it. */
const UUID = "0fc24aa0-e548-11f1-8c01-02fc00000001";
const FROM = { file: "binlog.000002", offset: 4, gtidSet: `${UUID}:1-3` };

const T: WatchedTable = {
  schema: "d",
  table: "t",
  key: [
    { name: "name", ordinal: 1, dataType: "varchar", unsigned: false, charset: "latin1" },
    { name: "id", ordinal: 0, dataType: "bigint", unsigned: false },
  ],
};
const U: WatchedTable = {
  schema: "d",
  table: "u",
  key: [{ name: "id", ordinal: 0, dataType: "int", unsigned: false }],
};

function decoder(
  tables: readonly WatchedTable[],
  from: { file: string; offset: number; gtidSet?: string } = FROM,
): BinlogDecoder {
  const made = new BinlogDecoder({ from, checksum: "crc32" });
  made.watch(tables);
  return made;
}

function decodeAll(tables: readonly WatchedTable[], events: readonly Buffer[] = JOURNEY): LogEvent[] {
  const one = decoder(tables);
  return events.flatMap((event) => [...one.decode(event)]);
}

function told(event: LogEvent): string {
  if (event.type === "rows") return `${event.table}: ${event.keys.join(" | ")}`;
  return event.type === "xa-prepared" || event.type === "xa-ended" ? `${event.type} ${event.xid}` : event.type;
}

/** The same event with other bytes and the checksum made right again. */
function altered(event: Buffer, change: (bytes: Buffer) => void): Buffer {
  const copy = Buffer.from(event);
  change(copy);
  copy.writeUInt32LE(crc32(copy.subarray(0, copy.length - 4)), copy.length - 4);
  return copy;
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return "nothing";
  } catch (error) {
    return error instanceof CodedError ? error.code : `foreign: ${String(error)}`;
  }
}

const indexOfType = (type: number): number => JOURNEY.findIndex((event) => event.readUInt8(4) === type);
const TABLE_MAP = 19;
const WRITE_ROWS = 30;
const INCIDENT = 26;

test("a recorded binlog gives the keys of all its changes in order", () => {
  const cafe = "_latin1 0x636166e9,-1";
  expect(decodeAll([T, U]).map(told)).toEqual([
    `t: ${cafe} | _latin1 '',2`,
    "transaction-end",
    "u: 1 | 2",
    "transaction-end",
    "t: _latin1 '',2 | _latin1 '',3",
    "transaction-end",
    "t: _latin1 '',3",
    "transaction-end",
    `t: ${cafe}`,
    "transaction-end",
    "t: _latin1 '',3",
    "transaction-end",
    "t: _latin1 0x7861,9",
    "xa-prepared X'78',X'',1",
    "xa-ended X'78',X'',1",
    "statement",
    "transaction-end",
  ]);
});

test("what is not watched gives no rows and needs no reading", () => {
  expect(
    decodeAll([U])
      .map(told)
      .filter((text) => text.includes(":")),
  ).toEqual(["u: 1 | 2"]);
});

test("positions lie at the ends of transactions and follow files and GTIDs", () => {
  const one = decoder([]);
  const ends = JOURNEY.flatMap((event) => [...one.decode(event)]).flatMap((event) =>
    "position" in event ? [event.position] : [],
  );
  expect(ends.map(({ gtidSet }) => gtidSet?.slice(UUID.length))).toEqual([
    ":1-4",
    ":1-5",
    ":1-6",
    ":1-7",
    ":1-8",
    ":1-8:tagged:1",
    ":1-9:tagged:1",
    ":1-10:tagged:1",
    ":1-11:tagged:1",
    ":1-11:tagged:1",
  ]);
  expect(ends.map(({ offset }) => offset)).toEqual(ends.map(({ offset }) => offset).toSorted((a, b) => a - b));
  // The file ends with a rotate to the next one.
  expect(one.position).toMatchObject({ file: "binlog.000003", offset: 4 });
});

test("what is watched may change within a transaction, between a table's map and its rows", () => {
  const rowsAt = indexOfType(WRITE_ROWS);
  const one = decoder([]);
  for (const event of JOURNEY.slice(0, rowsAt)) one.decode(event);
  one.watch([T]);
  expect(one.decode(JOURNEY[rowsAt] ?? Buffer.alloc(0)).map(told)).toEqual(["t: _latin1 0x636166e9,-1 | _latin1 '',2"]);
});

test("a byte that changed on the way is found by the checksum, wherever it is", () => {
  fc.assert(
    fc.property(fc.nat(JOURNEY.length - 1), fc.nat(), fc.integer({ min: 1, max: 255 }), (at, place, flip) => {
      const event = Buffer.from(JOURNEY[at] ?? Buffer.alloc(0));
      const index = place % event.length;
      event[index] = (event[index] ?? 0) ^ flip;
      const one = decoder([T, U]);
      for (const before of JOURNEY.slice(0, at)) one.decode(before);
      const code = codeOf(() => one.decode(event));
      // The format description says itself whether there are checksums.
      expect({ code, fine: event.readUInt8(4) === 15 || /^binlog\/(checksum|malformed)$/.test(code) }).toEqual({
        code,
        fine: true,
      });
    }),
    { numRuns: 400 },
  );
});

test("damage that a checksum does not show ends in an error of ours or in keys, never in anything else", () => {
  fc.assert(
    fc.property(fc.nat(JOURNEY.length - 1), fc.nat(), fc.integer({ min: 1, max: 255 }), (at, place, flip) => {
      const one = decoder([T, U]);
      for (const before of JOURNEY.slice(0, at)) one.decode(before);
      const event = altered(JOURNEY[at] ?? Buffer.alloc(0), (bytes) => {
        const index = 19 + (place % Math.max(1, bytes.length - 23));
        bytes[index] = (bytes[index] ?? 0) ^ flip;
      });
      expect(codeOf(() => one.decode(event))).toMatch(/^(nothing|binlog\/[a-z-]+)$/);
    }),
    { numRuns: 1500 },
  );
});

describe("what cannot be read stops the stream:", () => {
  const upTo = (type: number): BinlogDecoder => {
    const one = decoder([T, U]);
    for (const event of JOURNEY.slice(0, indexOfType(type))) one.decode(event);
    return one;
  };
  const first = (type: number): Buffer => JOURNEY[indexOfType(type)] ?? Buffer.alloc(0);

  test("an event of a type nobody knows, unless the server says that it may be passed over", () => {
    const unknown = altered(first(WRITE_ROWS), (bytes) => bytes.writeUInt8(99, 4));
    expect(codeOf(() => upTo(WRITE_ROWS).decode(unknown))).toBe("binlog/unknown-event");
    const ignorable = altered(unknown, (bytes) => bytes.writeUInt16LE(0x80, 17));
    expect(upTo(WRITE_ROWS).decode(ignorable)).toEqual([]);
  });

  test("an incident", () => {
    expect(
      codeOf(() => upTo(WRITE_ROWS).decode(altered(first(WRITE_ROWS), (bytes) => bytes.writeUInt8(INCIDENT, 4)))),
    ).toBe("binlog/incident");
  });

  test("rows without a table map", () => {
    expect(codeOf(() => upTo(TABLE_MAP).decode(first(WRITE_ROWS)))).toBe("binlog/no-table-map");
  });

  test("a column type nobody knows on a watched table, and only there", () => {
    const columns = Buffer.from([8, 15, 245, 17]);
    const strange = altered(first(TABLE_MAP), (bytes) => bytes.writeUInt8(200, bytes.indexOf(columns) + 2));
    expect(codeOf(() => upTo(TABLE_MAP).decode(strange))).toBe("binlog/unknown-type");
    const one = decoder([U]);
    for (const event of JOURNEY.slice(0, indexOfType(TABLE_MAP))) one.decode(event);
    expect(one.decode(strange)).toEqual([]);
    expect(one.decode(first(WRITE_ROWS))).toEqual([]);
  });

  test("a key column that is not what it was when it was watched", () => {
    const wrong = { ...T, key: T.key.map((column) => ({ ...column, dataType: "int" })) };
    expect(codeOf(() => decodeAll([wrong]))).toBe("binlog/table-changed");
    const gone = { ...U, key: U.key.map((column) => ({ ...column, ordinal: 5 })) };
    expect(codeOf(() => decodeAll([gone]))).toBe("binlog/table-changed");
  });

  test("rows that do not end where their event ends", () => {
    const event = first(WRITE_ROWS);
    const shorter = Buffer.concat([event.subarray(0, event.length - 6), event.subarray(event.length - 4)]);
    const fitted = altered(shorter, (bytes) => bytes.writeUInt32LE(bytes.length, 9));
    expect(codeOf(() => upTo(WRITE_ROWS).decode(fitted))).toBe("binlog/malformed");
  });

  test("a table without a key, or with one that is no exact identity", () => {
    expect(codeOf(() => decoder([{ ...U, key: [] }]))).toBe("binlog/no-key");
    expect(
      codeOf(() => decoder([{ ...U, key: [{ name: "f", ordinal: 0, dataType: "double", unsigned: false }] }])),
    ).toBe("binlog/key-type");
    expect(
      codeOf(() =>
        decoder([{ ...U, key: [{ name: "c", ordinal: 0, dataType: "char", unsigned: false, charset: "x y" }] }]),
      ),
    ).toBe("binlog/key-type");
  });
});

test("a file longer than 4 GB keeps its offsets going up", () => {
  const xid = JOURNEY[indexOfType(16)] ?? Buffer.alloc(0);
  const at = (end: number): Buffer => altered(xid, (bytes) => bytes.writeUInt32LE(end, 13));
  const one = decoder([], { file: "big", offset: 4_294_000_000 });
  const offsets = [4_294_900_000, 500, 900].flatMap((end) =>
    [...one.decode(at(end))].flatMap((event) => ("position" in event ? [event.position.offset] : [])),
  );
  expect(offsets).toEqual([4_294_900_000, 4_294_967_796, 4_294_968_196]);
});

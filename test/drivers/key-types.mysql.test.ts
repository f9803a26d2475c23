import { afterAll, beforeAll, expect, test } from "vitest";
import type { WatchedTable } from "#binlog";
import { watchedTable } from "#drivers";
import type { Session } from "#engine";
import { type MysqlServer, startMysql } from "#sandbox";
import { keysOf, Reading, signal, targetAt } from "./support/reading.ts";

let server: MysqlServer;
let session: Session;
let marks: WatchedTable;

beforeAll(async () => {
  server = await startMysql({ label: "key-types" });
  session = await targetAt(server.dsn()).open(signal);
  await session.execute("CREATE DATABASE d");
  await session.execute("USE d");
  await session.execute("CREATE TABLE marks (id INT AUTO_INCREMENT PRIMARY KEY)");
  marks = await watchedTable(session, "d", "marks", ["id"]);
});

afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Stands before the key in every row, so that each of these types has to be passed over. */
const BEFORE_THE_KEY = `
  c1 TINYINT, c2 SMALLINT UNSIGNED, c3 MEDIUMINT, c4 INT, c5 BIGINT, c6 FLOAT, c7 DOUBLE, c8 DECIMAL(65,30), c9 BIT(13),
  c10 DATE, c11 TIME(3), c12 DATETIME(6), c13 TIMESTAMP(1) NULL, c14 YEAR, c15 CHAR(10), c16 CHAR(255) CHARACTER SET utf8mb4,
  c17 VARCHAR(10), c18 VARCHAR(2000), c19 BINARY(3), c20 VARBINARY(300), c21 TINYBLOB, c22 BLOB, c23 MEDIUMTEXT, c24 LONGTEXT,
  c25 JSON, c26 GEOMETRY, c27 POINT SRID 4326, c28 ENUM('a','b,c','ü'), c29 SET('x','y','z'), c30 VECTOR(3),
  c31 INT AS (c4 + 1) VIRTUAL, c32 VARCHAR(300) AS (CONCAT(c17, 'x')) STORED, c33 INT INVISIBLE,
  KEY ((LOWER(c17)))`;

const FILLED = `c1=-1, c2=65535, c3=-8388608, c4=7, c5=-9, c6=1.5, c7=-2.25, c8='-12345.678', c9=b'1000000000001', c10='2024-02-29',
  c11='-838:59:58.123', c12='9999-12-31 23:59:59.999999', c13='2030-01-01 00:00:00.5', c14=2155, c15='ten', c16=REPEAT('ü', 200),
  c17='ab', c18=REPEAT('z', 1500), c19=x'0001', c20=REPEAT('b', 299), c21='t', c22=REPEAT('b', 70), c23=REPEAT('m', 70000),
  c24='l', c25='{"a":[1,2.50,"x"]}', c26=ST_GeomFromText('LINESTRING(0 0,1 1)'), c27=ST_SRID(POINT(1,2),4326), c28='ü', c29='x,z',
  c30=STRING_TO_VECTOR('[1,2,3]'), c33=5`;

const UNSIGNED = ["0", "1", "127", "200"];
const SIGNED = ["-128", "-1", "0", "1", "127"];
const TEXTS = ["''", "'a'", "'B '", "'quote''s'", "'back\\\\slash'", "'%_'", "'ümlaut'"];

const KEYS: readonly (readonly [type: string, values: readonly string[]])[] = [
  ["TINYINT", SIGNED],
  ["TINYINT UNSIGNED", UNSIGNED],
  ["SMALLINT", [...SIGNED, "-32768", "32767"]],
  ["SMALLINT UNSIGNED", [...UNSIGNED, "65535"]],
  ["MEDIUMINT", [...SIGNED, "-8388608", "8388607"]],
  ["MEDIUMINT UNSIGNED", [...UNSIGNED, "16777215"]],
  ["INT", [...SIGNED, "-2147483648", "2147483647"]],
  ["INT UNSIGNED", [...UNSIGNED, "4294967295"]],
  ["BIGINT", [...SIGNED, "-9223372036854775808", "9223372036854775807", "9007199254740993", "-9007199254740993"]],
  ["BIGINT UNSIGNED", [...UNSIGNED, "18446744073709551615", "9007199254740993", "9223372036854775808"]],
  ["DECIMAL(10,2)", ["-99999999.99", "-0.01", "0", "0.10", "1234567.8"]],
  ["DECIMAL(38,0)", ["-99999999999999999999999999999999999999", "-1", "0", "100000000000000000000000000000"]],
  [
    "DECIMAL(65,30)",
    ["-12345678901234567890123456789012345.123456789012345678901234567891", "0.000000000000000000000000000001"],
  ],
  ["DECIMAL(9,9)", ["-0.999999999", "0.000000001"]],
  ["CHAR(10) CHARACTER SET utf8mb4", TEXTS],
  ["CHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", [...TEXTS, "REPEAT('\u{1f600}', 100)"]],
  ["VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin", [...TEXTS, "'trailing  '", "'\u{1f600}'"]],
  ["VARCHAR(500) CHARACTER SET utf8mb4", [...TEXTS, "REPEAT('x', 500)"]],
  ["VARCHAR(20) CHARACTER SET latin1", TEXTS],
  ["VARCHAR(20) CHARACTER SET utf8mb3", TEXTS],
  ["VARCHAR(20) CHARACTER SET sjis", ["'表'", "'a'"]],
  ["VARCHAR(20) CHARACTER SET gbk", ["'漢字'", "'a\\\\'"]],
  ["VARCHAR(20) CHARACTER SET utf16", TEXTS],
  ["VARCHAR(20) CHARACTER SET koi8r", ["'Привет'", "''"]],
  ["VARCHAR(20) CHARACTER SET ascii", ["''", "'x'"]],
  ["BINARY(4)", ["x'00'", "x'01020304'", "x'41000000'", "x'4100ff'"]],
  ["BINARY(255)", ["x'00'", "REPEAT('x', 255)"]],
  ["VARBINARY(4)", ["x''", "x'00'", "x'0000'", "x'41'", "x'ff00'"]],
  ["VARBINARY(500)", ["x''", "REPEAT(x'ab00', 250)"]],
  ["DATE", ["'0000-00-00'", "'2024-00-00'", "'1000-01-01'", "'2024-02-29'", "'9999-12-31'"]],
  ["TIME", ["'-838:59:59'", "'-00:00:01'", "'00:00:00'", "'838:59:59'"]],
  ["TIME(1)", ["'-10:11:12.3'", "'-00:00:00.1'", "'00:00:00.9'"]],
  ["TIME(4)", ["'-10:11:12.3456'", "'-00:00:00.0001'", "'-00:00:01'", "'12:34:56.7891'"]],
  ["TIME(6)", ["'-838:59:58.999999'", "'-00:00:00.000001'", "'-00:00:01'", "'00:00:00.000001'"]],
  ["DATETIME", ["'0000-00-00 00:00:00'", "'1000-01-01 00:00:00'", "'2024-02-29 12:34:56'", "'9999-12-31 23:59:59'"]],
  ["DATETIME(2)", ["'2024-02-29 12:34:56.78'", "'2024-02-29 12:34:56'"]],
  ["DATETIME(3)", ["'2024-02-29 12:34:56.789'", "'2024-02-29 12:34:56'"]],
  ["DATETIME(6)", ["'2024-02-29 12:34:56.000001'", "'2024-12-31 00:00:00.999999'"]],
  ["TIMESTAMP", ["'0000-00-00 00:00:00'", "'1970-01-01 00:00:01'", "'2024-02-29 12:34:56'", "'2038-01-19 03:14:07'"]],
  ["TIMESTAMP(3)", ["'1970-01-01 00:00:01.5'", "'2000-12-31 23:59:59.999'"]],
  ["TIMESTAMP(6)", ["'1999-03-01 00:00:00.000001'", "'2028-02-29 23:59:59.999999'"]],
  ["YEAR", ["0", "1901", "2024", "2155"]],
  ["ENUM('a','b,c','ü','')", ["'a'", "'b,c'", "'ü'", "''"]],
  ["SET('p','q','r')", ["''", "'p'", "'q,r'", "'p,q,r'"]],
  [`SET(${Array.from({ length: 64 }, (_, bit) => `'s${bit}'`).join(",")})`, ["'s0'", "'s63'", "'s0,s31,s63'"]],
  ["BIT(1)", ["0", "1"]],
  ["BIT(13)", ["0", "1", "4096", "8191"]],
  ["BIT(53)", ["0", "9007199254740991"]],
  ["BIT(64)", ["0", "18446744073709551615"]],
];

test.each(KEYS)("keys of type %s find the very rows they came from", async (type, values) => {
  await session.execute("DROP TABLE IF EXISTS t");
  await session.execute(
    `CREATE TABLE t (n INT, ${BEFORE_THE_KEY}, k ${type} NOT NULL, after_it VARCHAR(5), PRIMARY KEY (k))`,
  );
  const target = targetAt(server.dsn("d"));
  await using stream = await target.openLog(await target.currentPosition(signal), signal);
  const reading = new Reading(stream);
  stream.watch([await watchedTable(session, "d", "t", ["k"]), marks]);

  await session.execute(`INSERT INTO t (n, k) VALUES ${values.map((value, n) => `(${n}, ${value})`).join(", ")}`);
  const inserted = keysOf(await reading.untilMark(session, "d"), "t");
  expect(inserted).toHaveLength(values.length);
  for (const [n, key] of inserted.entries()) {
    const rows = await session.query(`SELECT n FROM t WHERE (k) IN ((${key}))`);
    expect({ key, rows }).toEqual({ key, rows: [{ n }] });
  }

  await session.execute(`UPDATE t SET ${FILLED}, after_it = 'x'`);
  expect(keysOf(await reading.untilMark(session, "d"), "t").toSorted()).toEqual(inserted.toSorted());

  const [explained] = await session.query(
    `EXPLAIN FORMAT=TRADITIONAL SELECT n FROM t FORCE INDEX (PRIMARY) WHERE (k) IN (${inserted.map((key) => `(${key})`).join(",")})`,
  );
  expect(explained?.["type"]).toBe("range");

  await session.execute("DELETE FROM t WHERE n = 0");
  expect(keysOf(await reading.untilMark(session, "d"), "t")).toEqual([inserted[0]]);
  await session.execute(`UPDATE t SET k = ${values[0]} WHERE n = 1`);
  expect(keysOf(await reading.untilMark(session, "d"), "t")).toEqual([inserted[1], inserted[0]]);
});

test("keys of several columns keep the key's order, not the table's", async () => {
  await session.execute(
    "CREATE TABLE several (b VARCHAR(9), x JSON, a BIGINT UNSIGNED, c DATETIME(3), n INT, PRIMARY KEY (a, b, c))",
  );
  const target = targetAt(server.dsn("d"));
  await using stream = await target.openLog(await target.currentPosition(signal), signal);
  stream.watch([await watchedTable(session, "d", "several", ["a", "b", "c"]), marks]);
  await session.execute(
    "INSERT INTO several VALUES ('ü', '[]', 18446744073709551615, '2024-01-01 00:00:00.123', 1), ('', NULL, 0, '1999-01-01', 2)",
  );
  const keys = keysOf(await new Reading(stream).untilMark(session, "d"), "several");
  expect(keys).toEqual([
    "18446744073709551615,_utf8mb4 0xc3bc,'2024-01-01 00:00:00.123'",
    "0,_utf8mb4 '','1999-01-01 00:00:00.000'",
  ]);
  const rows = await session.query(
    `SELECT n FROM several WHERE (a,b,c) IN (${keys.map((key) => `(${key})`).join(",")}) ORDER BY n`,
  );
  expect(rows).toEqual([{ n: 1 }, { n: 2 }]);
  const [explained] = await session.query(
    `EXPLAIN FORMAT=TRADITIONAL SELECT n FROM several FORCE INDEX (PRIMARY) WHERE (a,b,c) IN (${keys.map((key) => `(${key})`).join(",")})`,
  );
  expect(explained?.["type"]).toBe("range");
});

test.each(["FLOAT", "DOUBLE", "JSON", "TEXT", "BLOB", "GEOMETRY"])(
  "a key column of type %s is refused when it is watched",
  async (type) => {
    await session.execute("DROP TABLE IF EXISTS odd");
    await session.execute(`CREATE TABLE odd (id INT PRIMARY KEY, k ${type})`);
    await expect(watchedTable(session, "d", "odd", ["k"])).rejects.toMatchObject({
      code: "binlog/key-type",
      details: { column: "k" },
    });
  },
);

import fc from "fast-check";

/** Column definitions without their name; `#` stands for a number that makes expressions differ. */
const DEFINITIONS: readonly string[] = [
  "int", "int not null", "int unsigned not null default '7'", "bigint", "smallint default '3' comment 'it''s'",
  "decimal(10,2)", "decimal(12,4) not null default '0.0000'", "double", "bit(5) default b'101'", "year",
  "varchar(20)", "varchar(40) not null default ''", "varchar(200) default 'a\\\\b'", "varchar(20) collate utf8mb4_bin",
  "varchar(20) character set latin1", "char(10) character set utf8mb3 not null", "text", "mediumtext comment 'x'",
  "enum('a','b')", "enum('a','b','c') not null default 'b'", "set('x','y')", "json", "blob", "varbinary(30)", "binary(8)",
  "datetime(3) default current_timestamp(3)", "timestamp null on update current_timestamp", "date not null", "time(2)",
  "int invisible", "int default (1 + 2)", "varchar(36) default (concat('a','b'))", "point", "point not null srid 4326",
  "int as (k0 + #)", "int as (k0 + #) stored", "varchar(30) as (concat(k1, '#')) virtual comment 'g'", "int as (k0 * 2) stored not null",
]; // prettier-ignore

const NAMES = ["a", "b", "c", "d", "e", "f", "g"];
const INDEXABLE =
  /^(int|bigint|smallint|decimal|double|year|varchar|char|enum|set|varbinary|binary|datetime|timestamp|date|time)\b/;
const TABLE_OPTIONS = [
  "", "", "", " charset latin1", " collate utf8mb4_bin", " comment 'c'", " row_format=compressed", " stats_persistent=0",
]; // prettier-ignore

const definition = fc
  .tuple(fc.constantFrom(...DEFINITIONS), fc.integer({ min: 1, max: 3 }))
  .map(([text, number]) => text.replace("#", String(number)));

/**
 * The body of a random CREATE TABLE. Its primary key and two columns are always there, so that expressions have
 * something to lean on; not every body is one the server accepts.
 */
export const tableBody = fc
  .record({
    columns: fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), definition), {
      maxLength: 6,
      selector: ([name]) => name,
    }),
    keys: fc.array(
      fc.record({
        kind: fc.constantFrom("key", "key", "key", "unique key"),
        columns: fc.uniqueArray(fc.constantFrom("k0", "k1", ...NAMES), { minLength: 1, maxLength: 3 }),
        descending: fc.boolean(),
        invisible: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
    extra: fc.subarray([
      "constraint ch check (k0 > 1)", "constraint ch2 check (k1 <> 'x') not enforced", "key kf ((k0 + 1))",
      "fulltext key ft1 (k1)", "fulltext key ft2 (k1, k2)", "key kp (k2(5))",
      "constraint fk foreign key (k0) references p (id) on delete cascade", "key kk0 (k0)",
    ]), // prettier-ignore
    fixedFirst: fc.boolean(),
    primary: fc.constantFrom("id", "id, k0", "k0, id"),
    option: fc.constantFrom(...TABLE_OPTIONS),
  })
  .map(({ columns, keys, extra, fixedFirst, primary, option }) => {
    const fixed = ["id int not null", "k0 int not null", "k1 varchar(30)", "k2 varchar(60)"];
    const drawn = columns.map(([name, text]) => `${name} ${text}`);
    const there = new Map([["k0", "int"], ["k1", "varchar"], ...columns]);
    const keyLines = keys.flatMap((key, at) => {
      const usable = key.columns.filter((name) => INDEXABLE.test(there.get(name) ?? ""));
      if (usable.length === 0) return [];
      return [
        `${key.kind} i${at} (${usable.join(key.descending ? " desc, " : ", ")}) ${key.invisible ? "invisible" : ""}`,
      ];
    });
    const lines = [
      ...(fixedFirst ? [...fixed, ...drawn] : [...drawn, ...fixed]),
      `primary key (${primary})`,
      ...keyLines,
      ...extra,
    ];
    return `(${lines.join(", ")})${option}`;
  });

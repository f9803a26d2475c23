import { expect, test } from "vitest";
import { diffSchemas, lint, serverFacts, type CanonicalSchema, type LintFinding } from "#schema";
import { schemaOf, table } from "./support/canonical.ts";

function findings(from: CanonicalSchema, to: CanonicalSchema, rows = 1): readonly LintFinding[] {
  return lint({
    live: from,
    desired: to,
    changes: diffSchemas(from, to),
    facts: serverFacts("mysql", "9.7.4"),
    mayHaveRows: () => rows > 0,
    locate: (name, inside) => ({ file: `${name}.sql`, line: inside === undefined ? 1 : 2 }),
  });
}

const KEY = "PRIMARY KEY (`id`)";
const t = (...lines: readonly string[]): CanonicalSchema =>
  schemaOf(table("t", ["`id` bigint unsigned NOT NULL", ...lines]));

test.each<[rule: string, severity: string, from: CanonicalSchema, to: CanonicalSchema]>([
  ["no-primary-key", "warning", schemaOf(), schemaOf(table("t", ["`id` int NOT NULL"]))],
  ["drop-table", "warning", t(KEY), schemaOf()],
  ["drop-column", "warning", t("`a` int DEFAULT NULL", KEY), t(KEY)],
  ["possible-rename", "warning", t("`a` int DEFAULT NULL", KEY), t("`b` int DEFAULT NULL", KEY)],
  ["float-money", "warning", t(KEY), t("`unit_price` float DEFAULT NULL", KEY)],
  ["narrowed-type", "warning", t("`a` varchar(20) DEFAULT NULL", KEY), t("`a` varchar(10) DEFAULT NULL", KEY)],
  ["narrowed-type", "warning", t("`a` int DEFAULT NULL", KEY), t("`a` int unsigned DEFAULT NULL", KEY)],
  ["narrowed-type", "warning", t("`a` enum('x','y') DEFAULT NULL", KEY), t("`a` enum('x') DEFAULT NULL", KEY)],
  ["narrowed-type", "warning", t("`a` datetime(6) DEFAULT NULL", KEY), t("`a` datetime(3) DEFAULT NULL", KEY)],
  ["narrowed-type", "warning", t("`a` decimal(10,2) DEFAULT NULL", KEY), t("`a` decimal(10,4) DEFAULT NULL", KEY)],
  ["narrowed-type", "warning", t("`a` text", KEY), t("`a` varchar(200) DEFAULT NULL", KEY)],
  ["narrowed-type", "warning", t("`a` varchar(20) DEFAULT NULL", KEY), t("`a` int DEFAULT NULL", KEY)],
  [
    "narrowed-charset",
    "warning",
    t("`a` varchar(9) DEFAULT NULL", KEY),
    t("`a` varchar(9) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT NULL", KEY),
  ],
  ["new-not-null", "warning", t("`a` int DEFAULT NULL", KEY), t("`a` int NOT NULL", KEY)],
  ["not-null-without-default", "error", t(KEY), t("`a` int NOT NULL", KEY)],
  ["new-unique-key", "warning", t("`a` int DEFAULT NULL", KEY), t("`a` int DEFAULT NULL", KEY, "UNIQUE KEY `u` (`a`)")],
  [
    "narrowed-type",
    "warning",
    t("`a` int DEFAULT NULL", KEY),
    t("`a` int GENERATED ALWAYS AS ((`id` + 1)) STORED", KEY),
  ],
  [
    "new-unique-key",
    "warning",
    t("`a` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL", KEY, "UNIQUE KEY `u` (`a`)"),
    t("`a` varchar(9) DEFAULT NULL", KEY, "UNIQUE KEY `u` (`a`)"),
  ],
  ["new-check", "warning", t(KEY), t(KEY, "CONSTRAINT `c` CHECK ((`id` > 1))")],
  ["long-name", "warning", schemaOf(), schemaOf(table("t".repeat(57), ["`id` bigint NOT NULL", KEY]))],
  ["key-capacity", "notice", schemaOf(), schemaOf(table("t", ["`id` int NOT NULL AUTO_INCREMENT", KEY]))],
  ["key-capacity", "warning", schemaOf(), schemaOf(table("t", ["`id` smallint NOT NULL AUTO_INCREMENT", KEY]))],
  ["redundant-key", "warning", t("`a` int DEFAULT NULL", KEY), t("`a` int DEFAULT NULL", KEY, "KEY `k` (`id`)")],
  [
    "redundant-key",
    "warning",
    t("`a` int DEFAULT NULL", KEY, "KEY `k` (`a`,`id`)"),
    t("`a` int DEFAULT NULL", KEY, "KEY `k` (`a`,`id`)", "KEY `l` (`a`)"),
  ],
  ["zero-date", "warning", t(KEY), t("`a` date DEFAULT '0000-00-00'", KEY)],
])("%s (%s) is found, with its place", (rule, severity, from, to) => {
  const found = findings(from, to).filter((finding) => finding.rule === rule);
  expect(found).toHaveLength(1);
  expect(found[0]?.severity).toBe(severity);
  // A drop is authored nowhere.
  expect(found[0]?.place === undefined).toBe(rule === "drop-table");
});

test.each<[what: string, from: CanonicalSchema, to: CanonicalSchema]>([
  ["a longer varchar", t("`a` varchar(20) DEFAULT NULL", KEY), t("`a` varchar(30) DEFAULT NULL", KEY)],
  ["int to bigint", t("`a` int unsigned DEFAULT NULL", KEY), t("`a` bigint DEFAULT NULL", KEY)],
  ["varchar to text", t("`a` varchar(200) DEFAULT NULL", KEY), t("`a` text", KEY)],
  [
    "latin1 to utf8mb4",
    t("`a` varchar(9) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT NULL", KEY),
    t("`a` varchar(9) DEFAULT NULL", KEY),
  ],
  [
    "an old table that is not touched",
    schemaOf(table("x", ["`price` float DEFAULT NULL"])),
    schemaOf(table("x", ["`price` float DEFAULT NULL"])),
  ],
  ["a key of its own", t("`a` int DEFAULT NULL", KEY), t("`a` int DEFAULT NULL", KEY, "KEY `k` (`a`)")],
  ["a new column with a default", t(KEY), t("`a` int NOT NULL DEFAULT '3'", KEY)],
  [
    "a key that was unique by less already",
    t("`a` int NOT NULL", KEY, "UNIQUE KEY `u` (`a`)"),
    t("`a` int NOT NULL", "PRIMARY KEY (`a`,`id`)", "UNIQUE KEY `u` (`a`) COMMENT 'x'"),
  ],
  [
    "a functional key that begins like another",
    t(KEY, "KEY `k` (((abs(`id`) + 1)))"),
    t(KEY, "KEY `k` (((abs(`id`) + 1)))", "KEY `l` (((abs(`id`) + 2)))"),
  ],
  ["a dropped virtual column", t("`a` int GENERATED ALWAYS AS (1) VIRTUAL", KEY), t(KEY)],
])("%s is nothing to warn of", (_what, from, to) => {
  expect(findings(from, to)).toEqual([]);
});

test("an empty table cannot lose or refuse anything", () => {
  const from = t("`a` int DEFAULT NULL", KEY);
  const to = t("`a` tinyint NOT NULL", "`b` int NOT NULL", KEY, "UNIQUE KEY `u` (`a`)");
  expect(findings(from, to, 0)).toEqual([]);
});

import { expect, test } from "vitest";
import { diffSchemas, lint, mentionsOf, serverFacts, type ObjectKind } from "#schema";
import { schemaOf, table } from "./support/canonical.ts";

const VIEW =
  "CREATE ALGORITHM=UNDEFINED DEFINER=`root`@`%` SQL SECURITY DEFINER VIEW `v` AS select `o`.`id` AS `id`,concat(`c`.`name`,'total') AS `n` from (`orders` `o` join `customers` `c` on((`o`.`customer_id` = `c`.`id`)))";
const TRIGGER =
  "CREATE DEFINER=`root`@`%` TRIGGER `tr` BEFORE INSERT ON `orders` FOR EACH ROW SET NEW.total = OLD.price";
const BODY =
  "CREATE DEFINER=`root`@`%` PROCEDURE `p`()\nBEGIN\n  -- not total\n  DECLARE x INT; SELECT price INTO x FROM orders WHERE note = 'customers';\nEND";

test.each<[kind: ObjectKind, sql: string, how: string, table: string, column: string, expected: boolean]>([
  ["view", VIEW, "parsed", "orders", "customer_id", true],
  ["view", VIEW, "parsed", "customers", "name", true],
  ["view", VIEW, "parsed", "customers", "customer_id", false],
  ["view", VIEW, "parsed", "orders", "total", false],
  ["view", VIEW, "parsed", "reviews", "id", false],
  ["trigger", TRIGGER, "parsed", "orders", "price", true],
  ["trigger", TRIGGER, "parsed", "orders", "note", false],
  ["procedure", BODY, "searched", "orders", "price", true],
  ["procedure", BODY, "searched", "orders", "total", false],
  ["procedure", BODY, "searched", "customers", "note", false],
])("the body of a %s is read for the columns it mentions (%#)", (kind, sql, how, tableName, column, expected) => {
  const mentions = mentionsOf({ kind, name: "x", sql });
  expect(mentions.how).toBe(how);
  expect(mentions.mentionsColumn(tableName, column)).toBe(expected);
});

test("a column that goes is reported with the trigger and the program that use it", () => {
  const orders = (...lines: readonly string[]): string =>
    table("orders", ["`id` int NOT NULL", ...lines, "PRIMARY KEY (`id`)"]);
  const programs = [
    ["trigger", "tr", TRIGGER],
    ["procedure", "p", BODY],
    ["view", "v", VIEW],
  ] as const;
  const live = schemaOf(orders("`price` int DEFAULT NULL"), ...programs);
  const desired = schemaOf(orders(), ...programs);
  const found = lint({
    live,
    desired,
    changes: diffSchemas(live, desired),
    facts: serverFacts("mysql", "9.7.4"),
    mayHaveRows: () => true,
    locate: () => undefined,
  });
  expect(found.filter((finding) => finding.rule === "broken-mention").map((finding) => finding.message)).toEqual([
    "The trigger `tr` uses column `price` of `orders`, which goes",
    "The procedure `p` seems to use column `price` of `orders`, which goes",
  ]);
});

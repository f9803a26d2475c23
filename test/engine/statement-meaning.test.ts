import { expect, test } from "vitest";
import { statementMeaning } from "../../src/engine/tail/statement-meaning.ts";

const WATCHED = [{ database: "shop", table: "orders" }];

test.each([
  ["ALTER TABLE orders ADD COLUMN a INT", "shop", "ddl"],
  ["ALTER TABLE `orders` ADD COLUMN a INT", "shop", "ddl"],
  ["alter table shop . orders add key (a)", "other", "ddl"],
  ["/* hi */ ALTER /*!50000 TABLE */ Orders ENGINE=InnoDB", "shop", "ddl"],
  ["TRUNCATE orders", "shop", "ddl"],
  ["DROP TABLE IF EXISTS a, shop.orders", "", "ddl"],
  ["RENAME TABLE a TO b, orders TO c", "shop", "ddl"],
  ["CREATE UNIQUE INDEX i ON orders (a)", "shop", "ddl"],
  ["CREATE DEFINER=`root`@`localhost` TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET @a = 1", "shop", "ddl"],
  ["CREATE TABLE child (o INT, FOREIGN KEY (o) REFERENCES orders (id))", "shop", "ddl"],
  ["OPTIMIZE TABLE orders", "shop", "ddl"],
  ["DROP DATABASE shop", "", "ddl"],
  ["INSERT INTO orders VALUES (1)", "shop", "logged-as-statement"],
  ["DELETE FROM o USING shop.orders AS o", "x", "logged-as-statement"],
  ["RENAME TABLE shop.orders TO `_sluice_d1_old`.orders, `_sluice_d1_new`.orders TO shop.orders", "shop", "ours"],
  ["RENAME TABLE shop.orders TO `_sluice_d2_old`.orders", "shop", "ddl"],
  ["ALTER TABLE orders ADD COLUMN a INT", "elsewhere", "harmless"],
  ["ALTER TABLE elsewhere.orders ADD COLUMN a INT", "shop", "harmless"],
  ["ALTER TABLE orders_archive ADD COLUMN a INT", "shop", "harmless"],
  ["ALTER TABLE other COMMENT 'like orders'", "shop", "harmless"],
  ["GRANT SELECT ON shop.orders TO someone", "shop", "harmless"],
  ["ANALYZE TABLE orders", "shop", "harmless"],
  ["CREATE VIEW v AS SELECT * FROM orders", "shop", "harmless"],
  ["DROP DATABASE elsewhere", "shop", "harmless"],
])("%s in `%s` is %s", (sql, schema, meaning) => {
  expect(statementMeaning(sql, schema, WATCHED, "_sluice_d1_")).toBe(meaning);
});

import { expect, test } from "vitest";
import { parseTable, printTable } from "#schema";
import { readStatements, table } from "./support/canonical.ts";

test("every canonical text of the corpus is printed again byte for byte", () => {
  const texts = readStatements("canonical/mysql-9.7.sql");
  expect(texts.length).toBeGreaterThan(90);
  for (const text of texts) {
    const parsed = parseTable(text);
    expect(parsed.at === "table" ? printTable(parsed.table) : parsed).toBe(text);
  }
});

test.each<[why: string, text: string]>([
  ["an unknown column attribute", table("t", ["`a` int NOT SECONDARY DEFAULT NULL"])],
  ["an unknown type", table("t", ["`a` hyperint DEFAULT NULL"])],
  ["an unknown table option", table("t", ["`a` int DEFAULT NULL"], " SPARKLE=1")],
  ["an unknown version comment", table("t", ["`a` int /*!90900 SHINY */ DEFAULT NULL"])],
  ["another version number", table("t", ["`a` int DEFAULT NULL /*!80099 INVISIBLE */"])],
  ["attributes in an order the server does not write", table("t", ["`a` int COMMENT 'x' DEFAULT NULL"])],
  ["one blank too many", table("t", ["`a`  int DEFAULT NULL"])],
  ["text behind the end", `${table("t", ["`a` int DEFAULT NULL"])} `],
  ["another statement behind the end", `${table("t", ["`a` int DEFAULT NULL"])}\nDROP TABLE t`],
  ["an unclosed expression", table("t", ["`a` int GENERATED ALWAYS AS ((1) VIRTUAL"])],
  ["something else than a table", "CREATE VIEW `v` AS select 1"],
])("a table with %s is opaque, not misread", (_why, text) => {
  const parsed = parseTable(text);
  expect(parsed.at).toBe("opaque");
  expect(parsed.at === "opaque" && parsed.reason.code).toBe("schema/unreadable");
});

test("quotes, parentheses and commas inside literals do not end anything", () => {
  const parsed = parseTable(
    table("t", [
      "`a``b` varchar(9) DEFAULT 'x'',`)('",
      "`g` varchar(9) GENERATED ALWAYS AS (concat(`a``b`,_utf8mb4')(')) VIRTUAL COMMENT '),\\'\\n'",
    ]),
  );
  expect(parsed.at === "table" && parsed.table.columns.map((column) => column.name)).toEqual(["a`b", "g"]);
});

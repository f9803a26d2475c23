import { assert, expect, test } from "vitest";
import { readClauseList } from "../../src/cli/alter/clause-list.ts";

test.each<[text: string, sql: string]>([
  ["ADD COLUMN note varchar(200)", "ADD COLUMN note varchar(200)"],
  ["  add column `a;b` int, ADD KEY (`a;b`) ; ", "add column `a;b` int, ADD KEY (`a;b`)"],
  [
    "MODIFY note varchar(9) DEFAULT 'a;b''c, -- x' COMMENT \"#;\"",
    "MODIFY note varchar(9) DEFAULT 'a;b''c, -- x' COMMENT \"#;\"",
  ],
  ["ALTER note SET DEFAULT 'it\\'s'", "ALTER note SET DEFAULT 'it\\'s'"],
  ["ENGINE=InnoDB", "ENGINE=InnoDB"],
  ["DROP KEY a, ADD COLUMN a int, DROP b, CHANGE c b int", "DROP KEY a, ADD COLUMN a int, DROP b, CHANGE c b int"],
  ["ADD COLUMN größe int DEFAULT (1 - -1)", "ADD COLUMN größe int DEFAULT (1 - -1)"],
])("%s is one list of clauses", (text, sql) => {
  const read = readClauseList(text);
  assert(read.at === "clauses", JSON.stringify(read));
  expect(read.list.sql).toBe(sql);
});

test.each<[text: string, renames: readonly (readonly [string, string])[]]>([
  ["CHANGE note Remark text", [["remark", "note"]]],
  [
    "CHANGE COLUMN `a``b` c int, RENAME COLUMN `x` TO y",
    [
      ["c", "a`b"],
      ["y", "x"],
    ],
  ],
  ["CHANGE note NOTE text", []],
  ["RENAME INDEX a TO b, ADD COLUMN c int", []],
])("%s carries the values of renamed columns over", (text, renames) => {
  const read = readClauseList(text);
  assert(read.at === "clauses", JSON.stringify(read));
  expect([...read.list.renames]).toEqual(renames);
});

test.each<[text: string, code: string]>([
  ["", "alter/not-clauses"],
  [";", "alter/not-clauses"],
  ["ADD a int; DROP TABLE t", "alter/not-clauses"],
  ["ADD a int /* x */", "alter/not-clauses"],
  ["ADD a int -- x", "alter/not-clauses"],
  ["ADD a int # x", "alter/not-clauses"],
  ["ADD a varchar(3) DEFAULT 'x", "alter/not-clauses"],
  ["ADD `a int", "alter/not-clauses"],
  ["ADD a int)", "alter/not-clauses"],
  ["ADD (a int", "alter/not-clauses"],
  ["ADD a int,, ADD b int", "alter/clause-refused"],
  ["DROP a, ADD COLUMN A int", "alter/clause-refused"],
  ["ADD (b int, `a` decimal(3,1)), DROP COLUMN a", "alter/clause-refused"],
  ["CHANGE a b int, ADD a int", "alter/clause-refused"],
  ["ADD a int\u202E", "alter/not-clauses"],
  ["RENAME TO other", "alter/clause-refused"],
  ["RENAME other", "alter/clause-refused"],
  ["ENGINE=MyISAM", "alter/clause-refused"],
  ["EXCHANGE PARTITION p WITH TABLE x", "alter/clause-refused"],
  ["DISCARD TABLESPACE", "alter/clause-refused"],
  ["ORDER BY a", "alter/clause-refused"],
  ["ADD a int, DATA DIRECTORY='/tmp'", "alter/clause-refused"],
  ["ALTER TABLE t ADD a int, DROP TABLE x; SELECT 1", "alter/not-clauses"],
])("%j is refused", (text, code) => {
  const read = readClauseList(text);
  expect(read.at === "refused" && read.reason.code).toBe(code);
});

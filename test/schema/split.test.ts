import fc from "fast-check";
import { expect, test } from "vitest";
import { splitFiles } from "#schema";

const split = (text: string): ReturnType<typeof splitFiles> => splitFiles([{ path: "t.sql", text }]);

test.each<[what: string, text: string]>([
  ["a statement that is no declaration", "DROP TABLE t"],
  ["an INSERT", "INSERT INTO t VALUES (1)"],
  ["GRANT", "GRANT ALL ON *.* TO x"],
  ["SET", "SET GLOBAL event_scheduler = ON"],
  ["CREATE USER", "CREATE USER x"],
  ["CREATE DATABASE", "CREATE DATABASE x"],
  ["CREATE TEMPORARY TABLE", "CREATE TEMPORARY TABLE t (a int)"],
  ["a table filled by SELECT", "CREATE TABLE t AS SELECT * FROM mysql.user"],
  ["a table filled by SELECT behind its columns", "CREATE TABLE t (a int) SELECT * FROM mysql.user"],
  ["a table filled by a query in parentheses", "CREATE TABLE t (SELECT 1)"],
  ["a table filled by TABLE", "CREATE TABLE t (a int) TABLE u"],
  ["a table filled by VALUES", "CREATE TABLE t (a int) VALUES ROW(1)"],
  ["a table filled by WITH", "CREATE TABLE t (a int) WITH x AS (TABLE u) TABLE x"],
  ["CREATE TABLE LIKE", "CREATE TABLE t LIKE mysql.user"],
  ["CREATE TABLE LIKE in parentheses", "CREATE TABLE t (LIKE u)"],
  ["DATA DIRECTORY", "CREATE TABLE t (a int) DATA DIRECTORY = '/tmp'"],
  ["INDEX DIRECTORY of a partition", "CREATE TABLE t (a int) PARTITION BY HASH (a) (PARTITION p INDEX DIRECTORY '/x')"],
  ["another engine", "CREATE TABLE t (a int) ENGINE=MyISAM"],
  ["another engine, quoted", "CREATE TABLE t (a int) ENGINE='FEDERATED' CONNECTION='mysql://h/d/t'"],
  ["another engine in a version comment", "CREATE TABLE t (a int) /*!50100 ENGINE=CSV */"],
  ["another engine of a partition", "CREATE TABLE t (a int) PARTITION BY HASH (a) (PARTITION p ENGINE MEMORY)"],
  ["a tablespace", "CREATE TABLE t (a int) TABLESPACE ts"],
  ["a file that is large although it is empty", "CREATE TABLE t (a int) AUTOEXTEND_SIZE=4G"],
  ["the same in kilobytes", "CREATE TABLE t (a int) /*!80023 AUTOEXTEND_SIZE=4194304K */"],
  ["a rename where the line has two columns", "CREATE TABLE t (id int, b int) -- sluice: renamed from a"],
  ["a rename before a whole table", "-- sluice: renamed from old\nCREATE TABLE t (a int)"],
  ["UNION of MERGE tables", "CREATE TABLE t (a int) UNION=(x, y)"],
  ["another database's name", "CREATE TABLE other.t (a int)"],
  ["a foreign key into another database", "CREATE TABLE t (a int, FOREIGN KEY (a) REFERENCES other.p (id))"],
  ["a view over another database", "CREATE VIEW v AS SELECT * FROM mysql.user"],
  ["a view over another database by JOIN", "CREATE VIEW v AS SELECT 1 FROM t JOIN `mysql`.`user`"],
  ["a program that writes a file", "CREATE PROCEDURE p() SELECT 1 INTO OUTFILE '/tmp/x'"],
  ["a program that reads a file", "CREATE FUNCTION f() RETURNS text RETURN LOAD_FILE('/etc/passwd')"],
  ["LOAD DATA in a program", "CREATE PROCEDURE p() LOAD DATA INFILE 'x' INTO TABLE t"],
  ["a function from a library", "CREATE FUNCTION f RETURNS INTEGER SONAME 'evil.so'"],
  ["a program in another language", "CREATE FUNCTION f() RETURNS INT LANGUAGE JAVASCRIPT AS 'x'"],
  ["statements put together from text", "CREATE PROCEDURE p() BEGIN SET @s = 'x'; PREPARE q FROM @s; END"],
  ["an unclosed quote", "CREATE TABLE t (a int default 'x)"],
  ["an unclosed double quote", 'CREATE TABLE t (a int comment "x)'],
  ["an unclosed name", "CREATE TABLE `t (a int)"],
  ["an unclosed comment", "CREATE TABLE t (a int) /* x"],
  ["an unclosed version comment", "CREATE TABLE t (a int) /*!50100 COMMENT='x'"],
  ["an executable comment without a version", "CREATE TABLE t (a int) /*! ENGINE=MyISAM */"],
  ["an executable comment of MariaDB", "CREATE TABLE t (a int) /*M! ENGINE=MyISAM */"],
  ["a version comment that only newer servers execute", "CREATE TABLE t (a int /*!90000 ) ENGINE=MyISAM */)"],
  ["a comment within a version comment", "CREATE TABLE t (a int) /*!50100 /* */ COMMENT='x' */"],
  ["a statement that ends inside a version comment", "/*!50001 CREATE TABLE t (a int); CREATE TABLE u (a int) */"],
  ["what hides behind a blank that is none", "CREATE TABLE t (a int default (1 --\u00A0+ 1)) ENGINE=MyISAM"],
  ["a NUL character", "CREATE TABLE t (a int)\0"],
  ["text that runs backwards", "CREATE TABLE t (a int) -- \u202Etxet"],
  ["an invisible character", "CREATE TABLE t\u200B (a int)"],
  ["a control character", "CREATE TABLE t (a int)\u0008"],
  ["half a character", "CREATE TABLE t (a int) -- \uD800"],
  ["a file that is too large", `CREATE TABLE t (a int) -- ${"x".repeat(1_000_001)}`],
  ["ALTER TABLE that takes away", "CREATE TABLE t (a int, b int); ALTER TABLE t DROP COLUMN b"],
  ["ALTER TABLE that renames", "CREATE TABLE t (a int); ALTER TABLE t ADD COLUMN c int, RENAME TO u"],
  ["a completion of nothing", "CREATE INDEX i ON t (a)"],
])("%s is refused with its place", (_what, text) => {
  const { problems } = split(`\n${text};\n`);
  expect(problems.length).toBeGreaterThan(0);
  expect(problems[0]?.code).toBe("schema/statement-refused");
  expect(problems[0]?.where?.file).toBe("t.sql");
  expect(problems[0]?.where?.line).toBe(text.length > 1_000_000 ? 1 : 2);
});

test.each<[what: string, text: string, kinds: readonly string[]]>([
  [
    "comments of all kinds",
    "# one\n-- two\n/* three; */ CREATE TABLE t (a int /* ; */, b int -- ;\n, c int # ;\n);",
    ["table"],
  ],
  [
    "quotes with semicolons and escapes",
    "CREATE TABLE t (a varchar(9) default 'x;''\\';', b int comment \"a;b\"); CREATE TABLE `u;` (a int)",
    ["table", "table"],
  ],
  [
    "the comments SHOW CREATE TABLE writes",
    "CREATE TABLE t (a int /*!80023 INVISIBLE */, g point NOT NULL /*!80003 SRID 0 */)\n/*!50100 PARTITION BY HASH (a) */;",
    ["table"],
  ],
  [
    "a dump's trigger",
    "CREATE TABLE t (a int);\nDELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`%`*/ /*!50003 TRIGGER tr BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; END */;;\nDELIMITER ;\n",
    ["table", "trigger"],
  ],
  [
    "a body without DELIMITER",
    "CREATE PROCEDURE p() BEGIN IF 1 THEN SELECT 1; END IF; CASE 1 WHEN 1 THEN SELECT 2; END CASE; SELECT CASE WHEN 1 THEN 2 END; END; CREATE TABLE t (a int);",
    ["table", "procedure"],
  ],
  [
    "definers as people write them",
    "CREATE DEFINER = 'a'@'b' SQL SECURITY INVOKER VIEW v AS SELECT 1; CREATE DEFINER=root@localhost PROCEDURE p() SELECT 1; CREATE DEFINER=CURRENT_USER() PROCEDURE q() SELECT 1; CREATE DEFINER=root@'%' PROCEDURE r() SELECT 1",
    ["procedure", "procedure", "procedure", "view"],
  ],
  [
    "columns named like options",
    "CREATE TABLE t (engine varchar(9), `select` int, data int, tablespace int, connection int, KEY k (data, engine), CHECK (data > tablespace))",
    ["table"],
  ],
  [
    "columns named like the ends of a body",
    "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW SET NEW.end = 1; CREATE TRIGGER b BEFORE UPDATE ON t FOR EACH ROW SET NEW.begin = 1; CREATE TABLE t (begin int, end int)",
    ["table", "trigger", "trigger"],
  ],
  ["tables that grow in small steps", "CREATE TABLE t (a int) AUTOEXTEND_SIZE=64M", ["table"]],
  ["a check with LIKE", "CREATE TABLE t (a varchar(9), CHECK (a LIKE 'x%'))", ["table"]],
  [
    "functions that write FROM",
    "CREATE VIEW v AS SELECT EXTRACT(YEAR FROM t.d), TRIM(LEADING 'x' FROM t.a) FROM t",
    ["view"],
  ],
  [
    "what completes a table",
    "CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t ADD KEY k (b), MODIFY a int AUTO_INCREMENT, AUTO_INCREMENT=7; CREATE TABLE t (a int, b int)",
    ["table", "create-index", "alter-table"],
  ],
  ["a byte order mark", "\uFEFFCREATE TABLE t (a int)", ["table"]],
  ["nothing at all", " -- only this\n", []],
])("%s are read", (_what, text, kinds) => {
  const { statements, problems } = split(text);
  expect(problems).toEqual([]);
  expect(statements.map((statement) => statement.kind).toSorted()).toEqual([...kinds].toSorted());
});

test("another delimiter does not smuggle a second statement through", () => {
  const { problems } = split("DELIMITER //\nCREATE TABLE t (a int); DROP TABLE u //\n");
  expect(problems).toMatchObject([{ code: "schema/statement-refused", where: { line: 2, column: 23 } }]);
});

test("every statement knows its file, line and text", () => {
  const { statements } = splitFiles([
    { path: "a.sql", text: "\n-- x\n  CREATE TABLE a (\n  id int\n) ;\n" },
    { path: "b.sql", text: "CREATE TABLE b (id int)" },
  ]);
  expect(statements.map(({ name, place, sql }) => [name, place, sql])).toEqual([
    ["a", { file: "a.sql", line: 3, column: 3 }, "CREATE TABLE a (\n  id int\n)"],
    ["b", { file: "b.sql", line: 1, column: 1 }, "CREATE TABLE b (id int)"],
  ]);
});

test("a statement inside a version comment keeps it whole", () => {
  const { statements } = split("/*!50001 CREATE VIEW v AS select 1 */;");
  expect(statements.map((statement) => statement.sql)).toEqual(["/*!50001 CREATE VIEW v AS select 1 */"]);
});

test("a comment that speaks of version comments is none", () => {
  const { statements } = split("-- /*!99999 \nCREATE TABLE t (a int);");
  expect(statements.map((statement) => statement.sql)).toEqual(["CREATE TABLE t (a int)"]);
});

test("a rename is heard behind a leading comma and in a completion", () => {
  const { statements, problems } = split(
    "CREATE TABLE t (\n  id int\n  , mail decimal(9,2) -- sluice: renamed from email\n);\nALTER TABLE t\n  ADD COLUMN b int; -- the end\nALTER TABLE t\n  ADD COLUMN c int -- sluice: renamed from d\n;",
  );
  expect(problems).toEqual([]);
  expect(statements.map(({ renames }) => renames)).toEqual([
    [{ column: "mail", from: "email" }],
    undefined,
    [{ column: "c", from: "d" }],
  ]);
});

test("annotations belong to their statement, renames to their column", () => {
  const { statements } = split(
    "-- sluice: owner shop\nCREATE TABLE t (\n  id int,\n  mail varchar(9), -- sluice: renamed from email\n  -- sluice: renamed from `old name`\n  `new` int\n);\nCREATE TABLE u (a int);",
  );
  expect(statements[0]?.annotations[0]).toBe("owner shop");
  expect(statements[0]?.renames).toEqual([
    { column: "mail", from: "email" },
    { column: "new", from: "old name" },
  ]);
  expect(statements[1]?.annotations).toEqual([]);
});

test("an object declared twice is refused with both places", () => {
  const { problems } = splitFiles([
    { path: "a.sql", text: "CREATE TABLE t (a int)" },
    { path: "b.sql", text: "\nCREATE VIEW t AS SELECT 1" },
  ]);
  expect(problems).toMatchObject([{ code: "schema/declared-twice", where: { file: "b.sql", line: 2 } }]);
  expect(problems[0]?.message).toContain("a.sql line 1");
});

test("views come behind the views they read", () => {
  const { statements } = split(
    "CREATE VIEW a AS SELECT * FROM b; CREATE VIEW b AS SELECT * FROM t; CREATE TABLE t (x int)",
  );
  expect(statements.map((statement) => statement.name)).toEqual(["t", "b", "a"]);
});

test("no text makes the splitter fail, and what it lets through is text of the file", () => {
  const piece = fc.constantFrom(
    "CREATE",
    "TABLE",
    " t ",
    "(",
    ")",
    "a int",
    ";",
    "'",
    '"',
    "`",
    "\\",
    "--",
    "\n",
    "/*",
    "*/",
    "/*!50100 ",
    "DELIMITER //",
    "//",
    "BEGIN",
    "END",
    "#",
    "é",
    ",",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join(" ");
      for (const statement of split(text).statements) expect(text).toContain(statement.sql);
    }),
    { numRuns: 500 },
  );
});

import { expect, test } from "vitest";
import { buildPlan, describePlan, type CopyChange, type Plan } from "#plan";
import type { CanonicalSchema } from "#schema";
import { schemaOf, table } from "../schema/support/canonical.ts";

const ID = "`id` bigint unsigned NOT NULL";
const KEY = "PRIMARY KEY (`id`)";
const KEY_OF_NEW = "PRIMARY KEY (`new`)";

function plan(live: CanonicalSchema, desired: CanonicalSchema, rows = 1_200_000): Plan {
  const statistics = live.objects.map(({ name }) => ({
    table: name,
    rows,
    dataBytes: rows * 100,
    indexBytes: rows * 20,
  }));
  return buildPlan({ live, desired, statistics });
}

function copy(from: readonly string[], to: readonly string[]): CopyChange {
  const [change] = plan(schemaOf(table("t", from)), schemaOf(table("t", to))).changes;
  if (change?.kind !== "copy") throw new Error("No copy planned");
  return change;
}

const codes = (of: Plan): readonly string[] => of.refusals.map((reason) => `${reason.code} ${reason.message}`);

test("equal schemas give an empty plan", () => {
  const live = schemaOf(table("t", [ID, KEY], " AUTO_INCREMENT=7"));
  const empty = plan(live, schemaOf(table("t", [ID, KEY])));
  expect([empty.changes, empty.notHandled, empty.findings, empty.refusals]).toEqual([[], [], [], []]);
  expect(empty.liveSchema).toBe(empty.desiredSchema);
  expect(describePlan(empty)).toMatchObject({ title: "No schema changes", verdict: "empty", rows: [] });
});

test("the fingerprint dies with the live schema or the change, and with nothing else", () => {
  const live = (options = "", other = "int"): CanonicalSchema =>
    schemaOf(table("t", [ID, KEY], options), table("o", [ID, `\`x\` ${other} DEFAULT NULL`, KEY]));
  const desired = (column = "`n` int DEFAULT NULL", other = "int"): CanonicalSchema =>
    schemaOf(table("t", [ID, column, KEY]), table("o", [ID, `\`x\` ${other} DEFAULT NULL`, KEY]));
  const base = plan(live(), desired());
  expect(plan(live(" AUTO_INCREMENT=99"), desired(), 5).fingerprint).toBe(base.fingerprint);
  const placed = desired().objects.map((object) => ({ ...object, place: { file: "t.sql", line: 4 } }));
  expect(plan(live(), { ...desired(), objects: placed.toReversed() }).fingerprint).toBe(base.fingerprint);
  expect(plan(live(), desired("`n` bigint DEFAULT NULL")).fingerprint).not.toBe(base.fingerprint);
  // Another table of the live schema moved, although this plan does not touch it.
  expect(plan(live("", "bigint"), desired(undefined, "bigint")).fingerprint).not.toBe(base.fingerprint);
});

test("a copy says how rows are found, where values flow and what can wait until after the copy", () => {
  const change = copy(
    [
      ID,
      "`a` varchar(9) DEFAULT NULL",
      "`gone` int DEFAULT NULL",
      "`g` int GENERATED ALWAYS AS (1) VIRTUAL",
      KEY,
      "KEY `ka` (`a`)",
    ],
    [
      ID,
      "`a` varchar(20) DEFAULT NULL",
      "`g` int DEFAULT NULL",
      "`s` int GENERATED ALWAYS AS (2) STORED",
      KEY,
      "UNIQUE KEY `u` (`g`)",
      "KEY `ka` (`a`)",
      "FULLTEXT KEY `f` (`a`)",
    ],
  );
  expect(change.key).toEqual({
    sourceIndex: "PRIMARY",
    shadowIndex: "PRIMARY",
    sourceColumns: ["id"],
    shadowColumns: ["id"],
  });
  expect(change.columns).toEqual([
    { from: "id", to: "id", fromGenerated: false },
    { from: "a", to: "a", fromGenerated: false },
    { from: "g", to: "g", fromGenerated: true },
  ]);
  expect(change.deferredIndexes).toEqual(["ADD KEY `ka` (`a`)"]);
  expect(change.afterBare).not.toContain("KEY `ka`");
  expect(change.afterBare).toContain("FULLTEXT KEY `f`");
  expect(change.cost).toEqual({ rows: 1_200_000, bytes: 144_000_000, seconds: 22, diskBytes: 264_000_000 });
});

test("a key that AUTO_INCREMENT needs is there from the start", () => {
  const lines = [
    "`id` int NOT NULL AUTO_INCREMENT",
    "`u` int NOT NULL",
    "PRIMARY KEY (`u`)",
    "KEY `k` (`id`)",
    "KEY `l` (`u`,`id`)",
  ];
  expect(copy(lines, [...lines, "KEY `m` (`u`)"]).deferredIndexes).toEqual([
    "ADD KEY `l` (`u`,`id`)",
    "ADD KEY `m` (`u`)",
  ]);
});

test("a renamed column carries its values and its part of the key", () => {
  const live = schemaOf(table("t", ["`old` int NOT NULL", "`x` int DEFAULT NULL", "PRIMARY KEY (`old`)"]));
  const desired = schemaOf(table("t", ["`new` int NOT NULL", "`x` int DEFAULT NULL", "PRIMARY KEY (`new`)"]));
  const renamed = buildPlan({ live, desired, statistics: [], renames: new Map([["t", new Map([["new", "old"]])]]) });
  expect(renamed.changes[0]).toMatchObject({
    columns: [
      { from: "old", to: "new" },
      { from: "x", to: "x" },
    ],
    key: { sourceColumns: ["old"], shadowColumns: ["new"] },
    statements: ["ALTER TABLE `t`\n  CHANGE COLUMN `old` `new` int NOT NULL"],
  });
});

test.each<[when: string, live: readonly string[], desired: readonly string[], statement: string | undefined]>([
  ["that has happened already", ["`new` int NOT NULL", KEY_OF_NEW], ["`new` int NOT NULL", KEY_OF_NEW], undefined],
  [
    "whose old name is still wanted",
    ["`old` int NOT NULL", "PRIMARY KEY (`old`)"],
    ["`old` int NOT NULL", "`new` int DEFAULT NULL", "PRIMARY KEY (`old`)"],
    "ADD COLUMN `new` int DEFAULT NULL",
  ],
  ["of a column that never was", [ID, KEY], [ID, "`new` int DEFAULT NULL", KEY], "ADD COLUMN `new` int DEFAULT NULL"],
])("a rename %s is none", (_when, live, desired, statement) => {
  const renames = new Map([["t", new Map([["new", "old"]])]]);
  const planned = buildPlan({
    live: schemaOf(table("t", live)),
    desired: schemaOf(table("t", desired)),
    statistics: [],
    renames,
  });
  expect(planned.changes.flatMap((change) => change.statements)).toEqual(
    statement === undefined ? [] : [`ALTER TABLE \`t\`\n  ${statement}`],
  );
});

const [A, B, C] = ["`a` int DEFAULT NULL", "`b` int DEFAULT NULL", "`c` int DEFAULT NULL"];

test.each<[when: string, live: readonly string[], desired: readonly string[], renames: Record<string, string>]>([
  ["two columns swap their names", [ID, A, B, KEY], [ID, B, A, KEY], { a: "b", b: "a" }],
  ["the new name is another column's that goes", [ID, A, B, KEY], [ID, B, KEY], { b: "a" }],
  ["each takes the next one's name", [ID, A, B, KEY], [ID, B, C, KEY], { b: "a", c: "b" }],
  ["the old name stays", [ID, A, KEY], [ID, A, B, KEY], { b: "a" }],
  ["nothing has the new name", [ID, A, KEY], [ID, A, B, KEY], { primary: "a" }],
])("a rename is refused when %s: values would not flow as it says", (_when, live, desired, wanted) => {
  const renames = new Map([["t", new Map(Object.entries(wanted))]]);
  const [from, to] = [schemaOf(table("t", live)), schemaOf(table("t", desired))];
  const planned = buildPlan({ live: from, desired: to, statistics: [], renames });
  expect(new Set(planned.refusals.map((reason) => reason.code))).toEqual(new Set(["plan/ambiguous-rename"]));
});

test("an annotation that has done its work may stay, even when the old name is taken again", () => {
  const renames = new Map([["t", new Map([["b", "a"]])]]);
  const planned = (live: readonly string[], desired: readonly string[]): Plan =>
    buildPlan({ live: schemaOf(table("t", live)), desired: schemaOf(table("t", desired)), statistics: [], renames });
  expect(planned([ID, A, KEY], [ID, B, KEY]).refusals).toEqual([]);
  expect(planned([ID, B, KEY], [ID, B, C, KEY]).refusals).toEqual([]);
  expect(planned([ID, B, KEY], [ID, B, A, KEY]).refusals).toEqual([]);
  expect(planned([ID, B, A, KEY], [ID, B, A, C, KEY]).refusals).toEqual([]);
});

test.each<[what: string, from: readonly string[], to: readonly string[], source: string | undefined]>([
  [
    "the primary key when it stays",
    [ID, "`u` int NOT NULL", KEY, "UNIQUE KEY `u` (`u`)"],
    [ID, "`u` int NOT NULL", "`n` int DEFAULT NULL", KEY, "UNIQUE KEY `u` (`u`)"],
    "PRIMARY",
  ],
  [
    "another unique key when the primary key changes",
    [ID, "`u` int NOT NULL", KEY, "UNIQUE KEY `u` (`u`)"],
    ["`u` int NOT NULL", "`n` int DEFAULT NULL", "PRIMARY KEY (`u`)"],
    "u",
  ],
  ["an integer key that grows", ["`id` int NOT NULL", KEY], [ID, KEY], "PRIMARY"],
  [
    "no key with NULLs",
    ["`u` int DEFAULT NULL", "UNIQUE KEY `u` (`u`)"],
    ["`u` int DEFAULT NULL", "`n` int DEFAULT NULL", "UNIQUE KEY `u` (`u`)"],
    undefined,
  ],
  [
    "no key over a prefix",
    ["`u` varchar(20) NOT NULL", "UNIQUE KEY `u` (`u`(5))"],
    ["`u` varchar(20) NOT NULL", "`n` int DEFAULT NULL", "UNIQUE KEY `u` (`u`(5))"],
    undefined,
  ],
  [
    "no key over fractions",
    ["`u` double NOT NULL", "PRIMARY KEY (`u`)"],
    ["`u` double NOT NULL", "`n` int DEFAULT NULL", "PRIMARY KEY (`u`)"],
    undefined,
  ],
  [
    "no key over a computed column",
    ["`u` int GENERATED ALWAYS AS (1) STORED NOT NULL", "PRIMARY KEY (`u`)"],
    ["`u` int GENERATED ALWAYS AS (1) STORED NOT NULL", "`n` int DEFAULT NULL", "PRIMARY KEY (`u`)"],
    undefined,
  ],
  [
    "no key over an expression",
    ["`u` int NOT NULL", "UNIQUE KEY `u` ((`u` + 1))"],
    ["`u` int NOT NULL", "`n` int DEFAULT NULL", "UNIQUE KEY `u` ((`u` + 1))"],
    undefined,
  ],
  [
    "no invisible key",
    ["`u` int NOT NULL", "UNIQUE KEY `u` (`u`) /*!80000 INVISIBLE */"],
    ["`u` int NOT NULL", "`n` int DEFAULT NULL", "UNIQUE KEY `u` (`u`) /*!80000 INVISIBLE */"],
    undefined,
  ],
  [
    "no key whose collation changes",
    ["`u` varchar(20) NOT NULL", "PRIMARY KEY (`u`)"],
    ["`u` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL", "PRIMARY KEY (`u`)"],
    undefined,
  ],
  [
    "no key that may lose blanks which count",
    ["`u` varchar(20) NOT NULL", "PRIMARY KEY (`u`)"],
    ["`u` varchar(10) NOT NULL", "PRIMARY KEY (`u`)"],
    undefined,
  ],
  [
    "a longer varchar",
    ["`u` varchar(20) NOT NULL", "PRIMARY KEY (`u`)"],
    ["`u` varchar(30) NOT NULL", "PRIMARY KEY (`u`)"],
    "PRIMARY",
  ],
  [
    "no key whose type changes its kind",
    ["`u` datetime NOT NULL", "PRIMARY KEY (`u`)"],
    ["`u` timestamp NOT NULL", "PRIMARY KEY (`u`)"],
    undefined,
  ],
])("rows are told apart by %s", (_what, from, to, source) => {
  const planned = plan(schemaOf(table("t", from)), schemaOf(table("t", to)));
  const [change] = planned.changes;
  expect(change?.kind === "copy" && change.key?.sourceIndex).toBe(source);
  expect(planned.refusals.some((reason) => reason.code === "engine/no-shared-key")).toBe(source === undefined);
});

const CHILD = [
  "`id` int NOT NULL",
  "`p` int NOT NULL",
  KEY,
  "KEY `p` (`p`)",
  "CONSTRAINT `fk` FOREIGN KEY (`p`) REFERENCES `parent` (`id`)",
];
const PARENT = ["`id` int NOT NULL", KEY];
const MORE = "`more` int DEFAULT NULL";

test.each<[what: string, live: CanonicalSchema, desired: CanonicalSchema, refused: readonly string[]]>([
  [
    "a child",
    schemaOf(table("parent", PARENT), table("child", CHILD)),
    schemaOf(table("parent", PARENT), table("child", [MORE, ...CHILD])),
    ["engine/not-yet child"],
  ],
  [
    "a parent",
    schemaOf(table("parent", PARENT), table("child", CHILD)),
    schemaOf(table("parent", [MORE, ...PARENT]), table("child", CHILD)),
    ["engine/not-yet parent"],
  ],
  [
    "a new child",
    schemaOf(table("parent", PARENT)),
    schemaOf(table("parent", PARENT), table("child", CHILD)),
    ["engine/not-yet child"],
  ],
  [
    "a dropped child",
    schemaOf(table("parent", PARENT), table("child", CHILD)),
    schemaOf(table("parent", PARENT)),
    ["engine/not-yet child"],
  ],
  [
    "a child that lets go",
    schemaOf(table("parent", PARENT), table("child", CHILD)),
    schemaOf(table("parent", PARENT), table("child", CHILD.slice(0, 4))),
    ["engine/not-yet child"],
  ],
  [
    "a table with triggers",
    schemaOf(table("parent", PARENT), [
      "trigger",
      "tr",
      "CREATE DEFINER=`root`@`%` TRIGGER `tr` BEFORE INSERT ON `parent` FOR EACH ROW SET NEW.id = 1",
    ]),
    schemaOf(table("parent", [MORE, ...PARENT]), [
      "trigger",
      "tr",
      "CREATE DEFINER=`scratch`@`localhost` TRIGGER `tr` BEFORE INSERT ON `parent` FOR EACH ROW SET NEW.id = 1",
    ]),
    ["engine/not-yet parent has triggers (tr)"],
  ],
  [
    "a partitioned table",
    schemaOf(`${table("t", PARENT)}\n/*!50100 PARTITION BY KEY (id)\nPARTITIONS 4 */`),
    schemaOf(`${table("t", [MORE, ...PARENT])}\n/*!50100 PARTITION BY KEY (id)\nPARTITIONS 4 */`),
    ["engine/not-yet t is partitioned"],
  ],
  [
    "other partitions",
    schemaOf(`${table("t", PARENT)}\n/*!50100 PARTITION BY KEY (id)\nPARTITIONS 4 */`),
    schemaOf(`${table("t", PARENT)}\n/*!50100 PARTITION BY KEY (id)\nPARTITIONS 5 */`),
    ["schema/not-handled The partitions of t differ"],
  ],
  [
    "another engine",
    schemaOf(table("t", PARENT).replace("InnoDB", "MyISAM")),
    schemaOf(table("t", PARENT)),
    ["engine/not-yet t uses the storage engine MyISAM"],
  ],
  [
    "a view that differs",
    schemaOf(["view", "v", "CREATE VIEW `v` AS select 1 AS `1`"]),
    schemaOf(["view", "v", "CREATE VIEW `v` AS select 2 AS `2`"]),
    ["schema/not-handled The view v differs"],
  ],
  [
    "an event that is new",
    schemaOf(),
    schemaOf(["event", "e", "CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY DO SELECT 1"]),
    ["schema/not-handled The event e differs"],
  ],
  [
    "a table that cannot be read",
    schemaOf(table("t", ["`a` int NOT SECONDARY DEFAULT NULL"])),
    schemaOf(table("t", ["`b` int NOT SECONDARY DEFAULT NULL"])),
    ["schema/not-handled The table t differs, but uses something Sluice cannot read"],
  ],
  [
    "a column without a value for the rows",
    schemaOf(table("t", PARENT)),
    schemaOf(table("t", [...PARENT, "KEY `k` (`n`)"].toSpliced(1, 0, "`n` int NOT NULL"))),
    ["plan/no-value-for-rows t.n is new"],
  ],
])("%s is refused by name", (_what, live, desired, refused) => {
  const found = codes(plan(live, desired));
  expect(found.map((text, at) => text.slice(0, refused[at]?.length))).toEqual(refused);
  expect(describePlan(plan(live, desired)).verdict).toBe("blocked");
});

test("a computed column that becomes a plain one keeps its values, so it needs no default", () => {
  const computed = schemaOf(table("t", [ID, "`g` int GENERATED ALWAYS AS ((`id` + 1)) VIRTUAL", KEY]));
  const planned = plan(computed, schemaOf(table("t", [ID, "`g` int NOT NULL", KEY])));
  expect([planned.refusals, planned.findings]).toEqual([[], []]);
  expect(planned.changes[0]).toMatchObject({
    columns: [{ to: "id" }, { from: "g", to: "g", fromGenerated: true }],
    revert: { class: "loses-new-values", notes: [expect.stringContaining("`g` is computed in the old table")] },
  });
});

test("a trigger is no difference for a semicolon that its client sent along", () => {
  const trigger = (end: string): CanonicalSchema =>
    schemaOf([
      "trigger",
      "tr",
      `CREATE DEFINER=\`a\`@\`%\` TRIGGER \`tr\` BEFORE INSERT ON \`t\` FOR EACH ROW SET @a = 1${end}`,
    ]);
  expect(plan(trigger(";"), trigger("")).notHandled).toEqual([]);
  expect(plan(trigger(";"), trigger("0")).notHandled).toHaveLength(1);
});

test("a view is no difference for having another definer", () => {
  const view = (definer: string): CanonicalSchema =>
    schemaOf([
      "view",
      "v",
      `CREATE ALGORITHM=UNDEFINED DEFINER=\`${definer}\`@\`%\` SQL SECURITY DEFINER VIEW \`v\` AS select 1 AS \`1\``,
    ]);
  expect(plan(view("a"), view("b")).notHandled).toEqual([]);
});

test.each<[what: string, from: readonly string[], to: readonly string[], forecast: string]>([
  ["a new key", [ID, KEY], [ID, KEY, "KEY `k` (`id`)"], "clean"],
  ["a narrower type", [ID, "`a` bigint DEFAULT NULL", KEY], [ID, "`a` int DEFAULT NULL", KEY], "clean"],
  ["a new column", [ID, KEY], [ID, "`a` int DEFAULT NULL", KEY], "loses-new-values"],
  ["a dropped column with a default", [ID, "`a` int DEFAULT NULL", KEY], [ID, KEY], "clean"],
  ["a dropped column without a default", [ID, "`a` int NOT NULL", KEY], [ID, KEY], "conditional"],
  ["a wider type", [ID, "`a` int DEFAULT NULL", KEY], [ID, "`a` bigint DEFAULT NULL", KEY], "conditional"],
  ["NULL allowed", [ID, "`a` int NOT NULL", KEY], [ID, "`a` int DEFAULT NULL", KEY], "conditional"],
  [
    "a larger charset",
    [ID, "`a` char(3) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL", KEY],
    [ID, "`a` char(3) NOT NULL", KEY],
    "conditional",
  ],
  ["a dropped unique key", [ID, KEY, "UNIQUE KEY `u` (`id`)"], [ID, KEY], "clean"],
  [
    "a unique key that is really gone",
    [ID, "`a` int NOT NULL", KEY, "UNIQUE KEY `u` (`a`)"],
    [ID, "`a` int NOT NULL", KEY],
    "conditional",
  ],
  [
    "a column that becomes computed",
    [ID, "`a` int NOT NULL", KEY],
    [ID, "`a` int GENERATED ALWAYS AS (1) STORED NOT NULL", KEY],
    "conditional",
  ],
  [
    "a column that is no longer computed",
    [ID, "`a` int GENERATED ALWAYS AS (1) STORED", KEY],
    [ID, "`a` int DEFAULT NULL", KEY],
    "loses-new-values",
  ],
  [
    "a unique key that tells more apart",
    [ID, "`a` varchar(9) DEFAULT NULL", KEY, "UNIQUE KEY `u` (`a`)"],
    [ID, "`a` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL", KEY, "UNIQUE KEY `u` (`a`)"],
    "conditional",
  ],
  ["a dropped check", [ID, KEY, "CONSTRAINT `c` CHECK ((`id` > 1))"], [ID, KEY], "conditional"],
])("the way back of %s is forecast", (_what, from, to, forecast) => {
  const { revert } = copy(from, to);
  expect(revert.class).toBe(forecast);
  expect(forecast === "clean" || revert.notes.length > 0).toBe(true);
});

test("created and dropped tables come in an order and in the words of the plan", () => {
  const created = plan(schemaOf(table("old", PARENT)), schemaOf(table("new", PARENT)));
  expect(created.changes.map((change) => change.id)).toEqual(["create:new", "drop:old"]);
  const view = describePlan(created);
  expect(view.title).toBe("1 table is created, 1 table is dropped");
  expect(view.sql).toEqual([`${table("new", PARENT)};`, "DROP TABLE `old`;"]);
  expect(view.rows.map((row) => [row.table, row.how])).toEqual([
    ["new", "created at the seal"],
    ["old", "renamed away at the seal, dropped when finalised"],
  ]);
});

test("a plan is plain JSON", () => {
  const made = plan(schemaOf(table("t", [ID, KEY])), schemaOf(table("t", [ID, "`a` int DEFAULT NULL", KEY])));
  expect(JSON.parse(JSON.stringify(made))).toEqual(made);
});

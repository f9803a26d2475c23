/** Random numbers from a seed, so that a failing case can be run again (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }

  chance(p: number): boolean {
    return this.next() < p;
  }

  text(most: number): string {
    return Array.from({ length: this.below(most + 1) }, () => this.pick(LETTERS)).join("");
  }
}

const LETTERS = Array.from("abcXYZ019 'é");

export function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** A key that a table is identified by, made from a number. */
export interface KeyKind {
  readonly columns: readonly string[];
  readonly ddl: readonly string[];
  literals(k: number, random: Random): readonly string[];
}

const KEYS: readonly KeyKind[] = [
  {
    columns: ["id"],
    ddl: ["id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT", "PRIMARY KEY (id)"],
    literals: (k) => [`${k + 1}`],
  },
  {
    columns: ["region", "code"],
    ddl: ["region INT NOT NULL", "code VARCHAR(20) COLLATE utf8mb4_bin NOT NULL", "PRIMARY KEY (region, code)"],
    literals: (k) => [`${(k % 7) - 3}`, `'c${k}'`],
  },
  {
    columns: ["slug"],
    ddl: ["slug VARCHAR(30) NOT NULL", "PRIMARY KEY (slug)"],
    // Case does not matter to this key's collation, so neither may it to us.
    literals: (k, random) => [random.chance(0.5) ? `'slug-é${k}'` : `'SLUG-É${k}'`],
  },
  {
    columns: ["bin"],
    ddl: ["bin BINARY(6) NOT NULL", "PRIMARY KEY (bin)"],
    literals: (k) => [`x'${((k * 2654435761) % 2 ** 32).toString(16).padStart(12, "0")}'`],
  },
  {
    columns: ["at_", "n"],
    ddl: ["at_ DATETIME(3) NOT NULL", "n DECIMAL(8,2) NOT NULL", "KEY plain (n)", "UNIQUE KEY named (at_, n)"],
    literals: (k) => [`'2024-01-01 00:00:${String(k % 60).padStart(2, "0")}.250'`, `${(k - 100) / 4}`],
  },
];

interface ColumnKind {
  readonly type: string;
  value(random: Random): string;
  /** A wider type, when the change may use it. */
  readonly wider?: string;
}

const COLUMNS: readonly ColumnKind[] = [
  { type: "INT", value: (r) => `${r.below(100000) - 50000}`, wider: "BIGINT" },
  { type: "SMALLINT UNSIGNED", value: (r) => `${r.below(65536)}`, wider: "DECIMAL(12,2)" },
  { type: "DECIMAL(12,4)", value: (r) => `${(r.below(10 ** 8) - 5 * 10 ** 7) / 10000}`, wider: "DECIMAL(20,6)" },
  { type: "VARCHAR(30)", value: (r) => quote(r.text(20)), wider: "VARCHAR(300)" },
  { type: "VARCHAR(30) CHARACTER SET latin1", value: (r) => quote(r.text(20)), wider: "VARCHAR(60)" },
  { type: "CHAR(12)", value: (r) => quote(r.text(12)), wider: "VARCHAR(50)" },
  { type: "TEXT", value: (r) => quote(r.text(60)), wider: "LONGTEXT" },
  { type: "JSON", value: (r) => quote(JSON.stringify({ a: r.below(9), b: [r.text(3)] })) },
  { type: "ENUM('a','b','c')", value: (r) => r.pick(["'a'", "'b'", "'c'"]), wider: "ENUM('z','c','b','a')" },
  { type: "SET('x','y')", value: (r) => r.pick(["''", "'x'", "'x,y'"]), wider: "SET('x','y','q')" },
  {
    type: "DATETIME(3)",
    value: (r) => `'2023-0${r.below(9) + 1}-11 10:11:12.${r.below(900) + 100}'`,
    wider: "DATETIME(6)",
  },
  { type: "TIMESTAMP(6)", value: (r) => `'2023-0${r.below(9) + 1}-11 10:11:12.5'` },
  { type: "DATE", value: (r) => `'19${r.below(90) + 10}-02-03'`, wider: "DATETIME" },
  { type: "DOUBLE", value: (r) => `${r.next() * 1e6}` },
  { type: "FLOAT", value: (r) => `${r.next() * 100}`, wider: "DOUBLE" },
  { type: "BIT(5)", value: (r) => `${r.below(32)}` },
  {
    type: "VARBINARY(20)",
    value: (r) =>
      `x'${r
        .below(2 ** 31)
        .toString(16)
        .padStart(8, "0")}'`,
    wider: "BLOB",
  },
  { type: "YEAR", value: (r) => `${1990 + r.below(50)}` },
  { type: "POINT", value: (r) => `POINT(${r.below(90)}, ${r.below(90)})` },
];

/** A random table, a random change of it, and how its rows are written before and after. */
export interface RandomCase {
  readonly key: KeyKind;
  readonly before: readonly string[];
  readonly alter: readonly string[];
  /** Columns that exist on both sides and take values. */
  readonly payload: readonly { readonly name: string; value(random: Random): string }[];
  /** Columns that are the same text on both sides, generated ones left out. */
  readonly shared: readonly string[];
  readonly dropsLegacy: boolean;
}

export function randomCase(random: Random, table: string): RandomCase {
  const key = random.pick(KEYS);
  const kinds = Array.from({ length: 2 + random.below(4) }, (_, i) => ({ name: `c${i}`, kind: random.pick(COLUMNS) }));
  const columns = kinds.map(({ name, kind }) => `${name} ${kind.type} NULL`);
  const hasGenerated = random.chance(0.4);
  const generated = hasGenerated ? [`g INT AS (born * 2) ${random.pick(["STORED", "VIRTUAL"])}`] : [];
  const dropsLegacy = random.chance(0.5);
  const uniqueU = random.chance(0.7);
  const before = [
    `CREATE TABLE ${table} (${[
      ...key.ddl.slice(0, key.columns.length),
      "u INT NULL",
      "tag VARCHAR(40) NOT NULL",
      "born INT NOT NULL",
      "legacy INT NOT NULL DEFAULT 7",
      ...columns,
      ...generated,
      ...key.ddl.slice(key.columns.length),
      ...(uniqueU ? ["UNIQUE KEY u (u)"] : ["KEY u (u)"]),
      "KEY tag (tag)",
    ].join(", ")}) DEFAULT CHARSET=utf8mb4`,
  ];
  const clauses = [
    ...(dropsLegacy ? ["DROP COLUMN legacy"] : []),
    ...random.pick([
      ["ADD COLUMN added INT NOT NULL DEFAULT 3", "ADD KEY added (added)"],
      ["ADD COLUMN added VARCHAR(20) NOT NULL DEFAULT 'x' FIRST"],
      ["ADD COLUMN added DATETIME NULL AFTER tag", "DROP KEY tag"],
      ["ADD COLUMN added2 INT AS (born + 1) STORED", "ADD KEY (added2, tag)"],
      ["MODIFY tag VARCHAR(120) NOT NULL", "ADD KEY two (tag, born)"],
    ]),
  ];
  const changed = new Set<string>();
  for (const { name, kind } of kinds) {
    if (kind.wider === undefined || !random.chance(0.5)) continue;
    clauses.push(`MODIFY ${name} ${kind.wider} NULL`);
    changed.add(name);
  }
  return {
    key,
    before,
    alter: [`ALTER TABLE ${table} ${clauses.join(", ")}`],
    payload: kinds.map(({ name, kind }) => ({ name, value: (r) => (r.chance(0.15) ? "NULL" : kind.value(r)) })),
    shared: [
      ...key.columns,
      "u",
      "tag",
      "born",
      ...kinds.filter(({ name }) => !changed.has(name)).map(({ name }) => name),
    ],
    dropsLegacy,
  };
}

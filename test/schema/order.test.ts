import fc from "fast-check";
import { expect, test } from "vitest";
import { diffSchemas, orderChanges, orderStatements, type CanonicalSchema } from "#schema";
import { schemaOf, table } from "./support/canonical.ts";

const NAMES = ["a", "b", "c", "d", "e"];

interface Shape {
  readonly name: string;
  readonly id: "int" | "bigint";
  readonly parents: readonly string[];
}

/** Tables with foreign keys among each other, circles and self references included; a key's type follows its parent's. */
const shapes = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom(...NAMES),
      id: fc.constantFrom("int" as const, "int" as const, "bigint" as const),
      parents: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 3 }),
    }),
    { selector: ({ name }) => name },
  )
  .map((drawn): readonly Shape[] =>
    drawn.map((one) => ({
      ...one,
      parents: one.parents.filter((parent) => drawn.some(({ name }) => name === parent)),
    })),
  );

function schema(all: readonly Shape[]): CanonicalSchema {
  const idOf = (name: string): string => all.find((one) => one.name === name)?.id ?? "int";
  return schemaOf(
    ...all.map(({ name, id, parents }) =>
      table(name, [
        `\`id\` ${id} NOT NULL`,
        ...parents.map((parent) => `\`to_${parent}\` ${idOf(parent)} DEFAULT NULL`),
        "PRIMARY KEY (`id`)",
        ...parents.map((parent) => `KEY \`${name}_${parent}\` (\`to_${parent}\`)`),
        ...parents.map(
          (parent) =>
            `CONSTRAINT \`${name}_${parent}\` FOREIGN KEY (\`to_${parent}\`) REFERENCES \`${parent}\` (\`id\`)`,
        ),
      ]),
    ),
  );
}

/** Runs statements as a server with foreign-key checks on would, as far as tables, references and key types go. */
class Server {
  readonly tables = new Set<string>();
  readonly keys = new Map<string, { readonly child: string; readonly parent: string }>();

  run(sql: string): void {
    const [, verb, name = ""] = /^(CREATE|ALTER|DROP) TABLE `(\w+)`/.exec(sql) ?? [];
    if (verb === "CREATE") this.tables.add(name);
    if (!this.tables.has(name)) throw new Error(`No table ${name}: ${sql}`);
    for (const [, key = ""] of sql.matchAll(/DROP FOREIGN KEY `(\w+)`/g)) {
      if (!this.keys.delete(key)) throw new Error(`No key ${key}: ${sql}`);
    }
    const touching = [...this.keys.values()].filter(({ child, parent }) => child === name || parent === name);
    if (/(?:MODIFY|DROP) COLUMN `id`/.test(sql) && touching.some(({ parent }) => parent === name))
      throw new Error(`Referenced: ${sql}`);
    if (verb === "DROP" && touching.some(({ child }) => child !== name)) throw new Error(`Referenced: ${sql}`);
    for (const [, key = "", parent = ""] of sql.matchAll(
      /CONSTRAINT `(\w+)` FOREIGN KEY \(`\w+`\) REFERENCES `(\w+)`/g,
    )) {
      if (!this.tables.has(parent) || this.keys.has(key))
        throw new Error(`No parent ${parent}, or ${key} twice: ${sql}`);
      this.keys.set(key, { child: name, parent });
    }
    if (verb !== "DROP") return;
    this.tables.delete(name);
    for (const [key, { child }] of this.keys) if (child === name) this.keys.delete(key);
  }
}

test("between any two schemas every single statement is valid with foreign keys checked", () => {
  fc.assert(
    fc.property(shapes, shapes, (before, after) => {
      const [from, to] = [schema(before), schema(after)];
      const server = new Server();
      for (const { sql } of orderStatements(diffSchemas(schemaOf(), from))) server.run(sql);
      for (const { sql } of orderStatements(diffSchemas(from, to))) server.run(sql);
      expect([...server.tables].toSorted()).toEqual(after.map(({ name }) => name).toSorted());
      expect([...server.keys.keys()].toSorted()).toEqual(
        after.flatMap(({ name, parents }) => parents.map((parent) => `${name}_${parent}`)).toSorted(),
      );
    }),
    { numRuns: 600 },
  );
});

test("every change is due once, created tables before what refers to them, dropped ones after", () => {
  const from = schema([
    { name: "c", id: "int", parents: ["d"] },
    { name: "d", id: "int", parents: [] },
  ]);
  const to = schema([
    { name: "a", id: "int", parents: ["b"] },
    { name: "b", id: "int", parents: [] },
    { name: "c", id: "int", parents: ["b"] },
  ]);
  expect(orderChanges(diffSchemas(from, to)).map((change) => `${change.kind} ${change.name}`)).toEqual([
    "create-table b",
    "create-table a",
    "alter-table c",
    "drop-table d",
  ]);
});

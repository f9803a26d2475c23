import { readdirSync, readFileSync } from "node:fs";
import type { CanonicalObject, CanonicalSchema } from "#schema";

const GOLDEN = new URL("../../golden/", import.meta.url);

/** Statements of a file that holds canonical texts, each ended by `;` at a line's end. */
export function readStatements(path: string): readonly string[] {
  return readFileSync(new URL(path, GOLDEN), "utf8")
    .split(/;\n(?:\n|$)/)
    .filter((statement) => statement.trim() !== "");
}

/** Folders of `test/golden` with `from.sql`, `to.sql` and `expected.sql`. */
export function goldenCases(): readonly string[] {
  return readdirSync(GOLDEN, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "canonical")
    .map((entry) => entry.name);
}

/** A schema of canonical texts: `CREATE TABLE`, or `[kind, name, text]` for everything else. */
export function schemaOf(
  ...texts: readonly (string | readonly [kind: CanonicalObject["kind"], name: string, sql: string])[]
): CanonicalSchema {
  return {
    flavour: "mysql",
    version: "9.7.4",
    charset: "utf8mb4",
    collation: "utf8mb4_0900_ai_ci",
    objects: texts.map((text): CanonicalObject => {
      if (typeof text !== "string") return { kind: text[0], name: text[1], sql: text[2] };
      return {
        kind: "table",
        name: /^CREATE TABLE `((?:[^`]|``)+)`/.exec(text)?.[1]?.replaceAll("``", "`") ?? "?",
        sql: text,
      };
    }),
  };
}

/** Canonical text of a table from its lines. */
export function table(name: string, lines: readonly string[], options = ""): string {
  return `CREATE TABLE \`${name}\` (\n  ${lines.join(",\n  ")}\n) ENGINE=InnoDB${options} DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci`;
}

import type { Check, ForeignKey, Key, KeyKind, KeyPart } from "../model.ts";
import type { Cursor } from "./cursor.ts";
import { versioned } from "./parse-column.ts";

const HEADS: readonly (readonly [head: string, kind: KeyKind])[] = [
  ["PRIMARY KEY ", "primary"],
  ["UNIQUE KEY ", "unique"],
  ["FULLTEXT KEY ", "fulltext"],
  ["SPATIAL KEY ", "spatial"],
  ["KEY ", "plain"],
];

/** One key line, or undefined when the line is something else. */
export function parseKey(cursor: Cursor): Key | undefined {
  const kind = HEADS.find(([head]) => cursor.take(head))?.[1];
  if (kind === undefined) return undefined;
  let name = "PRIMARY";
  if (kind !== "primary") {
    name = cursor.name();
    cursor.expect(" ");
  }
  const parts = parseParts(cursor);
  const using = cursor.take(" USING ") ? cursor.require(/[A-Z]+/y, "an index type") : undefined;
  const blockSize = cursor.take(" KEY_BLOCK_SIZE=") ? cursor.require(/\d+/y, "a size") : undefined;
  const comment = cursor.take(" COMMENT ") ? cursor.string() : undefined;
  const invisible = cursor.take(" /*!80000 INVISIBLE */");
  const parser = versioned(cursor, "50100", "WITH PARSER ", (inner) => inner.name());
  // The server leaves a blank behind this one comment.
  if (parser !== undefined) cursor.expect(" ");
  const engineAttribute = versioned(cursor, "80021", "ENGINE_ATTRIBUTE ", (inner) => inner.string());
  const secondaryEngineAttribute = versioned(cursor, "80021", "SECONDARY_ENGINE_ATTRIBUTE ", (inner) => inner.string());
  return {
    kind,
    name,
    parts,
    ...(using === undefined ? {} : { using }),
    ...(blockSize === undefined ? {} : { blockSize }),
    ...(comment === undefined ? {} : { comment }),
    ...(parser === undefined ? {} : { parser }),
    invisible,
    ...(engineAttribute === undefined ? {} : { engineAttribute }),
    ...(secondaryEngineAttribute === undefined ? {} : { secondaryEngineAttribute }),
  };
}

function parseParts(cursor: Cursor): readonly KeyPart[] {
  cursor.expect("(");
  const parts: KeyPart[] = [];
  do {
    if (cursor.startsWith("(")) {
      const expression = cursor.parenthesised();
      parts.push({ kind: "expression", expression, descending: cursor.take(" DESC") });
    } else {
      const column = cursor.name();
      const prefix = cursor.match(/\(\d+\)/y);
      const descending = cursor.take(" DESC");
      parts.push({
        kind: "column",
        column,
        ...(prefix === undefined ? {} : { prefix: Number(prefix.slice(1, -1)) }),
        descending,
      });
    }
  } while (cursor.take(","));
  cursor.expect(")");
  return parts;
}

/** One `CONSTRAINT` line: a foreign key or a check. */
export function parseConstraint(cursor: Cursor): { foreignKey: ForeignKey } | { check: Check } {
  cursor.expect("CONSTRAINT ");
  const name = cursor.name();
  if (cursor.take(" CHECK ")) {
    const expression = cursor.parenthesised();
    return { check: { name, expression, enforced: !cursor.take(" /*!80016 NOT ENFORCED */") } };
  }
  cursor.expect(" FOREIGN KEY ");
  const columns = nameList(cursor);
  cursor.expect(" REFERENCES ");
  const first = cursor.name();
  const second = cursor.take(".") ? cursor.name() : undefined;
  cursor.expect(" ");
  const parentColumns = nameList(cursor);
  const action = /CASCADE|SET NULL|RESTRICT|SET DEFAULT|NO ACTION/y;
  const onDelete = cursor.take(" ON DELETE ") ? cursor.require(action, "an action") : undefined;
  const onUpdate = cursor.take(" ON UPDATE ") ? cursor.require(action, "an action") : undefined;
  return {
    foreignKey: {
      name,
      columns,
      ...(second === undefined ? {} : { database: first }),
      table: second ?? first,
      parentColumns,
      ...(onDelete === undefined ? {} : { onDelete }),
      ...(onUpdate === undefined ? {} : { onUpdate }),
    },
  };
}

function nameList(cursor: Cursor): readonly string[] {
  const names: string[] = [];
  cursor.expect("(");
  do names.push(cursor.name());
  while (cursor.take(", "));
  cursor.expect(")");
  return names;
}

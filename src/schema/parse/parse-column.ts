import type { Column, ColumnDefault, ColumnType } from "../model.ts";
import type { Cursor } from "./cursor.ts";

const TYPES = new Set([
  "bit", "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double",
  "date", "datetime", "timestamp", "time", "year",
  "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set",
  "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "json", "vector",
  "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geomcollection",
]); // prettier-ignore

/** One column line, from its name up to, not including, the comma or line end. */
export function parseColumn(cursor: Cursor): Column {
  const name = cursor.name();
  cursor.expect(" ");
  const type = parseType(cursor);
  const charset = cursor.take(" CHARACTER SET ") ? word(cursor) : undefined;
  const collation = cursor.take(" COLLATE ") ? word(cursor) : undefined;
  const generated = parseGenerated(cursor);
  const nullability = cursor.take(" NOT NULL") ? "not-null" : cursor.take(" NULL") ? "null" : "unstated";
  const srid = versioned(cursor, "80003", "SRID ", (inner) => Number(inner.require(/\d+/y, "an SRID")));
  const storage = versioned(
    cursor,
    "50606",
    "STORAGE ",
    (inner) => inner.require(/DISK|MEMORY/y, "a storage") as "DISK" | "MEMORY",
  );
  const format = versioned(
    cursor,
    "50606",
    "COLUMN_FORMAT ",
    (inner) => inner.require(/FIXED|DYNAMIC/y, "a format") as "FIXED" | "DYNAMIC",
  );
  const defaultValue = parseDefault(cursor);
  const onUpdate = cursor.take(" ON UPDATE ")
    ? cursor.require(/CURRENT_TIMESTAMP(\(\d\))?/y, "CURRENT_TIMESTAMP")
    : undefined;
  const autoIncrement = cursor.take(" AUTO_INCREMENT");
  const invisible = cursor.take(" /*!80023 INVISIBLE */");
  const engineAttribute = versioned(cursor, "80021", "ENGINE_ATTRIBUTE ", (inner) => inner.string());
  const secondaryEngineAttribute = versioned(cursor, "80021", "SECONDARY_ENGINE_ATTRIBUTE ", (inner) => inner.string());
  const comment = cursor.take(" COMMENT ") ? cursor.string() : undefined;
  return {
    name,
    type,
    ...(charset === undefined ? {} : { charset }),
    ...(collation === undefined ? {} : { collation }),
    ...(generated === undefined ? {} : { generated }),
    nullability,
    ...(srid === undefined ? {} : { srid }),
    ...(storage === undefined ? {} : { storage }),
    ...(format === undefined ? {} : { format }),
    ...(defaultValue === undefined ? {} : { default: defaultValue }),
    ...(onUpdate === undefined ? {} : { onUpdate }),
    autoIncrement,
    invisible,
    ...(engineAttribute === undefined ? {} : { engineAttribute }),
    ...(secondaryEngineAttribute === undefined ? {} : { secondaryEngineAttribute }),
    ...(comment === undefined ? {} : { comment }),
  };
}

function parseType(cursor: Cursor): ColumnType {
  const name = cursor.require(/[a-z]+/y, "a type");
  if (!TYPES.has(name)) throw cursor.unexpected("a known type");
  const args: string[] = [];
  if (cursor.take("(")) {
    do args.push(cursor.startsWith("'") ? cursor.string() : cursor.require(/\d+/y, "a number"));
    while (cursor.take(","));
    cursor.expect(")");
  }
  const unsigned = cursor.take(" unsigned");
  const zerofill = cursor.take(" zerofill");
  return { name, ...(args.length === 0 ? {} : { args }), unsigned, zerofill };
}

function parseGenerated(cursor: Cursor): Column["generated"] {
  if (!cursor.take(" GENERATED ALWAYS AS ")) return undefined;
  const expression = cursor.parenthesised();
  cursor.expect(" ");
  return { expression, kind: cursor.require(/VIRTUAL|STORED/y, "VIRTUAL or STORED") as "VIRTUAL" | "STORED" };
}

function parseDefault(cursor: Cursor): ColumnDefault | undefined {
  if (!cursor.take(" DEFAULT ")) return undefined;
  if (cursor.take("NULL")) return { kind: "null" };
  if (cursor.startsWith("(")) return { kind: "expression", text: cursor.parenthesised() };
  if (cursor.startsWith("'")) return { kind: "literal", text: cursor.string() };
  return {
    kind: "literal",
    text: cursor.require(/b'[01]*'|0x[0-9A-F]+|CURRENT_TIMESTAMP(\(\d\))?/y, "a default value"),
  };
}

/** A version comment that starts with `head`, when it is next. */
export function versioned<T>(
  cursor: Cursor,
  version: string,
  head: string,
  read: (cursor: Cursor) => T,
): T | undefined {
  if (!cursor.take(` /*!${version} ${head}`)) return undefined;
  const value = read(cursor);
  cursor.expect(" */");
  return value;
}

function word(cursor: Cursor): string {
  return cursor.require(/[A-Za-z0-9_]+/y, "a word");
}

import type { SourcePlace } from "#kernel";

/** Server families; their canonical texts differ. */
export type Flavour = "mysql" | "mariadb";

export type ObjectKind = "table" | "view" | "trigger" | "procedure" | "function" | "event" | "sequence";

/** One file of a schema folder as read from git or disk; `path` is relative to the folder. */
export interface AuthoredFile {
  readonly path: string;
  readonly text: string;
}

/** One statement of an authored file, as the splitter hands it to a scratch server. */
export interface AuthoredStatement {
  readonly kind: ObjectKind | "alter-table" | "create-index";
  /** The object's name, unquoted. */
  readonly name: string;
  readonly sql: string;
  readonly place: SourcePlace;
  /** `-- sluice: …` lines that stand before or inside the statement, without the prefix. */
  readonly annotations: readonly string[];
  /** From `-- sluice: renamed from old` on a column's line or the line before it. */
  readonly renames?: readonly { readonly column: string; readonly from: string }[];
}

/** An object as the server prints it with SHOW CREATE (session quoting: backticks, sql_mode ''). */
export interface CanonicalObject {
  readonly kind: ObjectKind;
  readonly name: string;
  /** SHOW CREATE text, byte for byte. */
  readonly sql: string;
  /** Where it was authored; absent for live objects. */
  readonly place?: SourcePlace;
}

/** All objects of one database on one server. */
export interface CanonicalSchema {
  readonly flavour: Flavour;
  /** Server version as it prints it, such as `9.7.4` or `10.11.6-MariaDB`. */
  readonly version: string;
  /** Defaults of the database. */
  readonly charset: string;
  readonly collation: string;
  readonly objects: readonly CanonicalObject[];
}

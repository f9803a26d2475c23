/**
 * A table as the server prints it, typed. Texts that are SQL on their own (types' arguments, expressions, literals) are
 * kept as the server wrote them, quotes included, so that printing gives the same bytes back.
 */
export interface Table {
  /** Unquoted, as all names in this model. */
  readonly name: string;
  readonly columns: readonly Column[];
  readonly keys: readonly Key[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly Check[];
  /** In the server's order. */
  readonly options: readonly TableOption[];
  /** The PARTITION BY clause with its version comment, as text. */
  readonly partition?: string;
}

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Only when printed; otherwise the table's default holds. */
  readonly charset?: string;
  readonly collation?: string;
  readonly generated?: Generated;
  readonly nullability: "not-null" | "null" | "unstated";
  readonly srid?: number;
  readonly storage?: "DISK" | "MEMORY";
  readonly format?: "FIXED" | "DYNAMIC";
  readonly default?: ColumnDefault;
  /** `CURRENT_TIMESTAMP` or `CURRENT_TIMESTAMP(3)`. */
  readonly onUpdate?: string;
  readonly autoIncrement: boolean;
  readonly invisible: boolean;
  readonly engineAttribute?: string;
  readonly secondaryEngineAttribute?: string;
  /** Quoted text. */
  readonly comment?: string;
}

export interface ColumnType {
  /** Lower case, such as `varchar`, `bigint`, `enum`. */
  readonly name: string;
  /** As printed between the parentheses: numbers, or quoted enum members. */
  readonly args?: readonly string[];
  readonly unsigned: boolean;
  readonly zerofill: boolean;
}

export interface Generated {
  /** With its outer parentheses. */
  readonly expression: string;
  readonly kind: "VIRTUAL" | "STORED";
}

export type ColumnDefault =
  | { readonly kind: "null" }
  /** `'abc'`, `b'101'`, `0x00FF`, `CURRENT_TIMESTAMP(3)`. */
  | { readonly kind: "literal"; readonly text: string }
  /** With its outer parentheses. */
  | { readonly kind: "expression"; readonly text: string };

export type KeyKind = "primary" | "unique" | "plain" | "fulltext" | "spatial";

export interface Key {
  readonly kind: KeyKind;
  /** `PRIMARY` for the primary key. */
  readonly name: string;
  readonly parts: readonly KeyPart[];
  readonly using?: string;
  readonly blockSize?: string;
  /** Quoted text. */
  readonly comment?: string;
  readonly parser?: string;
  readonly invisible: boolean;
  readonly engineAttribute?: string;
  readonly secondaryEngineAttribute?: string;
}

export type KeyPart =
  | { readonly kind: "column"; readonly column: string; readonly prefix?: number; readonly descending: boolean }
  /** With its outer parentheses. */
  | { readonly kind: "expression"; readonly expression: string; readonly descending: boolean };

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  /** Only when the parent is in another database. */
  readonly database?: string;
  readonly table: string;
  readonly parentColumns: readonly string[];
  /** `CASCADE`, `SET NULL`, `RESTRICT`, `SET DEFAULT`; absent is NO ACTION. */
  readonly onDelete?: string;
  readonly onUpdate?: string;
}

export interface Check {
  readonly name: string;
  /** With its outer parentheses. */
  readonly expression: string;
  readonly enforced: boolean;
}

export interface TableOption {
  /** `ENGINE`, `AUTO_INCREMENT`, `DEFAULT CHARSET`, `COLLATE`, … */
  readonly name: string;
  /** As printed, quotes included. */
  readonly value: string;
  /** The number of the version comment around it, as in `80016`. */
  readonly version?: string;
}

/** The value of a table option, as printed. */
export function optionOf(table: Table, name: string): string | undefined {
  return table.options.find((option) => option.name === name)?.value;
}

/** MySQL compares names of columns, keys and constraints without case. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

export function columnOf(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => sameName(column.name, name));
}

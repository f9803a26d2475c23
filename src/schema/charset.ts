import { optionOf, type Column, type Table } from "./model.ts";

/** Charsets whose default collation is not `<charset>_general_ci`. @see https://dev.mysql.com/doc/refman/8.4/en/charset-charsets.html */
const DEFAULTS: Readonly<Record<string, string>> = {
  utf8mb4: "utf8mb4_0900_ai_ci",
  binary: "binary",
  latin1: "latin1_swedish_ci",
  swe7: "swe7_swedish_ci",
  dec8: "dec8_swedish_ci",
  hp8: "hp8_english_ci",
  big5: "big5_chinese_ci",
  gb2312: "gb2312_chinese_ci",
  gbk: "gbk_chinese_ci",
  gb18030: "gb18030_chinese_ci",
  ujis: "ujis_japanese_ci",
  sjis: "sjis_japanese_ci",
  cp932: "cp932_japanese_ci",
  eucjpms: "eucjpms_japanese_ci",
  tis620: "tis620_thai_ci",
  euckr: "euckr_korean_ci",
  latin5: "latin5_turkish_ci",
};

const BYTES_PER_CHARACTER: Readonly<Record<string, number>> = {
  utf8mb4: 4, utf8mb3: 3, utf8: 3, utf16: 4, utf16le: 4, utf32: 4, ucs2: 2, ujis: 3, eucjpms: 3, gb18030: 4,
  big5: 2, gbk: 2, gb2312: 2, sjis: 2, cp932: 2, euckr: 2,
}; // prettier-ignore

export interface Charset {
  readonly charset: string;
  readonly collation: string;
}

/** The collation MySQL 8 takes when only the charset is named. */
export function defaultCollation(charset: string): string {
  return DEFAULTS[charset] ?? `${charset}_general_ci`;
}

export function bytesPerCharacter(charset: string): number {
  return BYTES_PER_CHARACTER[charset] ?? 1;
}

/** The table's default charset; absent in text only for tables of other engines. */
export function tableCharset(table: Table): Charset {
  const charset = optionOf(table, "DEFAULT CHARSET") ?? "utf8mb4";
  return { charset, collation: optionOf(table, "COLLATE") ?? defaultCollation(charset) };
}

const TEXT_TYPES = new Set(["char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"]);

function isText(column: Column): boolean {
  return TEXT_TYPES.has(column.type.name);
}

/** What the column's text is really stored in; undefined for types without text. */
export function charsetOf(table: Table, column: Column): Charset | undefined {
  if (!isText(column)) return undefined;
  if (column.charset === undefined && column.collation === undefined) return tableCharset(table);
  const charset = column.charset ?? column.collation?.split("_")[0] ?? "utf8mb4";
  return { charset, collation: column.collation ?? defaultCollation(charset) };
}

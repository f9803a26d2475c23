import { bytesPerCharacter, type Charset } from "../charset.ts";
import type { Column, ColumnType } from "../model.ts";
import type { Danger } from "./clause.ts";

/** How values fare when a column takes another definition, in one direction. */
export interface Conversion {
  readonly danger: Danger;
  readonly notes: readonly ConversionNote[];
}

export interface ConversionNote {
  readonly concern: "type" | "null" | "charset" | "srid" | "computed";
  /** In words: `varchar(20) is shorter than varchar(200)`. */
  readonly text: string;
}

const INTEGERS: Readonly<Record<string, number>> = { tinyint: 1, smallint: 2, mediumint: 3, int: 4, bigint: 8 };
const TEXT_BYTES: Readonly<Record<string, number>> = {
  tinytext: 255, text: 65_535, mediumtext: 16_777_215, longtext: 4_294_967_295,
  tinyblob: 255, blob: 65_535, mediumblob: 16_777_215, longblob: 4_294_967_295,
}; // prettier-ignore

/** What can happen to values on the way from one definition to the other: the table's strict mode cuts nothing silently. */
export function conversionOf(from: Column, to: Column, fromCharset?: Charset, toCharset?: Charset): Conversion {
  const notes: ConversionNote[] = [];
  if (to.generated !== undefined) {
    if (from.generated !== undefined) return { danger: "none", notes };
    return {
      danger: "loses-values",
      notes: [{ concern: "computed", text: "computed values take the place of its own" }],
    };
  }
  const type = typeNote(from.type, to.type, fromCharset, toCharset);
  if (type !== undefined) notes.push({ concern: "type", text: type });
  if (to.nullability === "not-null" && from.nullability !== "not-null") {
    notes.push({ concern: "null", text: "NULL is no longer allowed" });
  }
  const charset = charsetNote(fromCharset, toCharset);
  if (charset !== undefined) notes.push({ concern: "charset", text: charset });
  if (to.srid !== undefined && to.srid !== from.srid)
    notes.push({ concern: "srid", text: `only SRID ${to.srid} is allowed` });
  return { danger: notes.length === 0 ? "none" : "may-not-fit", notes };
}

function typeNote(from: ColumnType, to: ColumnType, fromCharset?: Charset, toCharset?: Charset): string | undefined {
  const fromInteger = INTEGERS[from.name];
  const toInteger = INTEGERS[to.name];
  if (fromInteger !== undefined && toInteger !== undefined) return integerNote(from, to, fromInteger, toInteger);
  if (from.name === to.name && (from.name === "enum" || from.name === "set")) return membersNote(from, to);
  const fromLength = lengthOf(from, fromCharset);
  const toLength = lengthOf(to, toCharset);
  if (fromLength !== undefined && toLength !== undefined && fromLength.family === toLength.family) {
    const shorter =
      toLength.characters < fromLength.characters ||
      toLength.bytes <
        Math.min(fromLength.bytes, fromLength.characters * bytesPerCharacter(toCharset?.charset ?? "binary"));
    return shorter ? `${show(to)} is shorter than ${show(from)}` : undefined;
  }
  if (from.name !== to.name) return `values are converted from ${show(from)} to ${show(to)}`;
  return sameNameNote(from, to);
}

function integerNote(from: ColumnType, to: ColumnType, fromBytes: number, toBytes: number): string | undefined {
  if (from.unsigned && !to.unsigned && toBytes <= fromBytes)
    return `${show(to)} holds smaller numbers than ${show(from)}`;
  if (!from.unsigned && to.unsigned) return "negative numbers are no longer allowed";
  return toBytes < fromBytes ? `${show(to)} holds smaller numbers than ${show(from)}` : undefined;
}

function membersNote(from: ColumnType, to: ColumnType): string | undefined {
  const kept = new Set(to.args);
  const gone = (from.args ?? []).filter((member) => !kept.has(member));
  return gone.length === 0 ? undefined : `${gone.join(", ")} ${gone.length === 1 ? "is" : "are"} no longer allowed`;
}

function sameNameNote(from: ColumnType, to: ColumnType): string | undefined {
  const [fromFirst = NaN, fromSecond = 0] = (from.args ?? []).map(Number);
  const [toFirst = NaN, toSecond = 0] = (to.args ?? []).map(Number);
  if (to.unsigned && !from.unsigned) return "negative numbers are no longer allowed";
  switch (from.name) {
    case "decimal":
      if (toFirst - toSecond < fromFirst - fromSecond) return `${show(to)} holds smaller numbers than ${show(from)}`;
      return toSecond < fromSecond ? `values are rounded to ${toSecond} decimals` : undefined;
    case "float":
    case "double":
      return show(from) === show(to) || to.args === undefined ? undefined : `values are rounded to ${show(to)}`;
    case "time":
    case "datetime":
    case "timestamp":
      return (Number.isNaN(toFirst) ? 0 : toFirst) < (Number.isNaN(fromFirst) ? 0 : fromFirst)
        ? "fractions of a second are rounded"
        : undefined;
    case "bit":
    case "vector":
      return toFirst < fromFirst ? `${show(to)} is shorter than ${show(from)}` : undefined;
    default:
      return undefined;
  }
}

interface Length {
  readonly family: "text" | "bytes";
  readonly characters: number;
  readonly bytes: number;
}

function lengthOf(type: ColumnType, charset?: Charset): Length | undefined {
  const perCharacter = bytesPerCharacter(charset?.charset ?? "binary");
  const args = Number(type.args?.[0] ?? 1);
  const fixed = TEXT_BYTES[type.name];
  switch (type.name) {
    case "char":
    case "varchar":
      return { family: "text", characters: args, bytes: args * perCharacter };
    case "binary":
    case "varbinary":
      return { family: "bytes", characters: args, bytes: args };
    default:
      if (fixed === undefined) return undefined;
      return {
        family: type.name.endsWith("text") ? "text" : "bytes",
        characters: type.name.endsWith("text") ? Math.floor(fixed / perCharacter) : fixed,
        bytes: fixed,
      };
  }
}

function charsetNote(from: Charset | undefined, to: Charset | undefined): string | undefined {
  if (from === undefined || to === undefined || from.charset === to.charset) return undefined;
  if (from.charset === "ascii" || to.charset === "utf8mb4" || to.charset.startsWith("utf16") || to.charset === "utf32")
    return undefined;
  if (to.charset.startsWith("utf8") && !from.charset.startsWith("utf")) return undefined;
  return `characters that ${to.charset} does not know are refused (was ${from.charset})`;
}

function show(type: ColumnType): string {
  return `${type.name}${type.args === undefined ? "" : `(${type.args.join(",")})`}${type.unsigned ? " unsigned" : ""}`;
}

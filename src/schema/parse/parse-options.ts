import type { TableOption } from "../model.ts";
import type { Cursor } from "./cursor.ts";

const WORD_OR_STRING = /'(?:[^'\\]|''|\\[\s\S])*'|`(?:[^`]|``)+`|\([^()]*\)|[A-Za-z0-9_]+/y;

/** Options as the server writes them: `NAME=value`; a version comment around one is kept. */
const NAMES = [
  "ENGINE", "AUTO_INCREMENT", "DEFAULT CHARSET", "COLLATE", "MIN_ROWS", "MAX_ROWS", "AVG_ROW_LENGTH", "PACK_KEYS",
  "STATS_PERSISTENT", "STATS_AUTO_RECALC", "STATS_SAMPLE_PAGES", "CHECKSUM", "DELAY_KEY_WRITE", "ROW_FORMAT",
  "START TRANSACTION", "KEY_BLOCK_SIZE", "COMPRESSION", "ENCRYPTION", "SECONDARY_ENGINE", "COMMENT", "CONNECTION",
  "INSERT_METHOD", "UNION", "AUTOEXTEND_SIZE", "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE",
]; // prettier-ignore

/** Everything behind the closing parenthesis up to the partition clause. */
export function parseOptions(cursor: Cursor): readonly TableOption[] {
  const options: TableOption[] = [];
  while (!cursor.atEnd && !cursor.startsWith("\n")) {
    cursor.expect(" ");
    options.push(parseOption(cursor));
  }
  return options;
}

function parseOption(cursor: Cursor): TableOption {
  const version = cursor.match(/\/\*!\d{5} /y)?.slice(3, 8);
  const option = cursor.startsWith("TABLESPACE ") ? parseTablespace(cursor) : parseAssignment(cursor);
  if (version === undefined) return option;
  cursor.expect(" */");
  return { ...option, version };
}

function parseAssignment(cursor: Cursor): TableOption {
  const name = NAMES.find((candidate) => cursor.take(`${candidate}=`));
  if (name === undefined) throw cursor.unexpected("a known table option");
  return { name, value: cursor.require(WORD_OR_STRING, `a value of ${name}`) };
}

function parseTablespace(cursor: Cursor): TableOption {
  cursor.expect("TABLESPACE ");
  const value = cursor.require(/`(?:[^`]|``)+`( STORAGE (DISK|MEMORY))?/y, "a tablespace");
  return { name: "TABLESPACE", value };
}

import { optionOf, type Table, type TableOption } from "../model.ts";
import { printOption } from "../print/print-table.ts";
import type { ClauseOf } from "./clause.ts";

/** What to write when an option shall be as if it had never been set. */
const RESETS: Readonly<Record<string, string>> = {
  COMMENT: "COMMENT=''",
  ROW_FORMAT: "ROW_FORMAT=DEFAULT",
  KEY_BLOCK_SIZE: "KEY_BLOCK_SIZE=0",
  STATS_PERSISTENT: "STATS_PERSISTENT=DEFAULT",
  STATS_AUTO_RECALC: "STATS_AUTO_RECALC=DEFAULT",
  STATS_SAMPLE_PAGES: "STATS_SAMPLE_PAGES=DEFAULT",
  MIN_ROWS: "MIN_ROWS=0",
  MAX_ROWS: "MAX_ROWS=0",
  AVG_ROW_LENGTH: "AVG_ROW_LENGTH=0",
  PACK_KEYS: "PACK_KEYS=DEFAULT",
  CHECKSUM: "CHECKSUM=0",
  DELAY_KEY_WRITE: "DELAY_KEY_WRITE=0",
  COMPRESSION: "COMPRESSION=''",
  CONNECTION: "CONNECTION=''",
  ENCRYPTION: "ENCRYPTION='N'",
  AUTOEXTEND_SIZE: "AUTOEXTEND_SIZE=0",
  SECONDARY_ENGINE: "SECONDARY_ENGINE=NULL",
};

/** Never compared: where the counter stands is data, and the charset pair is one clause of its own. */
const APART = new Set(["AUTO_INCREMENT", "DEFAULT CHARSET", "COLLATE"]);

export function diffOptions(from: Table, to: Table): readonly ClauseOf<"set-option">[] {
  const names = new Set([...from.options, ...to.options].map((option) => option.name));
  const clauses: ClauseOf<"set-option">[] = [];
  for (const name of names) {
    if (APART.has(name)) continue;
    const before = from.options.find((option) => option.name === name);
    const after = to.options.find((option) => option.name === name);
    if (before?.value !== after?.value) clauses.push(setOption(name, before, after));
  }
  const charset = diffCharset(from, to);
  return charset === undefined ? clauses : [...clauses, charset];
}

function setOption(name: string, from: TableOption | undefined, to: TableOption | undefined): ClauseOf<"set-option"> {
  const sql = (option: TableOption | undefined): string =>
    option === undefined ? (RESETS[name] ?? `${name}=DEFAULT`) : printOption(option);
  return {
    kind: "set-option",
    option: name,
    ...(from === undefined ? {} : { from: from.value }),
    ...(to === undefined ? {} : { to: to.value }),
    sql: sql(to),
    inverse: sql(from),
    danger: "none",
    summary: `set table option ${sql(to)}`,
  };
}

function diffCharset(from: Table, to: Table): ClauseOf<"set-option"> | undefined {
  const before = printCharset(from);
  const after = printCharset(to);
  if (before === after) return undefined;
  return {
    kind: "set-option",
    option: "DEFAULT CHARSET",
    from: before,
    to: after,
    sql: after,
    inverse: before,
    danger: "none",
    summary: `set the table's default to ${after.replace("DEFAULT ", "")}`,
  };
}

function printCharset(table: Table): string {
  const collation = optionOf(table, "COLLATE");
  return `DEFAULT CHARSET=${optionOf(table, "DEFAULT CHARSET") ?? "utf8mb4"}${collation === undefined ? "" : ` COLLATE=${collation}`}`;
}

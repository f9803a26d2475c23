import sqlParser from "node-sql-parser/build/mysql.js";
import type { CanonicalObject } from "../canonical.ts";
import { Lexer } from "../split/lexer.ts";
import { nameOf } from "../split/tokens.ts";
import { triggerTable } from "./trigger-table.ts";

/** What the text of a view or program names. Good for a warning, never for a decision: the reading is lossy. */
export interface Mentions {
  /** `parsed`: tables and columns as the body resolves them. `searched`: any name in it may be a table or a column. */
  readonly how: "parsed" | "searched";
  readonly mentionsTable: (table: string) => boolean;
  readonly mentionsColumn: (table: string, column: string) => boolean;
}

/** Which tables and columns an object's body mentions, in the words of its SHOW CREATE text. */
export function mentionsOf(object: CanonicalObject): Mentions {
  return parsedMentions(object) ?? searchedMentions(object);
}

function parsedMentions(object: CanonicalObject): Mentions | undefined {
  const body = bodyOf(object);
  if (body === undefined) return undefined;
  let found: { readonly tableList: readonly string[]; readonly columnList: readonly string[] };
  try {
    found = new sqlParser.Parser().parse(body, { database: "MySQL" });
  } catch {
    // It reads about half of real bodies; the rest is searched for names.
    return undefined;
  }
  const own = triggerTable(object);
  const resolve = (table: string): string =>
    (own !== undefined && /^(new|old)$/i.test(table) ? own : table).toLowerCase();
  const tables = new Set(found.tableList.map((entry) => resolve(entry.split("::")[2] ?? "")));
  if (own !== undefined) tables.add(own.toLowerCase());
  const columns = new Set(
    found.columnList.map((entry) => {
      const [, table = "null", column = ""] = entry.split("::");
      return `${table === "null" ? "" : resolve(table)}.${column.toLowerCase()}`;
    }),
  );
  return {
    how: "parsed",
    mentionsTable: (table) => tables.has(table.toLowerCase()),
    mentionsColumn: (table, column) => {
      const isThere = (name: string): boolean =>
        columns.has(`${table.toLowerCase()}.${name}`) || (columns.has(`.${name}`) && tables.has(table.toLowerCase()));
      return isThere(column.toLowerCase()) || isThere("(.*)");
    },
  };
}

/** The statement inside a view or a one-statement trigger or program. */
function bodyOf(object: CanonicalObject): string | undefined {
  if (object.kind === "view")
    return /\bVIEW\s+`(?:[^`]|``)+`\s+(?:\([^)]*\)\s+)?AS\s+([\s\S]+)$/i.exec(object.sql)?.[1];
  if (object.kind === "trigger")
    return /\bFOR\s+EACH\s+ROW\s+(?:(?:FOLLOWS|PRECEDES)\s+\S+\s+)?([\s\S]+)$/i.exec(object.sql)?.[1];
  return undefined;
}

function searchedMentions(object: CanonicalObject): Mentions {
  const names = new Set<string>();
  const lexer = new Lexer(object.sql);
  for (;;) {
    if (lexer.skipBlank() !== undefined) break;
    const token = lexer.next();
    if (token === undefined || "message" in token) break;
    const name = nameOf(token);
    if (name !== undefined) names.add(name.toLowerCase());
  }
  return {
    how: "searched",
    mentionsTable: (table) => names.has(table.toLowerCase()),
    mentionsColumn: (table, column) => names.has(table.toLowerCase()) && names.has(column.toLowerCase()),
  };
}

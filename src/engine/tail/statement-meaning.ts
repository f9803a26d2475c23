import type { TableRef } from "../sql/names.ts";

/** What a statement in the binlog means for the tables we tail. */
export type StatementMeaning = "harmless" | "ours" | "ddl" | "logged-as-statement";

const TOUCHES_TABLES =
  /^(?:alter\s+table|create\s+(?:temporary\s+)?table|drop\s+(?:temporary\s+)?tables?|rename\s+tables?|truncate|create\s+(?:unique\s+|fulltext\s+|spatial\s+)?index|drop\s+index|create\s+(?:definer\s*=\s*\S+\s+)?trigger|optimize|repair|drop\s+(?:database|schema)|import\s+table|lock\s)/i;
const WRITES_ROWS = /^(?:insert|update|delete|replace|load|with|call|handler)\b/i;

interface Mention {
  readonly database: string;
  readonly table: string;
}

/**
 * Reads a logged statement just far enough. Rather stops for a name that only looks like a watched table than misses
 * one: row events do not show what DDL or a statement-logging session does (gh-ost #991).
 *
 * @param schema the session's default database
 * @param ownPrefix databases of this deployment on this shard start so
 */
export function statementMeaning(
  sql: string,
  schema: string,
  watched: readonly TableRef[],
  ownPrefix: string,
): StatementMeaning {
  const text = withoutComments(sql).trimStart();
  const touches = TOUCHES_TABLES.test(text);
  if (!touches && !WRITES_ROWS.test(text)) return "harmless";
  if (/^drop\s+(?:database|schema)/i.test(text)) {
    return words(text).some((word) => watched.some((one) => same(one.database, word.name))) ? "ddl" : "harmless";
  }
  const mentions = mentionsIn(text, schema);
  if (mentions.some((mention) => mention.database.startsWith(ownPrefix))) return "ours";
  const hit = mentions.some((mention) =>
    watched.some((one) => same(one.database, mention.database) && same(one.table, mention.table)),
  );
  if (!hit) return "harmless";
  return touches ? "ddl" : "logged-as-statement";
}

/** Names compare without case: some servers store them so, and stopping once too often is the safe side. */
function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function mentionsIn(text: string, schema: string): Mention[] {
  const found: Mention[] = [];
  const all = words(text);
  for (let i = 0; i < all.length; i += 1) {
    const word = all[i];
    if (word === undefined) continue;
    const next = all[i + 1];
    if (word.dotAfter && next !== undefined) found.push({ database: word.name, table: next.name });
    else if (!(all[i - 1]?.dotAfter ?? false)) found.push({ database: schema, table: word.name });
  }
  return found;
}

interface Word {
  readonly name: string;
  readonly dotAfter: boolean;
}

function words(text: string): Word[] {
  const pattern = /`((?:[^`]|``)*)`|'(?:[^'\\]|\\.|'')*'|"((?:[^"\\]|\\.|"")*)"|([\p{L}\p{N}_$]+)/gsu;
  const found: Word[] = [];
  for (const match of text.matchAll(pattern)) {
    // Double quotes may be names (ANSI_QUOTES) or strings: taken as names, to be on the safe side.
    const name = match[1]?.replaceAll("``", "`") ?? match[2]?.replaceAll('""', '"') ?? match[3];
    if (name === undefined) continue;
    const after = text.slice(match.index + match[0].length);
    found.push({ name, dotAfter: /^\s*\./.test(after.slice(0, 20)) });
  }
  return found;
}

/** Comments out, but the inside of executable ones stays. */
function withoutComments(sql: string): string {
  return sql
    .replaceAll(/\/\*(?!!)[\s\S]*?\*\//g, " ")
    .replaceAll(/\/\*!\d*([\s\S]*?)\*\//g, " $1 ")
    .replaceAll(/(?:^|\s)--\s[^\n]*/g, " ");
}

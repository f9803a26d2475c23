import type { Reason } from "#kernel";

export interface ClauseList {
  /** What stands behind `ALTER TABLE name`, without a closing semicolon. */
  readonly sql: string;
  /** New column name in lower case to old one: values follow a renamed column. */
  readonly renames: ReadonlyMap<string, string>;
}

/** The first words a clause may have: what changes the table's shape and nothing else. */
const ALLOWED = [
  "ADD", "DROP", "MODIFY", "CHANGE", "ALTER", "RENAME", "CONVERT", "DEFAULT", "CHARACTER", "CHARSET", "COLLATE", "COMMENT",
  "ROW_FORMAT", "KEY_BLOCK_SIZE", "COMPRESSION", "STATS_PERSISTENT", "STATS_AUTO_RECALC", "STATS_SAMPLE_PAGES",
]; // prettier-ignore

/**
 * Reads the text behind `--alter`: one list of clauses, no comment, no second statement. The server judges the rest; this
 * only keeps out what would not be a change of this table's shape.
 */
export function readClauseList(
  text: string,
): { readonly at: "clauses"; readonly list: ClauseList } | { readonly at: "refused"; readonly reason: Reason } {
  const tokens = tokensOf(text);
  if (typeof tokens === "string") return refuse("alter/not-clauses", tokens);
  const last = tokens.at(-1);
  const body = last?.text === ";" ? tokens.slice(0, -1) : tokens;
  if (body.length === 0) return refuse("alter/not-clauses", "There is no clause");
  if (body.some((token) => token.text === ";")) return refuse("alter/not-clauses", "There is more than one statement");
  const clauses = splitAtCommas(body);
  if (clauses === undefined) return refuse("alter/not-clauses", "The parentheses do not match");
  for (const clause of clauses) {
    const why = whyNot(clause);
    if (why !== undefined) return refuse("alter/clause-refused", why);
  }
  const again = addedAgain(clauses);
  if (again !== undefined) {
    return refuse("alter/clause-refused", `Column ${again} is taken away and added again (make it two runs)`);
  }
  const end = last?.text === ";" ? last.at : text.length;
  const renames = new Map(clauses.flatMap((clause) => renameOf(clause)));
  return { at: "clauses", list: { sql: text.slice(0, end).trim(), renames } };
}

function refuse(code: Reason["code"], message: string): { readonly at: "refused"; readonly reason: Reason } {
  const hint =
    'Give what stands behind ALTER TABLE name, such as --alter "ADD COLUMN note varchar(200), ADD KEY (note)".';
  return { at: "refused", reason: { code, message: `${message} in --alter`, hint } };
}

interface Token {
  readonly text: string;
  readonly kind: "word" | "name" | "string" | "mark";
  readonly at: number;
}

/** Words, quoted names, strings and single marks; or why the text cannot be read. */
function tokensOf(text: string): readonly Token[] | string {
  const tokens: Token[] = [];
  const pattern =
    /\s+|(--(?:\s|$)|#|\/\*)|(`(?:[^`]|``)*`)|("(?:[^"\\]|\\.|"")*"|'(?:[^'\\]|\\.|'')*')|([\p{L}\p{N}_$]+)|([^\s])/suy;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) return "Something cannot be read";
    const [, comment, name, string, word, mark] = match;
    if (comment !== undefined) return "There is a comment";
    if (mark !== undefined && /[`'"]/.test(mark)) return "A quote is not closed";
    const token = name ?? string ?? word ?? mark;
    if (token !== undefined) tokens.push({ text: token, kind: kindOf(match), at });
  }
  // eslint-disable-next-line no-control-regex
  return /[\u0000\u202A-\u202E\u2066-\u2069]/.test(text) ? "There is a control character" : tokens;
}

function kindOf([, , name, string, word]: RegExpExecArray): Token["kind"] {
  if (name !== undefined) return "name";
  if (string !== undefined) return "string";
  return word === undefined ? "mark" : "word";
}

function splitAtCommas(tokens: readonly Token[]): readonly (readonly Token[])[] | undefined {
  let depth = 0;
  const clauses: Token[][] = [[]];
  for (const token of tokens) {
    if (token.text === "(") depth += 1;
    if (token.text === ")") depth -= 1;
    if (depth < 0) return undefined;
    if (token.text === "," && depth === 0) clauses.push([]);
    else clauses.at(-1)?.push(token);
  }
  return depth === 0 ? clauses : undefined;
}

function whyNot(clause: readonly Token[]): string | undefined {
  const word = (at: number): string => (clause[at]?.kind === "word" ? clause[at].text.toUpperCase() : "");
  if (clause.length === 0) return "A clause is empty";
  if (word(0) === "ENGINE")
    return /^innodb$/i.test(clause.at(-1)?.text ?? "") ? undefined : "Another storage engine is not supported";
  if (!ALLOWED.includes(word(0))) return `${word(0) || "That"} is no change of a table's shape`;
  if (word(0) === "RENAME" && !["COLUMN", "INDEX", "KEY"].includes(word(1)))
    return "Renaming the table is not supported";
  if (clause.some((_, at) => /^(DATA|INDEX)$/.test(word(at)) && word(at + 1) === "DIRECTORY"))
    return "DIRECTORY chooses a place on the server's disk";
  return undefined;
}

/**
 * A column that is dropped, or renamed, and added in one statement begins with its default. Rows are copied by the names
 * of columns, so the new one would get the old one's values instead.
 */
function addedAgain(clauses: readonly (readonly Token[])[]): string | undefined {
  const gone = new Set(
    [...clauses.flatMap(droppedBy), ...clauses.flatMap(renameOf).map(([, from]) => from)].map(lower),
  );
  return clauses.flatMap(addedBy).find((name) => gone.has(lower(name)));
}

function lower(text: string): string {
  return text.toLowerCase();
}

/** What may stand behind ADD or DROP that is no column; all of these are reserved words. */
const NO_COLUMN = [
  "INDEX", "KEY", "UNIQUE", "PRIMARY", "FOREIGN", "FULLTEXT", "SPATIAL", "CONSTRAINT", "CHECK", "PARTITION",
]; // prettier-ignore

function droppedBy(clause: readonly Token[]): readonly string[] {
  return isWord(clause[0], "DROP") ? columnAt(clause.slice(isWord(clause[1], "COLUMN") ? 2 : 1)) : [];
}

function addedBy(clause: readonly Token[]): readonly string[] {
  if (!isWord(clause[0], "ADD")) return [];
  const rest = clause.slice(isWord(clause[1], "COLUMN") ? 2 : 1);
  return rest[0]?.text === "(" ? (splitAtCommas(rest.slice(1, -1)) ?? []).flatMap(columnAt) : columnAt(rest);
}

function columnAt([first]: readonly Token[]): readonly string[] {
  return first === undefined || NO_COLUMN.some((word) => isWord(first, word)) ? [] : [nameOf(first)];
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.text.toUpperCase() === word;
}

function renameOf(clause: readonly Token[]): readonly (readonly [string, string])[] {
  const word = (at: number): string => (clause[at]?.kind === "word" ? clause[at].text.toUpperCase() : "");
  const name = (at: number): string => nameOf(clause[at]);
  const first = word(1) === "COLUMN" ? 2 : 1;
  if (word(0) === "CHANGE") return pair(name(first), name(first + 1));
  if (word(0) === "RENAME" && word(1) === "COLUMN" && word(3) === "TO") return pair(name(2), name(4));
  return [];
}

function pair(from: string, to: string): readonly (readonly [string, string])[] {
  return from.toLowerCase() === to.toLowerCase() ? [] : [[to.toLowerCase(), from]];
}

function nameOf(token: Token | undefined): string {
  if (token === undefined) return "";
  return token.kind === "name" ? token.text.slice(1, -1).replaceAll("``", "`") : token.text;
}

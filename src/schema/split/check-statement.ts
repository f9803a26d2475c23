import type { HeadProblem, StatementHead } from "./statement-kind.ts";
import { keyword, type Token } from "./tokens.ts";

export interface StatementProblem extends HeadProblem {
  readonly offset: number;
}

/** Looks for what a known statement must not hold; the scratch server runs it, so everything here is taken as hostile. */
export function checkStatement(head: StatementHead, tokens: readonly Token[]): StatementProblem | undefined {
  const isTable = head.kind === "table" || head.kind === "alter-table" || head.kind === "create-index";
  const second = tokens.find((token) => keyword(token) === ";");
  if (second !== undefined && (isTable || head.kind === "view"))
    return refuse(second, "a second statement begins here");
  const problem = isTable ? checkTable(head, tokens) : checkProgram(tokens);
  return problem ?? checkFileAccess(tokens);
}

function checkTable(head: StatementHead, tokens: readonly Token[]): StatementProblem | undefined {
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    const word = keyword(token);
    if (word === "(") depth += 1;
    if (word === ")") depth -= 1;
    if (index < head.rest || word === undefined) continue;
    const before = keyword(tokens[index - 1]);
    // A column may carry the name of an option: it stands behind a parenthesis or comma of the list.
    const isColumn = depth > 0 && (before === "(" || before === ",");
    const problem = checkTableWord(head, tokens, index, isColumn || (depth > 0 && !hasValue(tokens[index + 1])));
    if (problem !== undefined) return problem;
  }
  return checkShape(head, tokens);
}

/** Whether what follows an option's name can be its value; behind a column's name within parentheses it cannot. */
function hasValue(next: Token | undefined): boolean {
  return next !== undefined && (next.kind !== "symbol" || next.text === "=");
}

function checkTableWord(
  head: StatementHead,
  tokens: readonly Token[],
  index: number,
  isColumn: boolean,
): StatementProblem | undefined {
  const token = tokens[index];
  const word = keyword(token);
  const next = keyword(tokens[index + 1]);
  switch (word ?? "") {
    case "SELECT":
      return refuse(token, "SELECT copies from another table", "Write the columns out.");
    case "LIKE":
      return isCopySource(head, tokens, index)
        ? refuse(token, "LIKE copies from another table", "Write the columns out.")
        : undefined;
    case "DATA":
    case "INDEX":
      return next === "DIRECTORY" ? refuse(token, `${word} DIRECTORY chooses a place on the server's disk`) : undefined;
    case "ENGINE": {
      const engine = tokens[next === "=" ? index + 2 : index + 1]?.text.replace(/^['"`]|['"`]$/g, "") ?? "?";
      if (isColumn || engine.toLowerCase() === "innodb") return undefined;
      return refuse(token, `the storage engine ${engine} is not supported, only InnoDB is`);
    }
    case "TABLESPACE":
      if (isColumn || /^`?innodb_file_per_table`?$/i.test(tokens[next === "=" ? index + 2 : index + 1]?.text ?? ""))
        return undefined;
      return refuse(token, "TABLESPACE chooses a place on the server's disk");
    case "AUTOEXTEND_SIZE": {
      const size = tokens[next === "=" ? index + 2 : index + 1]?.text ?? "";
      return isColumn || isSmall(size)
        ? undefined
        : refuse(token, `AUTOEXTEND_SIZE ${size} takes that much disk for every empty table`, "Use at most 64M.");
    }
    case "UNION":
      return refuse(token, "UNION reaches for other tables");
    case "CONNECTION":
      return next === "=" && !isColumn ? refuse(token, "CONNECTION reaches for another server") : undefined;
    case "REFERENCES":
      return keyword(tokens[index + 2]) === "."
        ? refuse(token, "the foreign key names a database", "Leave the database's name out.")
        : undefined;
    default:
      return undefined;
  }
}

const LARGEST_EXTENT = 64 * 1024 ** 2;

function isSmall(size: string): boolean {
  const [, digits, unit = ""] = /^(\d+)([KMG]?)$/i.exec(size) ?? [];
  const factor = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[unit.toUpperCase()];
  return digits !== undefined && factor !== undefined && Number(digits) * factor <= LARGEST_EXTENT;
}

/** CREATE TABLE t (…) options, and nothing behind it; ALTER TABLE only completes. */
function checkShape(head: StatementHead, tokens: readonly Token[]): StatementProblem | undefined {
  if (head.kind === "table") {
    if (keyword(tokens[head.rest]) !== "(")
      return refuse(tokens[head.rest] ?? tokens[0], "the table has no list of columns");
    const behind = topLevel(tokens, head.rest).filter((token) =>
      /^(AS|TABLE|VALUES|WITH|IGNORE|REPLACE|START)$/.test(keyword(token) ?? ""),
    );
    const [first] = behind;
    if (first !== undefined)
      return refuse(
        first,
        `${first.text.toUpperCase()} is not allowed behind the columns`,
        "A schema declares shapes, not rows.",
      );
    const inner = keyword(tokens[head.rest + 1]);
    if (inner === "(" || inner === "TABLE" || inner === "VALUES" || inner === "WITH")
      return refuse(tokens[head.rest + 1], "the table has no list of columns");
  }
  if (head.kind === "alter-table") {
    for (const clause of clauses(tokens, head.rest)) {
      if (!/^(ADD|MODIFY|AUTO_INCREMENT)$/.test(keyword(clause[0]) ?? "")) {
        return refuse(
          clause[0] ?? tokens[0],
          "ALTER TABLE may only complete a table here (ADD, MODIFY, AUTO_INCREMENT)",
          "Change the CREATE TABLE statement instead.",
        );
      }
    }
  }
  return undefined;
}

/** LIKE names a source table right behind the new table's name; within expressions it is an operator. */
function isCopySource(head: StatementHead, tokens: readonly Token[], index: number): boolean {
  if (head.kind !== "table") return false;
  return index === head.rest || (index === head.rest + 1 && keyword(tokens[head.rest]) === "(");
}

/** Tokens outside all parentheses, from `start` on. */
function topLevel(tokens: readonly Token[], start: number): readonly Token[] {
  let depth = 0;
  return tokens.slice(start).filter((token) => {
    const word = keyword(token);
    if (word === "(") depth += 1;
    if (word === ")") depth -= 1;
    return depth === 0 && word !== ")";
  });
}

function clauses(tokens: readonly Token[], start: number): readonly (readonly Token[])[] {
  const found: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens.slice(start)) {
    const word = keyword(token);
    if (word === "(") depth += 1;
    if (word === ")") depth -= 1;
    if (depth === 0 && word === ",") found.push([]);
    else found.at(-1)?.push(token);
  }
  return found;
}

/** Functions that write FROM between their arguments. */
const FROM_FUNCTIONS = new Set(["EXTRACT", "TRIM", "SUBSTRING", "SUBSTR", "MID"]);

function checkProgram(tokens: readonly Token[]): StatementProblem | undefined {
  const callers: (string | undefined)[] = [];
  for (const [index, token] of tokens.entries()) {
    const word = keyword(token);
    if (word === "(") callers.push(keyword(tokens[index - 1]));
    if (word === ")") callers.pop();
    if (word === "SONAME" || word === "AGGREGATE")
      return refuse(token, "a function from a shared library is not allowed");
    if (word === "LANGUAGE" && keyword(tokens[index + 1]) !== "SQL")
      return refuse(token, "only programs written in SQL are allowed");
    if (word === "PREPARE") return refuse(token, "statements put together from text cannot be checked");
    const first = tokens[index + 1];
    if (!namesTable(word, keyword(tokens[index - 1])) || keyword(tokens[index + 2]) !== "." || first === undefined)
      continue;
    if (first.kind === "symbol" || /^(NEW|OLD)$/i.test(first.text) || FROM_FUNCTIONS.has(callers.at(-1) ?? ""))
      continue;
    return refuse(
      first,
      `${first.text} names a database`,
      "Leave the database's name out: one folder serves many databases.",
    );
  }
  return undefined;
}

/** Whether a table's or program's name follows; not the UPDATE of ON DUPLICATE KEY UPDATE, which columns follow. */
function namesTable(word: string | undefined, before: string | undefined): boolean {
  if (word === "UPDATE") return before !== "KEY";
  return word === "FROM" || word === "JOIN" || word === "INTO" || word === "CALL" || word === "TABLE";
}

function checkFileAccess(tokens: readonly Token[]): StatementProblem | undefined {
  for (const [index, token] of tokens.entries()) {
    const word = keyword(token);
    const isLoad = word === "LOAD" && /^(DATA|XML)$/.test(keyword(tokens[index + 1]) ?? "");
    if (word === "OUTFILE" || word === "DUMPFILE" || word === "LOAD_FILE" || isLoad) {
      return refuse(token, `${word ?? ""} reaches for files of the server`);
    }
  }
  return undefined;
}

function refuse(token: Token | undefined, message: string, hint?: string): StatementProblem {
  return { offset: token?.offset ?? 0, message, ...(hint === undefined ? {} : { hint }) };
}

import { Lexer } from "./lexer.ts";
import { keyword, type Annotation, type LexProblem, type Token } from "./tokens.ts";

/** The stretch of a file between two delimiters. */
export interface RawStatement {
  readonly tokens: readonly Token[];
  /** From the first token to the last, as written. */
  readonly sql: string;
  readonly offset: number;
  readonly annotations: readonly Annotation[];
}

/** Cuts a file into statements; ends at the first problem. */
export function cutStatements(text: string): {
  readonly statements: readonly RawStatement[];
  readonly problem?: LexProblem;
} {
  const lexer = new Lexer(text);
  const statements: RawStatement[] = [];
  let delimiter = ";";
  let tokens: Token[] = [];
  let depth = 0;
  let beginsInVersionComment = false;
  const close = (): void => {
    const first = tokens[0];
    const last = tokens.at(-1);
    if (first !== undefined && last !== undefined) {
      const annotations = lexer.annotations.splice(0);
      const sql = statementText(text, first.offset, last.end, beginsInVersionComment);
      statements.push({ tokens, sql, offset: first.offset, annotations });
    }
    tokens = [];
    depth = 0;
  };
  for (;;) {
    const blank = lexer.skipBlank();
    if (blank !== undefined) return { statements, problem: blank };
    if (tokens.length === 0 && lexer.atLineStart) {
      const command = /^delimiter[ \t]+(\S+)[^\n]*/i.exec(text.slice(lexer.offset, lexer.offset + 200));
      if (command?.[1] !== undefined) {
        delimiter = command[1];
        lexer.skipTo(lexer.offset + command[0].length);
        continue;
      }
    }
    if (text.startsWith(delimiter, lexer.offset) && depth === 0) {
      if (lexer.inVersionComment)
        return { statements, problem: { offset: lexer.offset, message: "a statement ends inside a version comment" } };
      lexer.skipTo(lexer.offset + delimiter.length);
      close();
      continue;
    }
    if (tokens.length === 0) beginsInVersionComment = lexer.inVersionComment;
    const token = lexer.next();
    if (token === undefined) break;
    if ("message" in token) return { statements, problem: token };
    // Without DELIMITER a body between BEGIN and END still is one statement, as people write it in files of one object.
    if (delimiter === ";" && isProgram(tokens)) depth += nesting(token, tokens.at(-1));
    tokens.push(token);
  }
  close();
  return { statements };
}

/** The text of a statement; a version comment that was opened before its last token is closed again. */
function statementText(text: string, start: number, end: number, inVersionComment: boolean): string {
  const opening = inVersionComment ? /\/\*!\d{5}\s+$/.exec(text.slice(Math.max(0, start - 40), start)) : null;
  const from = opening === null ? start : start - opening[0].length;
  const sql = text.slice(from, end);
  const closing = /^\s*\*\//.exec(text.slice(end));
  return closing !== null && sql.lastIndexOf("/*!") > sql.lastIndexOf("*/") ? sql + closing[0] : sql;
}

function isProgram(tokens: readonly Token[]): boolean {
  if (keyword(tokens[0]) !== "CREATE") return false;
  return tokens.slice(0, 40).some((token) => /^(TRIGGER|PROCEDURE|FUNCTION|EVENT)$/.test(keyword(token) ?? ""));
}

function nesting(token: Token, previous: Token | undefined): number {
  const word = keyword(token);
  // A column: `NEW.end`.
  if (keyword(previous) === ".") return 0;
  if (word === "END") return -1;
  // `END IF` and its kin close what is not counted here; `END CASE` closes what is.
  const closes = keyword(previous) === "END";
  if (closes && (word === "IF" || word === "LOOP" || word === "WHILE" || word === "REPEAT")) return 1;
  return word === "BEGIN" || (word === "CASE" && !closes) ? 1 : 0;
}

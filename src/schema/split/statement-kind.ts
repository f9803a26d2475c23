import type { AuthoredStatement } from "../canonical.ts";
import { keyword, nameOf, type Token } from "./tokens.ts";

export interface StatementHead {
  readonly kind: AuthoredStatement["kind"];
  readonly name: string;
  /** The first token behind the name. */
  readonly rest: number;
}

export interface HeadProblem {
  readonly message: string;
  readonly hint?: string;
}

const ONLY_KNOWN: HeadProblem = {
  message:
    "only CREATE TABLE, VIEW, TRIGGER, PROCEDURE, FUNCTION and EVENT, ALTER TABLE and CREATE INDEX may stand here",
  hint: "A schema folder declares how the schema shall be; Sluice finds the way there.",
};

/** What a statement declares. Everything that is not known is refused. */
export function readHead(tokens: readonly Token[]): StatementHead | HeadProblem {
  const words = new TokenReader(tokens);
  if (words.take("ALTER")) return words.take("TABLE") ? named(words, "alter-table") : ONLY_KNOWN;
  if (!words.take("CREATE")) return ONLY_KNOWN;
  if (words.take("OR")) {
    if (!words.take("REPLACE")) return ONLY_KNOWN;
  }
  if (words.take("ALGORITHM")) {
    words.take("=");
    words.skip();
  }
  skipDefiner(words);
  if (words.take("SQL")) {
    if (!words.take("SECURITY")) return ONLY_KNOWN;
    words.skip();
  }
  for (const modifier of ["UNIQUE", "FULLTEXT", "SPATIAL"]) words.take(modifier);
  if (words.take("INDEX")) return indexHead(words);
  const kinds = {
    TABLE: "table",
    VIEW: "view",
    TRIGGER: "trigger",
    PROCEDURE: "procedure",
    FUNCTION: "function",
    EVENT: "event",
  } as const;
  for (const [word, kind] of Object.entries(kinds)) {
    if (words.take(word)) return named(words, kind);
  }
  return ONLY_KNOWN;
}

function skipDefiner(words: TokenReader): void {
  if (!words.take("DEFINER")) return;
  words.take("=");
  // `name`@`host`, name@host, name@'host', 'name'@'host' or CURRENT_USER(); an unquoted name takes its @ along
  const isCut = words.peek()?.kind === "word" && words.peek()?.text.endsWith("@") === true;
  words.skip();
  if (isCut) return words.skip();
  if (words.take("(")) words.take(")");
  if (words.take("@") || words.peek()?.text.startsWith("@") === true) words.skip();
}

function named(words: TokenReader, kind: AuthoredStatement["kind"]): StatementHead | HeadProblem {
  if (words.take("IF")) {
    words.take("NOT");
    words.take("EXISTS");
  }
  const name = nameOf(words.peek());
  if (name === undefined) return { message: "a name is expected" };
  words.skip();
  if (words.take(".")) {
    return {
      message: `${name} names a database`,
      hint: "Leave the database's name out: one folder serves many databases.",
    };
  }
  return { kind, name, rest: words.at };
}

function indexHead(words: TokenReader): StatementHead | HeadProblem {
  words.skip();
  while (words.peek() !== undefined && !words.take("ON")) words.skip();
  return named(words, "create-index");
}

class TokenReader {
  readonly #tokens: readonly Token[];
  at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(): Token | undefined {
    return this.#tokens[this.at];
  }

  skip(): void {
    this.at += 1;
  }

  take(word: string): boolean {
    if (keyword(this.peek()) !== word) return false;
    this.at += 1;
    return true;
  }
}

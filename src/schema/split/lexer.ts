import type { Annotation, LexProblem, Token } from "./tokens.ts";

/** Version comments that every supported server (8.0.13 and newer) executes. */
const ALWAYS_EXECUTED = 80_013;
/** What newer version comments of SHOW CREATE TABLE hold; a server too old for them skips exactly this. */
const NEWER_CONTENT =
  /^\s*(?:(?:IN)?VISIBLE|NOT ENFORCED|(?:SECONDARY_)?ENGINE_ATTRIBUTE\s*=?\s*'(?:[^'\\]|''|\\.)*'|AUTOEXTEND_SIZE\s*=\s*\d+[KMG]?|ENCRYPTION\s*=\s*'[YN]')\s*$/i;

/**
 * Reads authored SQL as a server with `sql_mode=''` does: backslash escapes on, double quotes are strings, `--` needs a
 * blank behind it, `#` comments, no nested comments. Only ASCII blanks are blanks: the server takes a no-break space for
 * a letter, and something could hide behind the difference.
 */
export class Lexer {
  readonly text: string;
  readonly annotations: Annotation[] = [];
  #at = 0;
  #inVersionComment = false;

  constructor(text: string) {
    this.text = text;
  }

  get offset(): number {
    return this.#at;
  }

  get inVersionComment(): boolean {
    return this.#inVersionComment;
  }

  /** Moves to a place the caller knows to be outside quotes and comments. */
  skipTo(offset: number): void {
    this.#at = offset;
  }

  /** Whether only blanks stand between the line's start and here. */
  get atLineStart(): boolean {
    const lineStart = this.text.lastIndexOf("\n", this.#at - 1) + 1;
    return this.text.slice(lineStart, this.#at).trim() === "";
  }

  /** Skips blanks and comments. */
  skipBlank(): LexProblem | undefined {
    for (;;) {
      this.#match(/[ \t\n\r\f]+/y);
      const start = this.#at;
      if (this.#inVersionComment && this.text.startsWith("*/", start)) {
        this.#inVersionComment = false;
        this.#at += 2;
      } else if (this.#match(/(?:#|--(?=[ \t\n\r\f]|$))[^\n]*/y) !== undefined) this.#annotate(start);
      else if (this.text.startsWith("/*", start)) {
        const problem = this.#comment();
        if (problem !== undefined) return problem;
      } else break;
    }
    if (this.#inVersionComment && this.#at >= this.text.length)
      return { offset: this.#at, message: "a comment is not closed" };
    return undefined;
  }

  /** The next token; call `skipBlank` first. Undefined at the end. */
  next(): Token | LexProblem | undefined {
    const offset = this.#at;
    if (offset >= this.text.length) return undefined;
    const take = (kind: Token["kind"], pattern: RegExp): Token | undefined => {
      const text = this.#match(pattern);
      return text === undefined ? undefined : { kind, text, offset, end: this.#at };
    };
    const quote = this.text[offset];
    if (quote === "'" || quote === '"') {
      const pattern = quote === "'" ? /'(?:[^'\\]|''|\\[\s\S])*'/y : /"(?:[^"\\]|""|\\[\s\S])*"/y;
      return take("string", pattern) ?? { offset, message: "a quoted string is not closed" };
    }
    if (quote === "`") return take("name", /`(?:[^`]|``)+`/y) ?? { offset, message: "a quoted name is not closed" };
    return (
      take("number", /(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)(?![\w$])/y) ??
      take("word", /[\w$@\u0080-\uFFFF]+/y) ??
      take("symbol", /[\s\S]/y)
    );
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return undefined;
    this.#at += found.length;
    return found;
  }

  #annotate(start: number): void {
    const text = /^(?:--|#)\s+sluice:\s*(.*?)\s*$/i.exec(this.text.slice(start, this.#at))?.[1];
    if (text !== undefined) this.annotations.push({ offset: start, text });
  }

  #comment(): LexProblem | undefined {
    const offset = this.#at;
    if (this.#inVersionComment) return { offset, message: "a comment stands inside a version comment" };
    const end = this.text.indexOf("*/", offset + 2);
    if (end === -1) return { offset, message: "a comment is not closed" };
    const isExecutable = /^\/\*(?:!|M!)/.test(this.text.slice(offset, offset + 4));
    if (!isExecutable) {
      this.#at = end + 2;
      return undefined;
    }
    const head = /^\/\*!(\d{5})[ \t\n\r]/.exec(this.text.slice(offset, offset + 9));
    if (head === null)
      return { offset, message: "an executable comment has no plain version number such as `/*!50100 `" };
    const content = this.text.slice(offset + 9, end);
    if (Number(head[1]) > ALWAYS_EXECUTED && !NEWER_CONTENT.test(content)) {
      return { offset, message: "an executable comment holds something that some servers would skip" };
    }
    this.#inVersionComment = true;
    this.#at = offset + 8;
    return undefined;
  }
}

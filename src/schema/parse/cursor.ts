import { CodedError } from "#kernel";

/**
 * Reads canonical text from left to right. What is not expected raises `schema/unreadable`, which `parseTable` turns
 * into an opaque object; nothing is ever skipped.
 */
export class Cursor {
  readonly text: string;
  #at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.text.length;
  }

  startsWith(expected: string): boolean {
    return this.text.startsWith(expected, this.#at);
  }

  /** Consumes `expected` when it is next. */
  take(expected: string): boolean {
    if (!this.startsWith(expected)) return false;
    this.#at += expected.length;
    return true;
  }

  expect(expected: string): void {
    if (!this.take(expected)) throw this.unexpected(JSON.stringify(expected));
  }

  /** Consumes what a pattern with the flag `y` matches here. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined || found === "") return undefined;
    this.#at += found.length;
    return found;
  }

  require(pattern: RegExp, what: string): string {
    const found = this.match(pattern);
    if (found === undefined) throw this.unexpected(what);
    return found;
  }

  rest(): string {
    const rest = this.text.slice(this.#at);
    this.#at = this.text.length;
    return rest;
  }

  /** A name in backticks, unquoted. */
  name(): string {
    const quoted = this.require(/`(?:[^`]|``)+`/y, "a quoted name");
    return quoted.slice(1, -1).replaceAll("``", "`");
  }

  /** A string in single quotes, as written. */
  string(): string {
    return this.require(/'(?:[^'\\]|''|\\[\s\S])*'/y, "a quoted string");
  }

  /** From an opening parenthesis to its closing one, as written; quotes of all kinds are respected. */
  parenthesised(): string {
    const start = this.#at;
    this.expect("(");
    for (let depth = 1; depth > 0;) {
      const piece = this.require(
        /[^()'"`]+|'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"\\]|""|\\[\s\S])*"|`(?:[^`]|``)+`|[()]/y,
        "a closing parenthesis",
      );
      if (piece === "(") depth += 1;
      if (piece === ")") depth -= 1;
    }
    return this.text.slice(start, this.#at);
  }

  unexpected(wanted: string): CodedError {
    const line = this.text.slice(0, this.#at).split("\n").length;
    return new CodedError(
      "schema/unreadable",
      `Line ${line} of the server's text is not understood: ${wanted} expected`,
      {
        details: { line },
      },
    );
  }
}

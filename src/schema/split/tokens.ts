/** A piece of authored SQL. Comments are no tokens; what stands in a version comment is, since the server reads it. */
export interface Token {
  readonly kind: "word" | "name" | "string" | "number" | "symbol";
  /** As written. */
  readonly text: string;
  readonly offset: number;
  readonly end: number;
}

/** Something in a text that keeps it from being read at all. */
export interface LexProblem {
  readonly offset: number;
  readonly message: string;
}

export interface Annotation {
  readonly offset: number;
  /** Without `-- sluice:`. */
  readonly text: string;
}

/** The word in upper case, or the symbol; a quoted name or string is never a keyword. */
export function keyword(token: Token | undefined): string | undefined {
  return token?.kind === "word" || token?.kind === "symbol" ? token.text.toUpperCase() : undefined;
}

/** The name a token stands for, unquoted; undefined when it is none. */
export function nameOf(token: Token | undefined): string | undefined {
  if (token?.kind === "word") return token.text;
  return token?.kind === "name" ? token.text.slice(1, -1).replaceAll("``", "`") : undefined;
}

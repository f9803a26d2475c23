/** What the reader, human or machine, should do after an error. */
export type NextStep = "retry" | "ask-human" | "fix-input" | "stop";

/** `room/what`, stable over releases; nobody matches on message text. */
export type Code = `${string}/${string}`;

/** Where in authored text something is; `line` and `column` count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/**
 * Why something may not, cannot or need not be done: data, not an exception. Comment, check run, CLI and page print
 * the same reasons the code decided by.
 */
export interface Reason {
  readonly code: Code;
  /** One sentence with the names of things in it; never a secret, never a row value. */
  readonly message: string;
  /** What the reader can do about it. */
  readonly hint?: string;
  /** The exact next line to paste, if there is one. */
  readonly paste?: string;
  readonly where?: SourcePlace;
}

export interface CodedErrorOptions {
  readonly hint?: string;
  readonly next?: NextStep;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly where?: SourcePlace;
  readonly cause?: unknown;
}

/** Thrown only for what the caller did not ask about; expected outcomes are return values. */
export class CodedError extends Error {
  readonly code: Code;
  readonly hint: string | undefined;
  readonly next: NextStep;
  readonly details: Readonly<Record<string, unknown>>;
  readonly where: SourcePlace | undefined;

  constructor(code: Code, message: string, options: CodedErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CodedError";
    this.code = code;
    this.hint = options.hint;
    this.next = options.next ?? "ask-human";
    this.details = options.details ?? {};
    this.where = options.where;
  }

  toReason(): Reason {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.where === undefined ? {} : { where: this.where }),
    };
  }
}

/** A reason for anything thrown. The text of foreign errors is not repeated: a driver's may hold row values. */
export function reasonOf(error: unknown, fallback: Code = "kernel/unexpected"): Reason {
  if (error instanceof CodedError) return error.toReason();
  const name = error instanceof Error ? error.name : typeof error;
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : undefined;
  return {
    code: fallback,
    message: `Unexpected ${name}${code === undefined ? "" : ` (${code})`}`,
    hint: "The log of the process that reported this has the details.",
  };
}

// What set-up says: one line per step on stderr, and errors that name the missing thing and its cure.

export class SetupError extends Error {
  readonly cure: string;

  constructor(message: string, cure: string) {
    super(message);
    this.name = "SetupError";
    this.cure = cure;
  }
}

export function say(line: string): void {
  process.stderr.write(`[setup] ${line}\n`);
}

/** Prints the error as people read it and ends the process with exit code 1. */
export function endWith(error: unknown): never {
  if (error instanceof SetupError) process.stderr.write(`\n${error.message}\n  cure: ${error.cure}\n`);
  else process.stderr.write(`\n${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}

// What set-up says: one line per step on stderr, and errors that name the missing thing and its cure.

export class SetupError extends Error {
  /** @param {string} message what is missing @param {string} cure what the reader can do */
  constructor(message, cure) {
    super(message);
    this.name = "SetupError";
    this.cure = cure;
  }
}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`[setup] ${line}\n`);
}

/** Prints the error as people read it and ends the process with exit code 1. @param {unknown} error */
export function endWith(error) {
  if (error instanceof SetupError) process.stderr.write(`\n${error.message}\n  cure: ${error.cure}\n`);
  else process.stderr.write(`\n${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}

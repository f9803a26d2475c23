import type { Command } from "commander";
import type { CliDeps } from "./deps.ts";
import type { ExitCode } from "./exit-codes.ts";

/** Wraps a verb's work for commander; what it returns becomes the process's exit code. */
export type Action = <Args extends readonly unknown[]>(
  work: (...args: Args) => Promise<ExitCode>,
) => (...args: Args) => Promise<void>;

/** One word of the command line: `register` declares its arguments, options and help. */
export interface Verb {
  readonly name: string;
  register(program: Command, deps: CliDeps, action: Action): void;
}

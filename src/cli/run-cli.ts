import { CodedError, type Reason, reasonOf } from "#kernel";
import { Command, CommanderError } from "commander";
import type { CliDeps } from "./deps.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { Refusal } from "./refusal.ts";
import { reasonsText } from "./show/reason.ts";
import type { Action } from "./verb.ts";
import { VERBS } from "./verbs/all-verbs.ts";

const EXIT_CODES_HELP = `
Exit codes: 0 done · 2 wrong usage or configuration · 3 unsure how it ended, look first · 4 refused before
anything was changed · 5 failed with production untouched · 130 interrupted with production untouched · 1 a fault of Sluice`;

/** Runs one command line (without node and script) and returns the exit code. Never throws. */
export async function runCli(args: readonly string[], deps: CliDeps): Promise<number> {
  let code: number = EXIT.done;
  const action: Action =
    (work) =>
    async (...given) => {
      code = await work(...given);
    };
  const program = programOf(deps, action);
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return sayError(error, args.includes("--json"), deps);
  }
}

function programOf(deps: CliDeps, action: Action): Command {
  const program = new Command("sluice")
    .description(
      "Schema changes that ride on pull requests: staged beside production, sealed when a person says go, taken back without losing a write.",
    )
    .version(deps.version, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [verb]", "print the help of a verb")
    .addHelpText("after", EXIT_CODES_HELP)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => deps.screen.out(text.trimEnd()),
      writeErr: (text) => deps.screen.note(text.trimEnd()),
    });
  for (const verb of VERBS) verb.register(program, deps, action);
  return program;
}

/** No stack traces: a code, a sentence, a hint. */
function sayError(error: unknown, asJson: boolean, { screen, log }: CliDeps): ExitCode {
  const reasons: readonly Reason[] = error instanceof Refusal ? error.reasons : [reasonOf(error, "cli/unexpected")];
  if (!(error instanceof CodedError)) log.error("cli.unexpected", { error });
  screen.live([]);
  if (asJson) screen.out(JSON.stringify({ event: "error", reasons }));
  else screen.note(reasonsText(reasons));
  return exitCodeOf(error);
}

function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof CodedError)) return EXIT.unexpected;
  if (error.code === "alter/interrupted") return EXIT.interrupted;
  const isUsage =
    error.code.startsWith("config/") ||
    error.code.startsWith("cli/") ||
    error.code === "drivers/bad-dsn" ||
    error.code === "dispatch/bad-redis-url";
  return isUsage ? EXIT.usage : EXIT.refused;
}

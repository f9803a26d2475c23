export type { CliDeps, Keyboard } from "./deps.ts";
export { EXIT, type ExitCode } from "./exit-codes.ts";
export { Refusal } from "./refusal.ts";
export { runCli } from "./run-cli.ts";
export { screenOver, type Screen } from "./screen.ts";
export { VERBS } from "./verbs/all-verbs.ts";

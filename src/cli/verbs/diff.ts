import { CodedError, type Reason } from "#kernel";
import { renamesOf } from "#plan";
import { type CanonicalSchema, diffSchemas, orderStatements, splitFiles, type UnhandledChange } from "#schema";
import type { CliDeps } from "../deps.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { secretOf } from "../options.ts";
import { readSchemaFiles } from "../schema-files.ts";
import { reasonsText } from "../show/reason.ts";
import type { Verb } from "../verb.ts";
import { scratchReference } from "./plan.ts";

interface DiffOptions {
  readonly from: string;
  readonly to: string;
  readonly scratch?: string;
  readonly json?: true;
}

/** Defaults of a schema that is only files. */
const CHARSET = "utf8mb4";
const COLLATION = "utf8mb4_0900_ai_ci";

/** `sluice diff`: the statements that lead from one schema to another. */
export const diffVerb: Verb = {
  name: "diff",
  register: (program, deps, action) => {
    program
      .command("diff")
      .description("Print the ordered statements that lead from one schema to another; reads only")
      .requiredOption("--from <source>", "folder, .sql file, or env:NAME / file:PATH of a live database's DSN")
      .requiredOption("--to <source>", "the same")
      .option("--scratch <reference>", "throw-away server that reads folders and files (default: env:SLUICE_SCRATCH)")
      .option("--json", "print JSON")
      .action(action((options: DiffOptions) => diff(options, deps)));
  },
};

async function diff(options: DiffOptions, deps: CliDeps): Promise<ExitCode> {
  const never = new AbortController().signal;
  const [liveFrom, liveTo] = await Promise.all(
    [options.from, options.to].map((source) => readLive(source, deps, never)),
  );
  const defaults = liveFrom ?? liveTo ?? { charset: CHARSET, collation: COLLATION };
  const from = asRead(liveFrom) ?? (await readFiles(options.from, options, defaults, deps, never));
  const to = asRead(liveTo) ?? (await readFiles(options.to, options, defaults, deps, never));
  if ("problems" in from || "problems" in to) {
    return sayRefused(
      [...("problems" in from ? from.problems : []), ...("problems" in to ? to.problems : [])],
      options,
      deps,
    );
  }
  const changes = diffSchemas(from.schema, to.schema, { renames: to.renames });
  const statements = orderStatements(changes).map(({ sql }) => sql);
  const notHandled = changes.filter((change): change is UnhandledChange => change.kind === "not-handled");
  say(statements, notHandled, options, deps);
  return notHandled.length === 0 ? EXIT.done : EXIT.refused;
}

function say(
  statements: readonly string[],
  notHandled: readonly UnhandledChange[],
  options: DiffOptions,
  { screen }: CliDeps,
): void {
  if (options.json === true) {
    const rest = notHandled.map(({ object, name, action, reason }) => ({ object, name, action, reason }));
    screen.out(JSON.stringify({ statements, notHandled: rest }));
    return;
  }
  if (statements.length > 0) screen.out(statements.map((sql) => `${sql};`).join("\n"));
  if (statements.length + notHandled.length === 0) screen.out("-- no difference");
  for (const { action, object, name, reason } of notHandled)
    screen.note(`-- not handled: ${action} ${object} ${name}: ${reason.message}`);
}

/** Servers that hold a live database: files are not executed there. */
async function liveServerIds(options: DiffOptions, deps: CliDeps, signal: AbortSignal): Promise<readonly string[]> {
  const live = [options.from, options.to].filter(isReference);
  return await Promise.all(
    live.map((source) => deps.openTarget(secretOf("--from and --to", source, deps.env)).serverId(signal)),
  );
}

function isReference(source: string): boolean {
  return /^(env|file):/.test(source);
}

/** Undefined when the source is a path. */
async function readLive(source: string, deps: CliDeps, signal: AbortSignal): Promise<CanonicalSchema | undefined> {
  if (!isReference(source)) return undefined;
  return await deps.openLive(secretOf("--from and --to", source, deps.env)).readSchema(signal);
}

interface Read {
  readonly schema: CanonicalSchema;
  /** What the files' annotations say; a live database has none. */
  readonly renames: ReturnType<typeof renamesOf>;
}

function asRead(schema: CanonicalSchema | undefined): Read | undefined {
  return schema === undefined ? undefined : { schema, renames: new Map() };
}

async function readFiles(
  path: string,
  options: DiffOptions,
  { charset, collation }: Pick<CanonicalSchema, "charset" | "collation">,
  deps: CliDeps,
  signal: AbortSignal,
): Promise<Read | { readonly problems: readonly Reason[] }> {
  if (path.includes("://"))
    throw new CodedError("cli/not-a-reference", "--from and --to take a path, env:NAME or file:PATH, not a DSN", {
      next: "fix-input",
    });
  const { statements, problems } = splitFiles(await readSchemaFiles(path));
  if (problems.length > 0) return { problems };
  const dsn = secretOf("--scratch", scratchReference(options.scratch, deps.env), deps.env);
  const scratch = deps.openScratch(dsn, await liveServerIds(options, deps, signal));
  const result = await scratch.canonicalise({ statements, charset, collation }, signal);
  if (result.at === "refused") return { problems: result.problems };
  return { schema: result.schema, renames: renamesOf(statements) };
}

function sayRefused(reasons: readonly Reason[], options: DiffOptions, { screen }: CliDeps): ExitCode {
  if (options.json === true) screen.out(JSON.stringify({ at: "refused", reasons }));
  else screen.note(reasonsText(reasons));
  return EXIT.refused;
}

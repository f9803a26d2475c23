import { CodedError, parseShardName, type Reason, type ShardName } from "#kernel";
import { type Plan, proposePlan } from "#plan";
import type { CliDeps } from "../deps.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { required, secretOf } from "../options.ts";
import { readSchemaFiles } from "../schema-files.ts";
import { isClear, planText } from "../show/plan.ts";
import { reasonsText } from "../show/reason.ts";
import type { Verb } from "../verb.ts";

interface PlanOptions {
  readonly schema: string;
  readonly dsn: readonly string[];
  readonly scratch?: string;
  readonly json?: true;
}

/** `sluice plan`: what a pull request would be told, without one. */
export const planVerb: Verb = {
  name: "plan",
  register: (program, deps, action) => {
    program
      .command("plan")
      .description("Plan a schema folder against a live database; reads only, needs no GitHub")
      .requiredOption("--schema <path>", "folder of .sql files, or one file")
      .requiredOption(
        "--dsn <references...>",
        "env:NAME or file:PATH of the database's DSN; several when it is sharded",
      )
      .option(
        "--scratch <reference>",
        "env:NAME or file:PATH of a throw-away server's DSN (default: env:SLUICE_SCRATCH)",
      )
      .option("--json", "print the plan as JSON")
      .action(action((options: PlanOptions) => plan(options, deps)));
  },
};

async function plan(options: PlanOptions, deps: CliDeps): Promise<ExitCode> {
  const never = new AbortController().signal;
  const dsns = options.dsn.map((reference) => secretOf("--dsn", reference, deps.env));
  const scratchDsn = secretOf("--scratch", scratchReference(options.scratch, deps.env), deps.env);
  const files = await readSchemaFiles(options.schema);
  const targets = dsns.map((dsn) => deps.openTarget(dsn));
  const scratch = deps.openScratch(scratchDsn, await Promise.all(targets.map((target) => target.serverId(never))));
  const shards = dsns.map((dsn, at) => ({ shard: shardName(at), database: deps.openLive(dsn) }));
  const proposed = await proposePlan({ files, shards, scratch, clock: deps.clock }, never);
  if (proposed.at === "refused") return sayRefused(proposed.problems, options, deps);
  return sayPlan(proposed.plan, options, deps);
}

/** Shards given on a command line have no names of their own. */
function shardName(at: number): ShardName {
  const name = parseShardName(at.toString());
  if (name === undefined) throw new CodedError("cli/bad-value", "Too many shards", { next: "fix-input" });
  return name;
}

export function scratchReference(given: string | undefined, env: NodeJS.ProcessEnv): string {
  return (
    given ??
    (env["SLUICE_SCRATCH"] === undefined ? required(undefined, "--scratch", "SLUICE_SCRATCH") : "env:SLUICE_SCRATCH")
  );
}

function sayRefused(reasons: readonly Reason[], options: PlanOptions, { screen }: CliDeps): ExitCode {
  if (options.json === true) screen.out(JSON.stringify({ at: "refused", reasons }));
  else screen.note(reasonsText(reasons));
  return EXIT.refused;
}

function sayPlan(found: Plan, options: PlanOptions, { screen }: CliDeps): ExitCode {
  screen.out(options.json === true ? JSON.stringify({ at: "planned", plan: found }) : planText(found));
  return isClear(found) ? EXIT.done : EXIT.refused;
}

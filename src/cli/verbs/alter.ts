import { CodedError, newDeploymentId, parseDeploymentId, parseDuration, type DeploymentId } from "#kernel";
import { readClauseList } from "../alter/clause-list.ts";
import { watchInterrupts } from "../alter/interrupts.ts";
import { jsonReporter, textReporter } from "../alter/reporter.ts";
import { runAlter } from "../alter/run-alter.ts";
import type { CliDeps } from "../deps.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { secretOf } from "../options.ts";
import type { Verb } from "../verb.ts";

interface AlterOptions {
  readonly dsn: string;
  readonly table: string;
  readonly alter: string;
  readonly scratch?: string;
  readonly dryRun?: true;
  readonly hold?: true;
  readonly applyFile?: string;
  readonly keepOld?: true;
  readonly maxLockWait: string;
  readonly attempts: string;
  readonly resume?: string;
  readonly abandon?: string;
  readonly json?: true;
}

/** `sluice alter`: one change with no GitHub and no control database. */
export const alterVerb: Verb = {
  name: "alter",
  register: (program, deps, action) => {
    program
      .command("alter")
      .summary("Change one table of one database; needs no GitHub, no control database, no Redis")
      .description(
        "Change one table of one database: copied beside it, kept up to date, put in its place at one moment. Needs nothing but the database: no GitHub, no control database, no Redis.",
      )
      .requiredOption("--dsn <reference>", "env:NAME or file:PATH of the DSN; it names the database")
      .requiredOption("--table <name>", "the table")
      .requiredOption(
        "--alter <clauses>",
        'what stands behind ALTER TABLE name, such as "ADD COLUMN note varchar(200)"',
      )
      .option(
        "--scratch <reference>",
        "find out the new shape on this server; without it on an empty copy in a database of our own on the target",
      )
      .option("--dry-run", "print the plan and what speaks against it, change nothing")
      .option("--hold", "wait when ready; go on at Enter")
      .option("--apply-file <path>", "with --hold: also go on when this file appears (implies --hold)")
      .option("--keep-old", "keep the old table")
      .option("--max-lock-wait <duration>", "how long clients may queue behind the seal's locks", "250ms")
      .option("--attempts <count>", "tries of the seal", "10")
      .option("--resume <id>", "go on with a run that was cut off (same table, same clauses)")
      .option("--abandon <id>", "drop what a run that was cut off has left (same table, same clauses)")
      .option("--json", "one JSON line per event: plan, refused, copying, ready, sealed, done, failed")
      .addHelpText(
        "after",
        "\nCtrl-C before the seal drops everything of ours; a second Ctrl-C leaves it for --resume.",
      )
      .action(action((options: AlterOptions) => alter(options, deps)));
  },
};

async function alter(options: AlterOptions, deps: CliDeps): Promise<ExitCode> {
  const report = (options.json === true ? jsonReporter : textReporter)(deps.screen, deps.clock);
  const dsn = secretOf("--dsn", options.dsn, deps.env);
  const scratchDsn = options.scratch === undefined ? undefined : secretOf("--scratch", options.scratch, deps.env);
  const read = readClauseList(options.alter);
  if (read.at === "refused") {
    report.refused([read.reason]);
    return EXIT.refused;
  }
  const target = deps.openTarget(dsn);
  using interrupts = watchInterrupts(deps.keyboard, () =>
    report.note("Ending: dropping what is ours. Once more to leave it."),
  );
  const scratch =
    scratchDsn === undefined ? undefined : deps.openScratch(scratchDsn, [await target.serverId(interrupts.first)]);
  return await runAlter(
    {
      deployment: earlierRun(options) ?? newDeploymentId(),
      abandonOnly: options.abandon !== undefined,
      target,
      live: deps.openLive(dsn),
      scratch,
      table: options.table,
      list: read.list,
      dryRun: options.dryRun === true,
      hold: options.applyFile !== undefined ? { applyFile: options.applyFile } : options.hold === true ? {} : undefined,
      keepOld: options.keepOld === true,
      lockBudgetMs: lockBudget(options.maxLockWait),
      sealAttempts: attempts(options.attempts),
    },
    deps,
    report,
    interrupts,
  );
}

function earlierRun({ resume, abandon }: AlterOptions): DeploymentId | undefined {
  const text = abandon ?? resume;
  if (text === undefined) return undefined;
  const id = parseDeploymentId(text);
  if (id === undefined) throw badValue("--resume and --abandon take the name that a run has printed");
  return id;
}

function lockBudget(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms < 1) throw badValue("--max-lock-wait takes a duration such as 250ms or 1s");
  return ms;
}

function attempts(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1000) throw badValue("--attempts takes a number from 1 to 1000");
  return count;
}

function badValue(message: string): CodedError {
  return new CodedError("cli/bad-value", message, { next: "fix-input" });
}

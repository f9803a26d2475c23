import { access } from "node:fs/promises";
import { defaultEngineSettings, type Runner, type Target } from "#engine";
import { type Clock, CodedError, type DeploymentId, type Reason, reasonOf } from "#kernel";
import { buildPlan, type LiveDatabase, type Plan, type Scratch } from "#plan";
import type { CliDeps } from "../deps.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import type { ClauseList } from "./clause-list.ts";
import { shapeOnScratch, shapeOnTarget } from "./desired-shape.ts";
import type { Interrupts } from "./interrupts.ts";
import type { AlterReporter } from "./reporter.ts";

export interface AlterRequest {
  readonly deployment: DeploymentId;
  readonly target: Target;
  readonly live: LiveDatabase;
  readonly scratch: Scratch | undefined;
  readonly table: string;
  readonly list: ClauseList;
  readonly dryRun: boolean;
  /** Only drop what an earlier run of this name has left. */
  readonly abandonOnly: boolean;
  readonly hold: { readonly applyFile?: string } | undefined;
  readonly keepOld: boolean;
  readonly lockBudgetMs: number;
  readonly sealAttempts: number;
}

type AlterDeps = Pick<CliDeps, "clock" | "log" | "keyboard" | "openRunner">;

const LOOK_FOR_FILE_MS = 250;

/** One change of one table, beginning to end, with nothing but the target. Returns what the shell is told. */
export async function runAlter(
  request: AlterRequest,
  deps: AlterDeps,
  report: AlterReporter,
  interrupts: Interrupts,
): Promise<ExitCode> {
  const signal = interrupts.first;
  const planned = await planAlter(request, signal);
  if (planned.at === "refused") {
    report.refused(planned.reasons);
    return EXIT.refused;
  }
  const { plan } = planned;
  if (request.abandonOnly) return await abandon(request, plan, deps, report, signal);
  report.plan(request.deployment, plan);
  const refusals = [...plan.refusals, ...plan.notHandled.map(({ reason }) => reason)];
  if (refusals.length > 0) {
    report.refused(refusals);
    return EXIT.refused;
  }
  if (plan.changes.length === 0) {
    report.done(undefined);
    return EXIT.done;
  }
  await using runner = await openRunner(request, plan, deps, report, signal);
  const reasons = await runner.preflight(signal);
  if (reasons.length > 0) {
    report.refused(reasons);
    return EXIT.refused;
  }
  if (request.dryRun) return EXIT.done;
  return await carryOut(runner, request, deps, report, interrupts);
}

async function abandon(
  request: AlterRequest,
  plan: Plan,
  deps: AlterDeps,
  report: AlterReporter,
  signal: AbortSignal,
): Promise<ExitCode> {
  await using runner = await openRunner(request, plan, deps, report, signal);
  report.done(await runner.abandon(signal));
  return EXIT.done;
}

type Planned =
  { readonly at: "plan"; readonly plan: Plan } | { readonly at: "refused"; readonly reasons: readonly Reason[] };

async function planAlter(request: AlterRequest, signal: AbortSignal): Promise<Planned> {
  const { target, scratch, list } = request;
  const live = await request.live.readSchema(signal);
  const table = live.objects.find(({ kind, name }) => kind === "table" && name === request.table);
  if (table === undefined) {
    const message = `There is no table ${request.table} in ${target.database}`;
    return { at: "refused", reasons: [{ code: "alter/no-such-table", message }] };
  }
  const asked = { live, table, clauses: list.sql };
  const shape = await (scratch === undefined
    ? shapeOnTarget(target, asked, signal)
    : shapeOnScratch(scratch, asked, signal));
  if (shape.at === "refused") return shape;
  const statistics = await request.live.statistics([table.name], signal);
  const facts = await target.facts(signal);
  const renames = new Map([[table.name, list.renames]]);
  return { at: "plan", plan: buildPlan({ live, desired: shape.desired, statistics, facts, renames }) };
}

async function openRunner(
  request: AlterRequest,
  plan: Plan,
  deps: AlterDeps,
  report: AlterReporter,
  signal: AbortSignal,
): Promise<Runner> {
  return await deps.openRunner(
    {
      deployment: request.deployment,
      // Grows from run to run, so that a run that was given up cannot come back over a later one.
      fence: BigInt(deps.clock.now().getTime()),
      targets: [request.target],
      changes: plan.changes,
      settings: {
        ...defaultEngineSettings,
        keepOld: request.keepOld,
        lockBudgetMs: request.lockBudgetMs,
        sealAttempts: request.sealAttempts,
      },
      clock: deps.clock,
      log: deps.log,
      onProgress: (progress) => {
        if (isStaging(progress.phase)) report.copying(progress);
      },
    },
    signal,
  );
}

function isStaging(phase: string): boolean {
  return phase === "copying" || phase === "indexing" || phase === "catching-up" || phase === "checking";
}

async function carryOut(
  runner: Runner,
  request: AlterRequest,
  deps: AlterDeps,
  report: AlterReporter,
  interrupts: Interrupts,
): Promise<ExitCode> {
  let outcome: Sealing;
  try {
    const staged = await runner.stage(interrupts.first);
    report.ready(staged.rows, request.hold === undefined ? undefined : holdsFor(request.hold));
    if (request.hold !== undefined) await holdOn(request.hold, runner, deps, interrupts.first);
    interrupts.first.throwIfAborted();
    using _shield = interrupts.shield(() =>
      report.note("The seal is under way: it takes seconds and is not interrupted."),
    );
    outcome = await seal(runner, report);
  } catch (error) {
    return await giveUp(runner, request, reasonOf(error, "alter/failed"), report, interrupts);
  }
  switch (outcome.at) {
    case "refused":
      return await giveUp(runner, request, outcome.reason, report, interrupts);
    case "unsure":
      report.failed(
        [
          outcome.reason,
          { code: "alter/unsure", message: "It is not known which table has the name", hint: lookHint(request) },
        ],
        [],
      );
      return EXIT.unsure;
    case "sealed":
      return await finish(runner, request, report, interrupts);
  }
}

type Sealing = { readonly at: "sealed" } | { readonly at: "refused" | "unsure"; readonly reason: Reason };

/** An answer that never came is looked up; nothing is guessed. */
async function seal(runner: Runner, report: AlterReporter): Promise<Sealing> {
  const never = new AbortController().signal;
  const outcome = await runner.seal(never);
  if (outcome.at === "sealed") {
    report.sealed(outcome.report, outcome.report.oldTables.join(", "));
    return { at: "sealed" };
  }
  if (outcome.at === "refused") return { at: "refused", reason: outcome.reason };
  try {
    const owner = await runner.look(never);
    const holds = owner === "split" ? await runner.resolve(never) : owner;
    return holds === "sealed" ? { at: "sealed" } : { at: "refused", reason: outcome.reason };
  } catch (error) {
    return { at: "unsure", reason: reasonOf(error, "alter/unsure") };
  }
}

async function finish(
  runner: Runner,
  request: AlterRequest,
  report: AlterReporter,
  interrupts: Interrupts,
): Promise<ExitCode> {
  try {
    report.done(await runner.finalise(interrupts.second));
    return EXIT.done;
  } catch (error) {
    const hint = `The change itself is done. ${cleanHint(request)}`;
    report.failed([{ ...reasonOf(error, "alter/cleaning-failed"), hint }], ownDatabases(request));
    return EXIT.unsure;
  }
}

/** Drops what is ours; production is as it was. */
async function giveUp(
  runner: Runner,
  request: AlterRequest,
  why: Reason,
  report: AlterReporter,
  interrupts: Interrupts,
): Promise<ExitCode> {
  const code = interrupts.first.aborted ? EXIT.interrupted : EXIT.failed;
  try {
    const { left } = await runner.abandon(interrupts.second);
    report.failed([why], left);
  } catch (error) {
    report.failed(
      [why, { ...reasonOf(error, "alter/cleaning-failed"), hint: cleanHint(request) }],
      ownDatabases(request),
    );
  }
  return code;
}

function ownDatabases({ deployment }: AlterRequest): readonly string[] {
  return [`_sluice_${deployment}_new`, `_sluice_${deployment}_old`];
}

function cleanHint({ deployment }: AlterRequest): string {
  return `To go on: the same command with --resume ${deployment}. To clean up: with --abandon ${deployment}.`;
}

function lookHint(request: AlterRequest): string {
  return `Look at the table with SHOW CREATE TABLE. ${cleanHint(request)}`;
}

function holdsFor({ applyFile }: { readonly applyFile?: string }): string {
  return applyFile === undefined ? "at Enter" : `at Enter, or when ${applyFile} appears`;
}

/** Resolves at Enter or when the file is there; rejects when the tail ends, since what was ready is so no longer. */
async function holdOn(
  hold: { readonly applyFile?: string },
  runner: Runner,
  { clock, keyboard }: AlterDeps,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const waits = [
    keyboard.enter(either),
    runner.failure(either),
    ...(hold.applyFile === undefined ? [] : [appears(hold.applyFile, clock, either)]),
  ];
  try {
    await Promise.race(waits);
  } finally {
    over.abort(new CodedError("alter/held", "No longer held", { next: "stop" }));
    await Promise.allSettled(waits);
  }
}

async function appears(file: string, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!(await isThere(file))) await clock.sleep(LOOK_FOR_FILE_MS, signal);
}

async function isThere(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

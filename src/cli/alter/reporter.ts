import { styleText } from "node:util";
import type { CleanReport, EngineProgress, SealReport } from "#engine";
import { type Clock, type DeploymentId, formatCount, formatDuration, plural, type Reason } from "#kernel";
import type { Plan } from "#plan";
import type { Screen } from "../screen.ts";
import { bar, percent } from "../show/bar.ts";
import { alterPlanText } from "../show/plan.ts";
import { reasonsText } from "../show/reason.ts";
import { rowsOf } from "../show/table-progress.ts";

/** What `alter` tells while it runs, to people or as one JSON line per event. */
export interface AlterReporter {
  plan(deployment: DeploymentId, plan: Plan): void;
  refused(reasons: readonly Reason[]): void;
  copying(progress: EngineProgress): void;
  ready(rows: number, holdsFor: string | undefined): void;
  sealed(report: SealReport, oldTable: string): void;
  done(report: CleanReport | undefined): void;
  failed(reasons: readonly Reason[], left: readonly string[]): void;
  note(text: string): void;
}

const JSON_EVERY_MS = 1000;

export function jsonReporter(screen: Screen, clock: Clock): AlterReporter {
  const say = (event: string, fields: object): void => screen.out(JSON.stringify({ event, ...fields }));
  const rate = rateOf(clock);
  let last = -Infinity;
  return {
    plan: (deployment, plan) => say("plan", { deployment, plan }),
    refused: (reasons) => say("refused", { reasons }),
    copying: (progress) => {
      const now = clock.monotonicMs();
      const rows = rowsOf(progress);
      const speed = rate(rows.copied);
      if (now - last < JSON_EVERY_MS) return;
      last = now;
      say("copying", { phase: progress.phase, ...rows, ...speed, lagMs: progress.lagMs, tables: progress.tables });
    },
    ready: (rows, holdsFor) => say("ready", { rows, holdsFor }),
    sealed: (report, oldTable) => say("sealed", { oldTable, report }),
    done: (report) => say("done", { changed: report !== undefined, ...report }),
    failed: (reasons, left) => say("failed", { reasons, left }),
    note: (text) => screen.note(text),
  };
}

export function textReporter(screen: Screen, clock: Clock): AlterReporter {
  const rate = rateOf(clock);
  let shown = "";
  return {
    plan: (deployment, plan) => screen.out(`${alterPlanText(plan)}\n${styleText("dim", `run ${deployment}`)}`),
    refused: (reasons) => {
      screen.live([]);
      screen.note(reasonsText(reasons));
    },
    copying: (progress) => {
      const line = progressLine(progress, rate(rowsOf(progress).copied));
      screen.live([line]);
      // Without a terminal one line per phase is enough.
      if (!screen.isTerminal && progress.phase !== shown) screen.out(line);
      shown = progress.phase;
    },
    ready: (rows, holdsFor) => {
      screen.live([]);
      screen.out(`${styleText("green", "ready")}  ${plural(rows, "row")} copied and equal, changes are being followed`);
      if (holdsFor !== undefined) screen.out(`held: goes on ${holdsFor}`);
    },
    sealed: (report, oldTable) => {
      screen.live([]);
      screen.out(`${styleText("green", "sealed")}  the new table took the name; the old one is ${oldTable}`);
      screen.out(
        styleText(
          "dim",
          `  locks held ${formatDuration(report.lockHeldMs)}, attempt ${report.attempts}${oldSnapshots(report)}`,
        ),
      );
    },
    done: (report) => {
      screen.live([]);
      if (report === undefined) screen.out("nothing to change");
      else
        screen.out(
          `${styleText("green", "done")}  ${report.kept.length > 0 ? `kept ${report.kept.join(", ")}` : `dropped ${report.dropped.join(", ")}`}`,
        );
    },
    failed: (reasons, left) => {
      screen.live([]);
      screen.note(reasonsText(reasons));
      if (left.length > 0) screen.note(`left on the server: ${left.join(", ")}`);
    },
    note: (text) => screen.note(text),
  };
}

interface Speed {
  readonly rowsPerSecond: number;
}

function progressLine(progress: EngineProgress, { rowsPerSecond }: Speed): string {
  const { copied, estimated } = rowsOf(progress);
  if (progress.phase !== "copying")
    return `${progress.phase.padEnd(11)} ${plural(copied, "row")}, ${formatDuration(progress.lagMs)} behind`;
  // The server's estimate can be far too low; past it nobody knows how much is left.
  const isKnown = copied < estimated;
  const left =
    isKnown && rowsPerSecond > 0
      ? ` · about ${formatDuration(((estimated - copied) / rowsPerSecond) * 1000)} left`
      : "";
  const share = isKnown ? `${bar(copied / estimated, 30)} ${percent(copied / estimated)}  ` : "";
  return `copying     ${share}${formatCount(copied)} rows · ${formatCount(Math.round(rowsPerSecond))}/s${left}`;
}

function oldSnapshots({ oldSnapshots: count }: SealReport): string {
  return count === 0 ? "" : `; ${plural(count, "transaction")} with an older snapshot may have missed rows`;
}

const RATE_OVER_MS = 5000;

/** Rows per second over the last seconds. */
function rateOf(clock: Clock): (rows: number) => Speed {
  let seen: readonly { readonly at: number; readonly rows: number }[] = [];
  return (rows) => {
    const at = clock.monotonicMs();
    seen = [...seen.filter((one) => at - one.at <= RATE_OVER_MS), { at, rows }];
    const [first] = seen;
    const seconds = first === undefined ? 0 : (at - first.at) / 1000;
    return {
      rowsPerSecond: first === undefined || seconds < 0.2 ? 0 : Math.max(0, Math.round((rows - first.rows) / seconds)),
    };
  };
}

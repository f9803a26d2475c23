import { styleText } from "node:util";
import { type DeploymentAt, type DeploymentView, isOver, legalCommands, pasteLine } from "#deploy";
import type { SealReport } from "#engine";
import { formatDuration, plural, shortFingerprint } from "#kernel";
import { reasonsText } from "./reason.ts";
import { progressLines } from "./table-progress.ts";

type Colour = "green" | "yellow" | "red" | "cyan" | "dim";

const COLOUR: Record<DeploymentAt, Colour> = {
  queued: "dim",
  planning: "cyan",
  staging: "cyan",
  ready: "yellow",
  sealing: "cyan",
  unsure: "red",
  window: "green",
  reverting: "cyan",
  finalising: "cyan",
  cancelling: "cyan",
  blocked: "red",
  finalised: "green",
  reverted: "yellow",
  cancelled: "dim",
  failed: "red",
  unchanged: "green",
};

/** Everything a person needs to decide about one deployment. */
export function deploymentLines(view: DeploymentView, now: Date): readonly string[] {
  const place = view.queuePlace > 0 ? ` · ${plural(view.queuePlace, "deployment")} before it` : "";
  return [
    `${styleText("bold", view.id)}  ${view.database} (${view.channel})  ${state(view.at)}${place}  ${styleText("dim", `plan @${shortFingerprint(view.plan.fingerprint)}`)}`,
    ...originLines(view),
    ...view.plan.changes.map((change) => `  ${change.kind} ${change.table}: ${change.summary.join(", ")}`),
    ...(view.progress === undefined || isOver(view.at) ? [] : progressLines(view.progress)),
    ...sealLines("sealed", view.sealed),
    ...sealLines("reverted", view.reverted),
    ...windowLines(view, now),
    ...(view.reasons.length === 0 ? [] : [reasonsText(view.reasons)]),
    ...nextLines(view),
  ];
}

function state(at: DeploymentAt): string {
  return styleText(COLOUR[at], at);
}

function originLines({ origin }: DeploymentView): readonly string[] {
  if (origin === undefined) return [];
  const { repository, pull, mergeSha, author } = origin;
  return [
    styleText(
      "dim",
      `  ${repository.owner}/${repository.name}#${pull} by ${author}, merged as ${mergeSha.slice(0, 8)}`,
    ),
  ];
}

function sealLines(what: string, report: SealReport | undefined): readonly string[] {
  if (report === undefined) return [];
  const old = report.oldSnapshots === 0 ? "" : ` · ${plural(report.oldSnapshots, "old snapshot")} may have missed rows`;
  const locks = `locks held ${formatDuration(report.lockHeldMs)}`;
  return [
    `  ${what}: ${plural(report.tables, "table")} on ${plural(report.shards.length, "shard")} at ${report.sealedAt} · ${locks}${old}`,
  ];
}

function windowLines({ at, windowUntil }: DeploymentView, now: Date): readonly string[] {
  if (at !== "window" || windowUntil === undefined) return [];
  const left = Math.max(0, Date.parse(windowUntil) - now.getTime());
  return [`  revert window: ${formatDuration(left)} left`];
}

/** What may be said now, as lines to paste. */
function nextLines(view: DeploymentView): readonly string[] {
  const legal = legalCommands(view, "cli").filter(({ reasons }) => reasons.length === 0);
  return legal.map(({ verb }) => `  ${styleText("dim", "next:")} ${pasteLine(view, verb, "cli")}`);
}

/** One line per deployment, columns aligned. */
export function deploymentTable(views: readonly DeploymentView[]): readonly string[] {
  const rows = views.map((view) => [
    view.id,
    view.database,
    view.channel,
    view.at,
    view.origin === undefined
      ? "-"
      : `${view.origin.repository.owner}/${view.origin.repository.name}#${view.origin.pull}`,
    plural(view.plan.changes.length, "change"),
  ]);
  const head = ["DEPLOYMENT", "DATABASE", "CHANNEL", "STATE", "PULL REQUEST", "PLAN"];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): readonly string[] =>
    cells.map((cell, column) => cell.padEnd(widths[column] ?? 0));
  return [
    styleText("dim", line(head).join("  ").trimEnd()),
    ...rows.map((row, at) => {
      const view = views[at];
      const padded = line(row).map((cell, column) =>
        column === 3 && view !== undefined ? styleText(COLOUR[view.at], cell) : cell,
      );
      return padded.join("  ").trimEnd();
    }),
  ];
}

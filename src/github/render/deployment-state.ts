import type { DeploymentAt, DeploymentView } from "#deploy";
import { formatDuration, plural } from "#kernel";

const MINUTE_MS = 60_000;

const WORDS: Record<DeploymentAt, { readonly icon: string; readonly words: string }> = {
  queued: { icon: "🕓", words: "queued" },
  planning: { icon: "⏳", words: "planning" },
  staging: { icon: "⏳", words: "staging" },
  ready: { icon: "⏸", words: "ready to seal" },
  sealing: { icon: "⏳", words: "sealing" },
  unsure: { icon: "❓", words: "looking at the servers" },
  window: { icon: "✅", words: "sealed" },
  reverting: { icon: "⏳", words: "reverting" },
  finalising: { icon: "⏳", words: "finalising" },
  cancelling: { icon: "⏳", words: "cancelling" },
  blocked: { icon: "⛔", words: "blocked" },
  finalised: { icon: "✅", words: "finalised" },
  reverted: { icon: "↩️", words: "reverted" },
  cancelled: { icon: "⏹", words: "cancelled" },
  failed: { icon: "❌", words: "failed" },
  unchanged: { icon: "✅", words: "nothing to change" },
};

export function stateIcon(view: DeploymentView): string {
  return WORDS[view.at].icon;
}

/** The state with the number that matters in it; `now` is milliseconds since 1970. */
export function stateWords(view: DeploymentView, now: number): string {
  if (view.at === "queued" && view.queuePlace > 0) return `queued behind ${view.queuePlace}`;
  if (view.at === "staging") return `staging ${Math.floor(copiedShare(view) * 100)} %`;
  if (view.at === "ready" && !waitsForPerson(view)) return "ready, sealing by itself";
  if (view.at === "window") return `sealed, ${minutesLeft(view, now)} left to revert`;
  return WORDS[view.at].words;
}

/** A person must say `/apply`; otherwise a ready deployment seals itself. */
export function waitsForPerson(view: DeploymentView): boolean {
  return view.at === "ready" && (view.seal === "manual" || view.needsVote === true || view.reasons.length > 0);
}

/** How much of all tables is copied, 0..1; what follows the copy is its last hundredth. */
export function copiedShare(view: DeploymentView): number {
  const tables = view.progress?.tables ?? [];
  if (view.staged !== undefined) return 1;
  if (tables.length === 0) return 0;
  const weight = (one: TableProgress): number => rowsExpected(view, one) + 1;
  const whole = tables.reduce((sum, one) => sum + weight(one), 0);
  const done = tables.reduce((sum, one) => sum + tableShare(one) * weight(one), 0);
  return Math.min(0.99, done / whole);
}

/** The server's estimate; before the copy of a table has begun there is only the plan's, for all shards together. */
export function rowsExpected(view: DeploymentView, table: TableProgress): number {
  if (table.state !== "waiting") return Math.max(table.rowsEstimated, table.rowsCopied);
  const shards = new Set((view.progress?.tables ?? []).map((one) => one.shard)).size;
  const rows = view.plan.changes.find((change) => change.table === table.table)?.cost.rows ?? 0;
  return table.rowsEstimated > 0 ? table.rowsEstimated : Math.round(rows / Math.max(1, shards));
}

export type TableProgress = NonNullable<DeploymentView["progress"]>["tables"][number];

export function tableShare(table: TableProgress): number {
  switch (table.state) {
    case "waiting":
      return 0;
    case "copying":
      return Math.min(0.99, table.rowsCopied / Math.max(1, table.rowsEstimated));
    case "indexing":
    case "tailing":
    case "checking":
    case "equal":
      return 1;
  }
}

/** Whole minutes, from two hours on whole tens: what is shown decides how often GitHub is written to. */
export function minutesLeft(view: DeploymentView, now: number): string {
  const left = Math.max(0, Date.parse(view.windowUntil ?? "") - now);
  if (!Number.isFinite(left) || left < MINUTE_MS) return "less than 1 min";
  const step = left >= 120 * MINUTE_MS ? 10 * MINUTE_MS : MINUTE_MS;
  return formatDuration(Math.ceil(left / step) * step);
}

/** How long something has lasted, in tens of minutes, then hours, then days; undefined below ten minutes. */
export function roughly(ms: number): string | undefined {
  if (ms < 10 * MINUTE_MS) return undefined;
  const step = ms < 60 * MINUTE_MS ? 10 * MINUTE_MS : ms < 24 * 60 * MINUTE_MS ? 60 * MINUTE_MS : 24 * 60 * MINUTE_MS;
  return formatDuration(Math.floor(ms / step) * step);
}

/** `3 tables`, or `3 tables x 2 shards`. */
export function extent(view: DeploymentView): string {
  const tables = plural(view.plan.changes.length, "table");
  const shards = new Set(
    (view.progress?.tables ?? [])
      .map((one) => one.shard)
      .concat((view.staged?.checksums ?? []).map((one) => one.shard)),
  ).size;
  return shards > 1 ? `${tables} x ${plural(shards, "shard")}` : tables;
}

/** When it came to this state, from its history; milliseconds since 1970. */
export function since(view: DeploymentView, what: string): number | undefined {
  const line = [...view.history].reverse().find((one) => one.what === what);
  const ms = line === undefined ? Number.NaN : Date.parse(line.at);
  return Number.isNaN(ms) ? undefined : ms;
}

import type { DeploymentAt, DeploymentView } from "#deploy";
import { formatDuration } from "#kernel";

/** How a state is drawn: what it is called and in which colour. */
export const STATE_LOOK: Record<
  DeploymentAt,
  { readonly words: string; readonly tone: "calm" | "moving" | "waiting" | "good" | "bad" }
> = {
  queued: { words: "queued", tone: "calm" },
  planning: { words: "planning", tone: "moving" },
  staging: { words: "staging", tone: "moving" },
  ready: { words: "ready to seal", tone: "waiting" },
  sealing: { words: "sealing", tone: "moving" },
  unsure: { words: "looking at the servers", tone: "waiting" },
  window: { words: "sealed", tone: "good" },
  reverting: { words: "reverting", tone: "moving" },
  finalising: { words: "finalising", tone: "moving" },
  cancelling: { words: "cancelling", tone: "moving" },
  blocked: { words: "blocked", tone: "bad" },
  finalised: { words: "finalised", tone: "good" },
  reverted: { words: "reverted", tone: "calm" },
  cancelled: { words: "cancelled", tone: "calm" },
  failed: { words: "failed", tone: "bad" },
  unchanged: { words: "nothing to change", tone: "calm" },
};

type TableProgress = NonNullable<DeploymentView["progress"]>["tables"][number];

/** How much is copied, 0..1. */
export function shareOf(table: TableProgress): number {
  if (table.state === "waiting") return 0;
  return table.state === "copying" ? Math.min(0.99, table.rowsCopied / Math.max(1, table.rowsEstimated)) : 1;
}

export function utc(iso: string | undefined): string {
  return iso === undefined ? "–" : `${iso.slice(0, 19).replace("T", " ")} UTC`;
}

/** How long ago, or how long until; `now` is milliseconds since 1970. */
export function ago(iso: string, now: number): string {
  const ms = now - Date.parse(iso);
  if (Number.isNaN(ms)) return "–";
  return ms < 0 ? `in ${formatDuration(-ms)}` : ms < 5000 ? "just now" : `${formatDuration(ms)} ago`;
}

/** A sentence with names in backticks, as parts: odd ones are code. */
export function codeParts(text: string): readonly string[] {
  return text.split(/`((?:[^`]|``)+)`/).map((part) => part.replaceAll("``", "`"));
}

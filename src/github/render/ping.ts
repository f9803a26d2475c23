import type { DeploymentView } from "#deploy";
import { pasteLine } from "#deploy";
import type { RepositorySettings } from "#config";
import { sha256Hex } from "#kernel";
import { waitsForPerson } from "./deployment-state.ts";
import { code } from "./markdown.ts";
import { reasonItem } from "./plan-rows.ts";

type PingNews = RepositorySettings["ping"][number];

/** A comment of its own, which notifies: only when a person is needed or would want to know. */
export interface Ping {
  readonly news: PingNews;
  /** The same key is said once, ever. */
  readonly key: string;
  readonly body: string;
}

export function pingMarker(key: string): string {
  return `<!-- sluice:${key} -->`;
}

/** What this deployment has to say out loud now, if anything. */
export function renderPing(view: DeploymentView): Ping | undefined {
  const news = newsOf(view);
  if (news === undefined) return undefined;
  const codes = sha256Hex(view.reasons.map((reason) => reason.code).join()).slice(0, 8);
  const key = news === "ready" || news === "reverted" ? `ping:${view.id}:${news}` : `ping:${view.id}:${news}:${codes}`;
  return { news, key, body: [pingMarker(key), words(view, news), ...view.reasons.map(reasonItem)].join("\n") };
}

function newsOf(view: DeploymentView): PingNews | undefined {
  if (view.at === "ready") return waitsForPerson(view) ? "ready" : undefined;
  return (["failed", "blocked", "reverted"] as const).find((news) => news === view.at);
}

function words(view: DeploymentView, news: PingNews): string {
  const name = code(view.database);
  switch (news) {
    case "ready":
      return `⏸ ${name} is staged and in sync. It waits for ${code(pasteLine(view, "apply"))}, for as long as it takes.`;
    case "failed":
      return `❌ The deployment to ${name} failed. Production is untouched.`;
    case "blocked":
      return `⛔ The deployment to ${name} does not go on by itself. Production is untouched.`;
    case "reverted":
      return `↩️ ${name} was reverted: the old tables are back, with every write made in between.`;
  }
}

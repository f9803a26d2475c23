import { type DeploymentView, gate, legalCommands, pasteLine } from "#deploy";
import { formatCount, formatDuration, plural, shortFingerprint } from "#kernel";
import { type Part, fit } from "./cap.ts";
import {
  type TableProgress,
  copiedShare,
  roughly,
  rowsExpected,
  extent,
  minutesLeft,
  since,
  stateIcon,
  stateWords,
  tableShare,
  waitsForPerson,
} from "./deployment-state.ts";
import { type Markdown, code, fold, progressBar, prose, sentence, table } from "./markdown.ts";
import { reasonItem } from "./plan-rows.ts";

export const DEPLOYMENT_MARKER = "<!-- sluice:deploy -->";
const HISTORY_LINES = 60;

/** The comment that follows a merge to its end, edited in place; `now` is milliseconds since 1970. */
export function renderDeploymentComment(views: readonly DeploymentView[], now: number, publicUrl?: string): Markdown {
  const parts: Part[] = [{ text: DEPLOYMENT_MARKER, yields: 0 }];
  if (views.length > 1) parts.push({ text: overview(views, now), yields: 0 });
  for (const view of views) parts.push(...sections(view, now, publicUrl));
  return fit(parts);
}

function overview(views: readonly DeploymentView[], now: number): Markdown {
  const rows = views.map((view) => [
    code(view.database),
    prose(view.channel),
    `${stateIcon(view)} ${stateWords(view, now)}`,
    `\`@${shortFingerprint(view.plan.fingerprint)}\``,
  ]);
  return `### Deployments\n${table(["Database", "Channel", "State", "Plan"], rows)}`;
}

function sections(view: DeploymentView, now: number, publicUrl: string | undefined): readonly Part[] {
  const id = publicUrl === undefined ? code(view.id) : `[${code(view.id)}](${publicUrl}/deployments/${view.id})`;
  return [
    {
      text: `### ${code(view.database)} · ${stateIcon(view)} **${stateWords(view, now)}** · ${prose(view.channel)}`,
      yields: 0,
    },
    { text: story(view, now), yields: 0 },
    { text: view.reasons.map(reasonItem).join("\n"), yields: 1, instead: plural(view.reasons.length, "reason") },
    { text: nextSteps(view), yields: 0 },
    { text: progressTable(view), yields: 3, instead: "" },
    { text: sealTable(view), yields: 2, instead: "" },
    {
      text: fold(`Timeline and audit (${view.history.length})`, history(view)),
      yields: 4,
      instead: "",
    },
    {
      text: `<sub>deployment ${id} · plan \`@${shortFingerprint(view.plan.fingerprint)}\` · \`/status\` · \`/help\`</sub>`,
      yields: 0,
    },
  ];
}

/** One or two sentences: what is true now. */
function story(view: DeploymentView, now: number): Markdown {
  switch (view.at) {
    case "queued":
      return view.queuePlace === 0
        ? "It is next for this database."
        : `${plural(view.queuePlace, "deployment")} of this database ${view.queuePlace === 1 ? "goes" : "go"} first.`;
    case "planning":
      return "The plan is computed anew against the database as it is now.";
    case "staging":
      return `Copies are filled beside the tables; production is untouched. ${throttled(view)}`.trim();
    case "ready":
      return `${extent(view)} staged, ${sync(view)}, checksums equal${held(view, now)}.`;
    case "sealing":
      return "The new tables take the names, all at once.";
    case "unsure":
      return "An answer of the seal was lost. The servers are asked who owns the names before anything else is done.";
    case "window":
      return `The new tables are live. Until ${code(utc(view.windowUntil))} \`/revert\` puts the old ones back with every write made since; ${minutesLeft(view, now)} left.${blockedKeys(view)}`;
    case "reverting":
      return "The old tables take their names back.";
    case "finalising":
      return "The window is over; what is left of the old tables is being removed.";
    case "cancelling":
      return "Everything of ours is being removed; production is untouched.";
    case "blocked":
      return "It does not go on by itself. Production is untouched.";
    case "finalised":
      return "Done: the new tables are live and nothing of ours is left behind.";
    case "reverted":
      return "The old tables are back, with every write made in between.";
    case "cancelled":
      return "Cancelled before the seal; production was never touched.";
    case "failed":
      return "It failed with production untouched. A new merge starts anew.";
    case "unchanged":
      return "The database already was as declared.";
  }
}

function nextSteps(view: DeploymentView): Markdown {
  const legal = legalCommands(view)
    .filter((one) => one.reasons.length === 0)
    .map((one) => one.verb);
  if (view.at === "ready" && waitsForPerson(view)) {
    const needed = view.approvals ?? 1;
    const votes = `${view.votes.length} of ${needed} needed`;
    const shut = gate(view);
    const others = shut.at === "shut" ? shut.reasons.filter((reason) => reason.code !== "deploy/votes-missing") : [];
    return [
      `➡️ **${code(pasteLine(view, "apply"))}** or the **Apply** button (${votes}) · ${code(pasteLine(view, "cancel"))}`,
      ...others.map(reasonItem),
    ].join("\n");
  }
  if (legal.length === 0) return "";
  const lines = legal.map((verb) => code(pasteLine(view, verb)));
  return `➡️ ${view.at === "blocked" ? `${code("/plan")} · ` : ""}${lines.join(" · ")}`;
}

function throttled(view: DeploymentView): Markdown {
  const reason = view.progress?.throttledBy;
  return reason === undefined ? "" : `Slowed down: ${prose(reason.message)}`;
}

function sync(view: DeploymentView): string {
  const lagMs = view.progress?.lagMs ?? 0;
  return lagMs < 1000 ? "in sync" : `${formatDuration(lagMs)} behind`;
}

function held(view: DeploymentView, now: number): string {
  const from = since(view, "staged");
  const long = from === undefined ? undefined : roughly(now - from);
  return long === undefined ? "" : ` · held for ${long}`;
}

function blockedKeys(view: DeploymentView): string {
  const count = view.progress?.blockedKeys ?? 0;
  return count === 0 ? "" : ` **${plural(count, "row")} cannot go back to the old tables at the moment.**`;
}

function progressTable(view: DeploymentView): Markdown {
  const tables = view.progress?.tables ?? [];
  if (tables.length === 0 || !["staging", "ready", "blocked"].includes(view.at)) return "";
  const sharded = new Set(tables.map((one) => one.shard)).size > 1;
  const rows = tables.map((one) => [
    code(one.table),
    ...(sharded ? [code(one.shard)] : []),
    progressBar(tableShare(one)),
    rowsCell(view, one),
    one.state,
  ]);
  const whole = view.at === "staging" ? `${progressBar(copiedShare(view))} of everything\n\n` : "";
  return whole + table(["Table", ...(sharded ? ["Shard"] : []), "Copied", "Rows", "State"], rows);
}

function rowsCell(view: DeploymentView, table: TableProgress): string {
  const copied = formatCount(table.rowsCopied);
  const isUnderWay = table.state === "waiting" || table.state === "copying";
  return isUnderWay ? `${copied} of about ${formatCount(rowsExpected(view, table))}` : copied;
}

/** Measured on our side: no client can have waited longer because of the seal than lock wait and lock held together. */
function sealTable(view: DeploymentView): Markdown {
  const report = view.reverted ?? view.sealed;
  if (report === undefined) return "";
  const rows = report.shards.map((shard) => [
    code(shard.shard),
    formatDuration(shard.lockWaitMs),
    `${formatDuration(shard.drainMs)} (${plural(shard.drainedKeys, "row")})`,
    formatDuration(shard.renameMs),
    formatDuration(shard.lockWaitMs + shard.lockHeldMs),
  ]);
  const what = view.reverted === undefined ? "Sealed" : "Reverted";
  const lines = [
    `${what} ${code(utc(report.sealedAt))}: ${plural(report.tables, "table")} on ${plural(report.shards.length, "shard")}, locks held ${formatDuration(report.lockHeldMs)}, attempt ${report.attempts}.`,
    table(["Shard", "Lock wait", "Drain", "Rename", "Longest a client can have waited"], rows),
  ];
  if (report.oldSnapshots > 0) {
    lines.push(
      `⚠️ ${plural(report.oldSnapshots, "REPEATABLE READ transaction was", "REPEATABLE READ transactions were")} older than the last rows applied: in such a transaction the new tables can miss rows until it ends.`,
    );
  }
  return lines.join("\n\n");
}

function history(view: DeploymentView): Markdown {
  const lines = view.history.slice(-HISTORY_LINES).map((line) => {
    const who = line.actor === undefined ? "" : ` by ${code(line.actor)}`;
    const detail = line.detail === undefined ? "" : `: ${sentence(line.detail)}`;
    return `- ${code(utc(line.at))} ${prose(line.what)}${who}${detail}`;
  });
  const cut = view.history.length - lines.length;
  return [...(cut > 0 ? [`- ${plural(cut, "earlier line")}`] : []), ...lines].join("\n");
}

/** `2026-11-21 01:02:03 UTC`. */
function utc(iso: string | undefined): string {
  return iso === undefined ? "–" : `${iso.slice(0, 19).replace("T", " ")} UTC`;
}

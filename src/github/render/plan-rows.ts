import type { DatabaseSettings } from "#config";
import { formatBytes, formatDuration, type Reason } from "#kernel";
import type { Plan, PlannedChange } from "#plan";
import { type Markdown, code, prose, sentence, table } from "./markdown.ts";

/** One row per changed table, then one per object that we cannot change. */
export function planTable(plan: Plan, databases: readonly DatabaseSettings[]): Markdown {
  const window = Math.min(...databases.map((database) => database.revertWindowMs));
  const undo = window > 0 && Number.isFinite(window) ? `Undo within ${formatDuration(window)}` : "Undo";
  return table(
    ["", "Table", "Change", "How", "Time, disk", undo],
    [
      ...plan.changes.map((change) => [
        dot(change),
        code(change.table),
        change.summary.map(sentence).join("<br>"),
        how(change),
        change.kind === "copy"
          ? `${formatDuration(change.cost.seconds * 1000)}, ${formatBytes(change.cost.diskBytes)}`
          : "–",
        undoCell(change, window),
      ]),
      ...plan.notHandled.map((object) => [
        "⛔",
        code(object.name),
        `${object.action} ${object.object}`,
        "not handled",
        "–",
        reasonText(object.reason),
      ]),
    ],
  );
}

function dot(change: PlannedChange): string {
  if (change.revert.class === "impossible") return "🔴";
  if (change.risks.length > 0 || change.revert.class === "loses-new-values") return "🟠";
  return change.revert.class === "conditional" ? "🟡" : "🟢";
}

function how(change: PlannedChange): Markdown {
  switch (change.kind) {
    case "create":
      return "created at the seal";
    case "drop":
      return "renamed away at the seal";
    case "copy":
      return change.nativeAlgorithm.algorithm === "instant" ? "instant possible, copied so it can be undone" : "copy";
  }
}

function undoCell(change: PlannedChange, window: number): Markdown {
  if (window === 0) return "no window";
  const notes = change.revert.notes.map(sentence).join("<br>");
  switch (change.revert.class) {
    case "clean":
      return notes === "" ? "clean" : `clean; ${notes}`;
    case "conditional":
      return notes === "" ? "conditional" : notes;
    case "loses-new-values":
      return notes === "" ? "loses new values" : notes;
    case "impossible":
      return notes === "" ? "not possible" : `not possible: ${notes}`;
  }
}

/** A reason as people read it, always with its code, so that it can be searched for. */
export function reasonText(reason: Reason): Markdown {
  const place = reason.where === undefined ? "" : `${code(`${reason.where.file}:${reason.where.line}`)} `;
  const hint = reason.hint === undefined ? "" : ` ${sentence(reason.hint)}`;
  return `${place}${sentence(reason.message)}${hint} (${code(reason.code)})`;
}

/** The same with the next line to paste on a line of its own. */
export function reasonItem(reason: Reason): Markdown {
  const paste = reason.paste === undefined ? "" : `\n  Next: ${code(reason.paste)}`;
  return `- ${reasonText(reason)}${paste}`;
}

/** Every statement a person would write for the plan. */
export function statementsOf(plan: Plan): readonly string[] {
  return plan.changes.flatMap((change) => change.statements).map((sql) => (/;\s*$/.test(sql) ? sql : `${sql};`));
}

export function flavourName(plan: Plan): string {
  return prose(`${plan.flavour === "mysql" ? "MySQL" : "MariaDB"} ${plan.serverVersion}`);
}

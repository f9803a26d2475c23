import type { DatabaseSettings } from "#config";
import { formatDuration, type Reason } from "#kernel";
import { type Plan, describePlan } from "#plan";
import { type Markdown, code, prose, sentence, table } from "./markdown.ts";

/**
 * One row per changed table, then one per object that we cannot change; in the words that CLI and pages use too. What
 * takes more than a few words stands below: GitHub's column is narrow.
 */
export function planTable(plan: Plan, databases: readonly DatabaseSettings[]): Markdown {
  const window = Math.min(...databases.map((database) => database.revertWindowMs));
  const undo = window > 0 && Number.isFinite(window) ? `Undo within ${formatDuration(window)}` : "Undo";
  const view = describePlan(plan);
  const cells = table(
    ["", "Table", "Change", "How", "Time, disk", undo],
    [
      ...view.rows.map((row) => [
        row.dot,
        code(row.table),
        row.change.map(sentence).join("<br>"),
        sentence(briefly(row.how)),
        prose(row.cost),
        window === 0 ? "no window: final at the seal" : sentence(row.undo),
      ]),
      ...view.notHandled.map((row) => [
        "⛔",
        code(row.name),
        prose(`${row.action} ${row.object}`),
        "not handled",
        "–",
        "–",
      ]),
    ],
  );
  const notes = view.rows.flatMap((row) => row.notes.map((note) => `- ${code(row.table)}: ${sentence(note)}`));
  return notes.length === 0 ? cells : `${cells}\n\n${[...new Set(notes)].join("\n")}`;
}

/** How each change is carried out, in full. */
export function howLines(plan: Plan): Markdown {
  return describePlan(plan)
    .rows.map((row) => `- ${code(row.table)}: ${sentence(row.how)}`)
    .join("\n");
}

/** Without what stands in brackets behind it. */
function briefly(how: string): string {
  return how.split(" (", 1)[0] ?? how;
}

/** A reason as people read it, always with its code, so that it can be searched for. */
function reasonText(reason: Reason): Markdown {
  const place = reason.where === undefined ? "" : `${code(`${reason.where.file}:${reason.where.line}`)} `;
  const hint = reason.hint === undefined ? "" : ` ${sentence(reason.hint)}`;
  return `${place}${sentence(reason.message)}${hint} (${code(reason.code)})`;
}

/** The same with the next line to paste on a line of its own. */
export function reasonItem(reason: Reason): Markdown {
  const paste = reason.paste === undefined ? "" : `\n  Next: ${code(reason.paste)}`;
  return `- ${reasonText(reason)}${paste}`;
}

import { styleText } from "node:util";
import { shortFingerprint } from "#kernel";
import { describePlan, type Plan, type PlanRow } from "#plan";
import { reasonsText } from "./reason.ts";

/** A plan in the words everyone uses for it. */
export function planText(plan: Plan): string {
  const view = describePlan(plan);
  const handled = view.notHandled.map(
    ({ action, object, name, why }) => `🔴 ${action} ${object} ${name}: not handled yet: ${why}`,
  );
  const findings = view.findings.map(
    ({ dot, text, rule, at }) => `${dot} ${text}  ${styleText("dim", `[${rule}]${at === "" ? "" : ` ${at}`}`)}`,
  );
  return [
    `${styleText("bold", view.title)}  ${styleText("dim", `plan @${shortFingerprint(plan.fingerprint)}`)}`,
    ...view.rows.flatMap(rowLines),
    ...handled,
    ...findings,
    ...(view.blockers.length === 0 ? [] : [reasonsText(view.blockers)]),
    ...(view.sql.length === 0 ? [] : ["", ...view.sql.map((sql) => styleText("dim", sql))]),
    ...(view.proof === undefined ? [] : ["", view.proof]),
  ].join("\n");
}

/** Whether it may be carried out as it is. */
export function isClear(plan: Plan): boolean {
  return describePlan(plan).verdict !== "blocked";
}

function rowLines(row: PlanRow): readonly string[] {
  return [
    `${row.dot} ${styleText("bold", row.table)}  ${row.change.join(", ")}`,
    `     ${row.how} · ${row.cost} · undo: ${row.undo}`,
    ...row.notes.map((note) => `     ${styleText("yellow", "!")} ${note}`),
  ];
}

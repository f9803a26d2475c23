import { styleText } from "node:util";
import { type Reason, shortFingerprint } from "#kernel";
import { describePlan, type Plan, type PlanRow, type PlanView } from "#plan";
import { reasonsText } from "./reason.ts";

/** A plan in the words everyone uses for it. */
export function planText(plan: Plan): string {
  const view = describePlan(plan);
  return planLines(plan, view, (row) => `     ${row.how} · ${row.cost} · undo: ${row.undo}`, view.blockers);
}

/** The same for a change that has no revert window; what speaks against it is said apart. */
export function alterPlanText(plan: Plan): string {
  const changes = plan.changes.map((change) => ({ ...change, revert: { class: "clean", notes: [] } as const }));
  return planLines(plan, describePlan({ ...plan, changes }), (row) => `     ${row.how} · ${row.cost}`, []);
}

function planLines(plan: Plan, view: PlanView, cost: (row: PlanRow) => string, blockers: readonly Reason[]): string {
  const handled = view.notHandled.map(
    ({ action, object, name, why }) => `🔴 ${action} ${object} ${name}: not handled yet: ${why}`,
  );
  const findings = view.findings.map(
    ({ dot, text, rule, at }) => `${dot} ${text}  ${styleText("dim", `[${rule}]${at === "" ? "" : ` ${at}`}`)}`,
  );
  return [
    `${styleText("bold", view.title)}  ${styleText("dim", `plan @${shortFingerprint(plan.fingerprint)}`)}`,
    ...view.rows.flatMap((row) => rowLines(row, cost(row))),
    ...handled,
    ...findings,
    ...(blockers.length === 0 ? [] : [reasonsText(blockers)]),
    ...(view.sql.length === 0 ? [] : ["", ...view.sql.map((sql) => styleText("dim", sql))]),
    ...(view.proof === undefined ? [] : ["", view.proof]),
  ].join("\n");
}

/** Whether it may be carried out as it is. */
export function isClear(plan: Plan): boolean {
  return describePlan(plan).verdict !== "blocked";
}

function rowLines(row: PlanRow, cost: string): readonly string[] {
  return [
    `${row.dot} ${styleText("bold", row.table)}  ${row.change.join(", ")}`,
    cost,
    ...row.notes.map((note) => `     ${styleText("yellow", "!")} ${note}`),
  ];
}

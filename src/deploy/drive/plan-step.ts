import { canonicalJson, CodedError, shortFingerprint, type Reason } from "#kernel";
import type { Plan, PlannedChange } from "#plan";
import { viewOfKnown } from "../fold.ts";
import type { Body } from "../deployment.machine.ts";
import { planDatabase } from "../plan-database.ts";
import type { Drive } from "./drive.ts";
import { supersedeEarlier } from "./turn.ts";

/** Its turn has come: the plan is computed anew from the merged files against the live schema, and compared. */
export async function planStep(drive: Drive, signal: AbortSignal): Promise<void> {
  await supersedeEarlier(drive.deps, viewOfKnown(drive.known));
  const { body } = drive.known.state;
  const files = await drive.deps.control.sources.get(body.source);
  if (files === undefined) {
    await drive.say({ type: "blocked", reasons: [sourceMissing(body)] });
    return;
  }
  const ask = { database: drive.database, files };
  const planned = await drive.untilNews(signal, (both) => planDatabase(drive.deps, ask, both));
  if (planned === undefined) return;
  const { result } = planned;
  if (result.at === "later") throw later(result.reasons);
  if (result.at === "refused") await drive.say({ type: "blocked", reasons: result.reasons });
  else await judge(drive, result.plan, body);
}

async function judge(drive: Drive, plan: Plan, body: Body): Promise<void> {
  const refusals = [
    ...plan.refusals,
    ...plan.notHandled.map((object) => object.reason),
    ...errorsFound(plan, body.reviewed),
  ];
  if (refusals.length > 0) {
    await drive.say({ type: "blocked", reasons: refusals, plan });
  } else if (plan.changes.length === 0) {
    await drive.say({ type: "unchanged", plan });
  } else if (body.reviewed !== undefined && !isReviewed(plan, body.reviewed)) {
    await drive.say({ type: "blocked", reasons: [planChanged(body.reviewed, plan)], plan });
  } else {
    await drive.say({ type: "planned", plan });
  }
}

/**
 * What fails the plan's check on the pull request is not staged after the merge either, also where it is the repository
 * that raised the rule: the reviewed plan tells.
 */
function errorsFound(plan: Plan, reviewed: Plan | undefined): readonly Reason[] {
  const errors = (one: Plan | undefined): Plan["findings"] =>
    (one?.findings ?? []).filter((finding) => finding.severity === "error");
  const raised = new Set(errors(reviewed).map((finding) => finding.rule));
  return plan.findings
    .filter((finding) => finding.severity === "error" || raised.has(finding.rule))
    .map((finding) => ({
      code: `lint/${finding.rule}`,
      message: finding.message,
      ...(finding.hint === undefined ? {} : { hint: finding.hint }),
      ...(finding.place === undefined ? {} : { where: finding.place }),
    }));
}

/**
 * Whether people saw every change that would be made now, word for word. The fingerprint says less: it also covers
 * tables that the plan does not touch, and it dies when an earlier deployment in the queue has carried out its share of
 * what was reviewed here.
 */
function isReviewed(now: Plan, reviewed: Plan): boolean {
  if (reviewed.fingerprint === now.fingerprint) return true;
  const seen = new Set(reviewed.changes.map((change) => canonicalJson(essence(change))));
  return now.changes.every((change) => seen.has(canonicalJson(essence(change))));
}

function essence(change: PlannedChange): unknown {
  return {
    id: change.id,
    kind: change.kind,
    statements: change.statements,
    before: "before" in change ? withoutCounter(change.before) : undefined,
    after: "after" in change ? withoutCounter(change.after) : undefined,
  };
}

function withoutCounter(createTable: string): string {
  return createTable.replace(/ AUTO_INCREMENT=\d+/, "");
}

function planChanged(reviewed: Plan, now: Plan): Reason {
  return {
    code: "deploy/plan-changed",
    message:
      `The live schema has moved: the plan is @${shortFingerprint(now.fingerprint)} now, ` +
      `@${shortFingerprint(reviewed.fingerprint)} was reviewed.`,
    hint: "Read the new plan; /plan accepts it as the reviewed one, /cancel ends this deployment.",
    paste: "/plan",
  };
}

function sourceMissing(body: Body): Reason {
  return { code: "deploy/source-missing", message: `The merged files of ${body.database} are not kept any more.` };
}

function later(reasons: readonly Reason[]): CodedError {
  const [reason] = reasons;
  return new CodedError(reason?.code ?? "deploy/planning-failed", reason?.message ?? "Planning failed", {
    ...(reason?.hint === undefined ? {} : { hint: reason.hint }),
    next: "retry",
  });
}

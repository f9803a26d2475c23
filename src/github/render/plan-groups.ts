import type { DatabaseSettings } from "#config";
import type { Proposal } from "#deploy";
import type { Reason } from "#kernel";
import type { Plan } from "#plan";
import type { Binding } from "../binding.ts";

/** Databases of one channel that the pull request does the same to, told once. */
export type PlanGroup =
  | {
      readonly at: "planned";
      readonly binding: Binding;
      readonly databases: readonly DatabaseSettings[];
      readonly plan: Plan;
    }
  | {
      readonly at: "refused";
      readonly binding: Binding;
      readonly databases: readonly DatabaseSettings[];
      readonly reasons: readonly Reason[];
    };

/** What the proposals of a head say as a whole. */
export interface PlanSummary {
  readonly groups: readonly PlanGroup[];
  /** Databases whose plan is still to come. */
  readonly missing: number;
}

/** Reason codes that mean "nothing to do here" rather than "no". */
export const UNTOUCHED = "github/untouched";
export const FORK = "github/fork";

export function summarise(bindings: readonly Binding[], proposals: readonly Proposal[]): PlanSummary {
  let missing = 0;
  const groups = new Map<string, PlanGroup>();
  for (const binding of bindings) {
    for (const database of binding.databases) {
      const proposal = proposals.find(
        (one) =>
          one.group === binding.group.name && one.channel === binding.channel.name && one.database === database.name,
      );
      if (proposal === undefined) {
        missing += 1;
        continue;
      }
      const { result } = proposal;
      const same = result.at === "planned" ? sameness(result.plan) : JSON.stringify(result.reasons);
      const key = `${binding.group.name}\0${binding.channel.name}\0${result.at}\0${same}`;
      const group = groups.get(key);
      const databases = [...(group?.databases ?? []), database];
      groups.set(
        key,
        result.at === "planned"
          ? { at: "planned", binding, databases, plan: result.plan }
          : { at: "refused", binding, databases, reasons: result.reasons },
      );
    }
  }
  return { groups: [...groups.values()], missing };
}

/** Plans with one fingerprint may still differ in what stops them: one database's shards may not be alike. */
function sameness(plan: Plan): string {
  const errors = plan.findings.filter((finding) => finding.severity === "error");
  return [plan.fingerprint, JSON.stringify([plan.refusals, plan.notHandled, errors])].join("\0");
}

export function joinSummaries(summaries: readonly PlanSummary[]): PlanSummary {
  return {
    groups: summaries.flatMap((summary) => summary.groups),
    missing: summaries.reduce((sum, summary) => sum + summary.missing, 0),
  };
}

/** Whether a group asks nothing of anybody: no change, or not touched at all. */
export function isQuiet(group: PlanGroup): boolean {
  return group.at === "planned"
    ? group.plan.changes.length === 0 && stops(group).length === 0
    : group.reasons.every((reason) => reason.code === UNTOUCHED);
}

/** Everything that keeps a group from being staged after the merge. */
export function stops(group: PlanGroup): readonly Reason[] {
  if (group.at === "refused") return group.reasons.filter((reason) => reason.code !== UNTOUCHED);
  const { plan } = group;
  const known = new Set(plan.refusals.map((reason) => `${reason.code}\0${reason.message}`));
  return [
    ...plan.refusals,
    ...plan.notHandled
      .map((object) => object.reason)
      .filter((reason) => !known.has(`${reason.code}\0${reason.message}`)),
    ...plan.findings
      .filter((finding) => finding.severity === "error")
      .map((finding) => ({
        code: `lint/${finding.rule}` as const,
        message: finding.message,
        ...(finding.hint === undefined ? {} : { hint: finding.hint }),
        ...(finding.place === undefined ? {} : { where: finding.place }),
      })),
  ];
}

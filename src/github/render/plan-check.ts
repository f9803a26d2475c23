import { plural, shortFingerprint, type Reason } from "#kernel";
import { describePlan } from "#plan";
import type { Annotation, CheckFace } from "../api/checks.ts";
import { fit } from "./cap.ts";
import { block, code } from "./markdown.ts";
import { type PlanGroup, type PlanSummary, FORK, isQuiet, stops } from "./plan-groups.ts";
import { planTable, reasonItem } from "./plan-rows.ts";

export const PLAN_CHECK = "sluice / plan";
const MOST_ANNOTATIONS = 100;

/** The check to require: it reports on every head and never passes while something is unknown. */
export function renderPlanCheck(summary: PlanSummary, headSha: string, detailsUrl?: string): CheckFace {
  const face = {
    name: PLAN_CHECK,
    headSha,
    externalId: externalId(summary, headSha),
    annotations: [],
    buttons: [],
    ...(detailsUrl === undefined ? {} : { detailsUrl }),
  };
  if (summary.missing > 0) {
    return {
      ...face,
      status: "in_progress",
      title: "Planning",
      summary: "The plan is being computed against the live databases.",
    };
  }
  const loud = summary.groups.filter((group) => !isQuiet(group));
  if (loud.length === 0) {
    return {
      ...face,
      status: "completed",
      conclusion: "success",
      title: "No schema changes",
      summary: "Nothing to do in any database that follows this branch.",
    };
  }
  const reasons = loud.flatMap(stops);
  const isFork = reasons.some((reason) => reason.code === FORK);
  const text = statements(loud);
  return {
    ...face,
    status: "completed",
    conclusion: reasons.length === 0 ? "success" : isFork ? "action_required" : "failure",
    title: title(loud, reasons, isFork),
    summary: fit(loud.flatMap(groupSummary)),
    ...(text === "" ? {} : { text }),
    annotations: annotations(loud).slice(0, MOST_ANNOTATIONS),
  };
}

/** Ties the run to what it judged. */
function externalId(summary: PlanSummary, headSha: string): string {
  const plans = summary.groups.flatMap((group) =>
    group.at === "planned" ? [shortFingerprint(group.plan.fingerprint)] : [],
  );
  return `plan:${headSha.slice(0, 12)}:${[...new Set(plans)].join(",") || "none"}`.slice(0, 200);
}

function title(loud: readonly PlanGroup[], reasons: readonly Reason[], isFork: boolean): string {
  if (isFork) return "Fork: a maintainer must bring the branch in";
  if (reasons.length > 0) return `${plural(reasons.length, "thing stands", "things stand")} in the way`;
  const changes = loud.reduce((sum, group) => sum + (group.at === "planned" ? group.plan.changes.length : 0), 0);
  const databases = loud.reduce((sum, group) => sum + group.databases.length, 0);
  return databases === 1
    ? plural(changes, "change")
    : `${plural(changes, "change")} for ${plural(databases, "database")}`;
}

function groupSummary(group: PlanGroup) {
  const names = group.databases.map((database) => code(database.name)).join(", ");
  const reasons = stops(group);
  const rows = group.at === "planned" && group.plan.changes.length + group.plan.notHandled.length > 0;
  return [
    { text: `**${names}**`, yields: 0 },
    { text: reasons.map(reasonItem).join("\n"), yields: 1, instead: plural(reasons.length, "reason") },
    {
      text: rows ? planTable(group.plan, group.databases) : "",
      yields: 2,
      instead: "_The table is too long for GitHub._",
    },
  ];
}

function statements(loud: readonly PlanGroup[]): string {
  return fit(
    loud.flatMap((group) => {
      if (group.at !== "planned" || group.plan.changes.length === 0) return [];
      const names = group.databases.map((database) => code(database.name)).join(", ");
      return [
        {
          text: `${names}\n${block("sql", describePlan(group.plan).sql.join("\n"))}`,
          yields: 1,
          instead: `_The DDL of ${names} is too long for GitHub._`,
        },
      ];
    }),
  );
}

/** Lines of the diff that a finding or a reason names; the schema folder is put before their paths. */
function annotations(loud: readonly PlanGroup[]): readonly Annotation[] {
  const all = loud.flatMap((group) => {
    const folder = group.binding.group.path;
    const inRepository = (file: string): string => (folder === "" ? file : `${folder}/${file}`);
    const findings: readonly Annotation[] =
      group.at === "planned"
        ? group.plan.findings.flatMap((finding) =>
            finding.place === undefined
              ? []
              : [
                  {
                    path: inRepository(finding.place.file),
                    line: finding.place.line,
                    level: finding.severity === "error" ? "failure" : finding.severity,
                    title: finding.rule,
                    message: [finding.message, finding.hint ?? ""].join(" ").trim(),
                  } as const,
                ],
          )
        : [];
    const reasons: readonly Annotation[] = stops(group).flatMap((reason) =>
      reason.where === undefined || reason.code.startsWith("lint/")
        ? []
        : [
            {
              path: inRepository(reason.where.file),
              line: reason.where.line,
              level: "failure",
              title: reason.code,
              message: [reason.message, reason.hint ?? ""].join(" ").trim(),
            },
          ],
    );
    return [...findings, ...reasons];
  });
  const seen = new Set<string>();
  return all.filter((one) => {
    const key = JSON.stringify(one);
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}

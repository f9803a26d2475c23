import { plural, shortFingerprint } from "#kernel";
import { describePlan } from "#plan";
import { type Part, fit } from "./cap.ts";
import { type Markdown, block, code, fold, prose, sentence } from "./markdown.ts";
import { type PlanGroup, type PlanSummary, FORK, isQuiet, stops } from "./plan-groups.ts";
import { howLines, planTable, reasonItem } from "./plan-rows.ts";

export const PLAN_MARKER = "<!-- sluice:plan -->";

/** The sticky comment of a pull request: what its merge would do to every database that follows the branch. */
export function renderPlanComment(summary: PlanSummary, headSha: string): Markdown {
  const loud = summary.groups.filter((group) => !isQuiet(group));
  const quiet = summary.groups.filter(isQuiet);
  const parts: Part[] = [{ text: PLAN_MARKER, yields: 0 }];
  if (loud.length === 0) parts.push({ text: "### Schema plan · no schema changes", yields: 0 });
  for (const group of loud) parts.push(...groupParts(group));
  if (loud.length > 0 && quiet.length > 0) {
    parts.push({
      text: `No change for ${quiet.flatMap((group) => group.databases.map((one) => code(one.name))).join(", ")}.`,
      yields: 0,
    });
  }
  parts.push({ text: footer(summary, headSha), yields: 0 });
  return fit(parts);
}

function groupParts(group: PlanGroup): readonly Part[] {
  const names = group.databases.map((database) => code(database.name)).join(", ");
  const where = `${names} (${prose(group.binding.channel.name)})`;
  const blocked = stops(group);
  if (group.at === "refused") {
    const isFork = group.reasons.some((reason) => reason.code === FORK);
    const title = isFork ? "not planned" : "no plan";
    return [
      { text: `### Schema plan · ${where} · ${title}`, yields: 0 },
      { text: blocked.map(reasonItem).join("\n"), yields: 1, instead: plural(blocked.length, "reason") },
    ];
  }
  const { plan } = group;
  const count = plan.changes.length + plan.notHandled.length;
  const verdict = blocked.length === 0 ? "" : `, ${plural(blocked.length, "thing stands", "things stand")} in the way`;
  const { title, sql } = describePlan(plan);
  return [
    { text: `### Schema plan · ${where} · ${prose(title)}${verdict}`, yields: 0 },
    {
      text: count === 0 ? "" : planTable(plan, group.databases),
      yields: 2,
      instead: `_The table of ${plural(count, "change")} is too long for GitHub._`,
    },
    {
      text: blocked.length === 0 ? "" : `**In the way**\n${blocked.map(reasonItem).join("\n")}`,
      yields: 1,
      instead: `**In the way**: ${plural(blocked.length, "reason")}.`,
    },
    { text: noticed(group), yields: 3, instead: "" },
    {
      text:
        sql.length === 0
          ? ""
          : fold(`DDL (${plural(sql.length, "statement")})`, `${block("sql", sql.join("\n"))}\n\n${howLines(plan)}`),
      yields: 4,
      instead: `_The DDL (${plural(sql.length, "statement")}) is too long for GitHub._`,
    },
    { text: afterwards(group, blocked.length > 0), yields: 0 },
  ];
}

/** What is worth a look but stops nothing. */
function noticed(group: Extract<PlanGroup, { at: "planned" }>): Markdown {
  const { plan } = group;
  const findings = plan.findings
    .filter((finding) => finding.severity !== "error")
    .map((finding) => {
      const place = finding.place === undefined ? "" : `${code(`${finding.place.file}:${finding.place.line}`)} `;
      const hint = finding.hint === undefined ? "" : ` ${sentence(finding.hint)}`;
      return `- ${finding.severity === "warning" ? "⚠️ " : ""}${place}${sentence(finding.message)}${hint} (${code(finding.rule)})`;
    });
  return findings.join("\n");
}

function afterwards(group: Extract<PlanGroup, { at: "planned" }>, isBlocked: boolean): Markdown {
  const { plan, binding } = group;
  const { proof } = describePlan(plan);
  const proved = proof === undefined ? "" : `✔ ${prose(proof)}.`;
  const next = isBlocked
    ? "As it stands this would not be staged after a merge."
    : binding.channel.seal === "manual"
      ? "After the merge I stage this and wait; nothing changes until someone says `/apply`."
      : "After the merge I stage this and seal it as soon as it is ready.";
  return [proved, next].filter((line) => line !== "").join("\n");
}

function footer(summary: PlanSummary, headSha: string): Markdown {
  const plans = summary.groups.flatMap((group) =>
    group.at === "planned" ? [`\`@${shortFingerprint(group.plan.fingerprint)}\``] : [],
  );
  const plan = plans.length === 0 ? "no plan" : `plan ${[...new Set(plans)].join(", ")}`;
  return `<sub>${plan} from commit ${code(headSha.slice(0, 7))} · \`/plan\` to refresh · \`/help\`</sub>`;
}

import { formatBytes, formatCount, formatDuration, plural, type Reason, type SourcePlace } from "#kernel";
import type { Cost, Finding, NotHandled, Plan, PlannedChange, RevertForecast } from "./plan.ts";

/** A plan in the words that comment, check run, CLI and page all use. Plain text; who prints it escapes it. */
export interface PlanView {
  /** `No schema changes`, `3 tables change, 1 is created`, `Blocked: …`. */
  readonly title: string;
  readonly verdict: "empty" | "clear" | "look" | "blocked";
  readonly rows: readonly PlanRow[];
  readonly notHandled: readonly NotHandledRow[];
  readonly blockers: readonly Reason[];
  readonly findings: readonly FindingRow[];
  /** The DDL in order, each with a semicolon. */
  readonly sql: readonly string[];
  /** `Replayed on MySQL 9.7.4: 14 objects equal after 5 statements, 1.2 s`. */
  readonly proof?: string;
  /** Sums over the changes. */
  readonly total: { readonly time: string; readonly disk: string; readonly rows: string };
}

export interface PlanRow {
  readonly dot: Dot;
  readonly table: string;
  /** Summaries, one per line. */
  readonly change: readonly string[];
  readonly how: string;
  /** `~2 min, 6.1 GB`. */
  readonly cost: string;
  readonly undo: string;
  /** Conditions and losses of a revert, risks of the way there. */
  readonly notes: readonly string[];
}

/** Green: nothing to think about. Yellow: read the notes. Red: blocked. */
export type Dot = "🟢" | "🟡" | "🔴";

export interface NotHandledRow {
  readonly object: string;
  readonly name: string;
  readonly action: NotHandled["action"];
  readonly why: string;
}

export interface FindingRow {
  readonly dot: Dot | "⚪";
  readonly rule: string;
  readonly text: string;
  /** `schemas/shop/orders.sql:12`. */
  readonly at: string;
}

export function describePlan(plan: Plan): PlanView {
  const total = plan.changes.reduce((sum, change) => addCost(sum, change.cost), {
    rows: 0,
    bytes: 0,
    seconds: 0,
    diskBytes: 0,
  });
  const blockers = plan.refusals;
  const errors = plan.findings.filter((finding) => finding.severity === "error");
  return {
    title: titleOf(plan),
    verdict: verdictOf(plan, errors.length),
    rows: plan.changes.map((change) => describeChange(change, blockers)),
    notHandled: plan.notHandled.map((entry) => ({
      object: entry.object,
      name: entry.name,
      action: entry.action,
      why: entry.reason.message,
    })),
    blockers,
    findings: plan.findings.map(describeFinding),
    sql: plan.changes.flatMap((change) => change.statements.map((statement) => `${statement};`)),
    ...(plan.proof === undefined ? {} : { proof: describeProof(plan) }),
    total: { time: describeSeconds(total.seconds), disk: formatBytes(total.diskBytes), rows: formatCount(total.rows) },
  };
}

function verdictOf(plan: Plan, errors: number): PlanView["verdict"] {
  if (plan.refusals.length > 0 || plan.notHandled.length > 0 || errors > 0) return "blocked";
  if (plan.changes.length === 0) return "empty";
  const isEasy = (change: PlannedChange): boolean => change.risks.length === 0 && change.revert.class === "clean";
  return plan.changes.every(isEasy) && plan.findings.every((finding) => finding.severity === "notice")
    ? "clear"
    : "look";
}

function titleOf(plan: Plan): string {
  if (plan.changes.length === 0 && plan.notHandled.length === 0) return "No schema changes";
  const count = (kind: PlannedChange["kind"]): number => plan.changes.filter((change) => change.kind === kind).length;
  const verbs = {
    copy: ["changes", "change"],
    create: ["is created", "are created"],
    drop: ["is dropped", "are dropped"],
  } as const;
  const parts = (["copy", "create", "drop"] as const)
    .filter((kind) => count(kind) > 0)
    .map((kind) => `${plural(count(kind), "table")} ${verbs[kind][count(kind) === 1 ? 0 : 1]}`);
  if (plan.notHandled.length > 0) parts.push(`${plural(plan.notHandled.length, "object")} cannot be handled`);
  return parts.join(", ");
}

function describeChange(change: PlannedChange, blockers: readonly Reason[]): PlanRow {
  const isBlocked = blockers.some((reason) => mentions(reason.message, change.table));
  const notes = [...change.risks.map((risk) => risk.message), ...change.revert.notes];
  return {
    dot: isBlocked ? "🔴" : notes.length > 0 ? "🟡" : "🟢",
    table: change.table,
    change: change.summary,
    how: describeHow(change),
    cost: describeCost(change),
    undo: UNDO[change.revert.class],
    notes,
  };
}

function mentions(message: string, table: string): boolean {
  return (
    message === table ||
    message.startsWith(`${table} `) ||
    message.startsWith(`${table}.`) ||
    message.includes(` ${table} `) ||
    message.includes(` ${table},`)
  );
}

const UNDO: Readonly<Record<RevertForecast["class"], string>> = {
  clean: "loses nothing",
  conditional: "loses nothing; may have to wait for data to be mended",
  "loses-new-values": "keeps every row; new values are set aside",
  impossible: "not possible",
};

function describeHow(change: PlannedChange): string {
  switch (change.kind) {
    case "create":
      return "created at the seal";
    case "drop":
      return "renamed away at the seal, dropped when finalised";
    case "copy":
      return `copied beside production (the server's own ALTER: ${change.nativeAlgorithm.algorithm}, ${change.nativeAlgorithm.why})`;
  }
}

function describeCost(change: PlannedChange): string {
  if (change.kind !== "copy") return "at once";
  return `${describeSeconds(change.cost.seconds)}, ${formatBytes(change.cost.diskBytes)}`;
}

function describeSeconds(seconds: number): string {
  return seconds < 1 ? "at once" : `~${formatDuration(seconds * 1000)}`;
}

function addCost(a: Cost, b: Cost): Cost {
  return {
    rows: a.rows + b.rows,
    bytes: a.bytes + b.bytes,
    seconds: a.seconds + b.seconds,
    diskBytes: a.diskBytes + b.diskBytes,
  };
}

const FINDING_DOTS = { error: "🔴", warning: "🟡", notice: "⚪" } as const;

function describeFinding(finding: Finding): FindingRow {
  return {
    dot: FINDING_DOTS[finding.severity],
    rule: finding.rule,
    text: finding.hint === undefined ? finding.message : `${finding.message}. ${finding.hint}`,
    at: describePlace(finding.place),
  };
}

/** `file:line`, or nothing. */
export function describePlace(place: SourcePlace | undefined): string {
  return place === undefined ? "" : `${place.file}:${place.line}`;
}

function describeProof(plan: Plan): string {
  const { proof } = plan;
  if (proof === undefined) return "";
  const server = plan.flavour === "mysql" ? "MySQL" : "MariaDB";
  return `Replayed on ${server} ${proof.serverVersion}: ${plural(proof.objects, "object")} equal after ${plural(proof.statements, "statement")}, ${formatDuration(proof.ms)}`;
}

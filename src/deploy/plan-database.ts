import type { DatabaseSettings, RepositorySettings } from "#config";
import { CodedError, reasonOf, type Reason } from "#kernel";
import { proposePlan, type Finding, type Plan } from "#plan";
import type { AuthoredFile } from "#schema";
import type { DeployDeps } from "./deps.ts";

/** `later` when a server could not be asked: the same request may succeed by itself. */
export type PlanResult =
  | { readonly at: "planned"; readonly plan: Plan }
  | { readonly at: "refused"; readonly reasons: readonly Reason[] }
  | { readonly at: "later"; readonly reasons: readonly Reason[] };

export interface PlanDatabaseRequest {
  readonly database: DatabaseSettings;
  readonly files: readonly AuthoredFile[];
  readonly lint?: RepositorySettings["lint"];
}

/** Plans one database from authored files against its live schema; never throws but for an abort of `signal`. */
export async function planDatabase(
  deps: Pick<DeployDeps, "access" | "clock" | "log">,
  request: PlanDatabaseRequest,
  signal: AbortSignal,
): Promise<PlanResult> {
  try {
    return await plan(deps, request, signal);
  } catch (error) {
    signal.throwIfAborted();
    const reason = reasonOf(error, "deploy/planning-failed");
    deps.log.warn("plan.failed", { database: request.database.name, code: reason.code });
    const later = error instanceof CodedError && error.next === "retry";
    return { at: later ? "later" : "refused", reasons: [reason] };
  }
}

async function plan(
  deps: Pick<DeployDeps, "access" | "clock">,
  request: PlanDatabaseRequest,
  signal: AbortSignal,
): Promise<PlanResult> {
  const { database, files, lint } = request;
  const [live, scratch] = await Promise.all([deps.access.live(database.name), deps.access.scratch(database.name)]);
  const shards = database.shards.flatMap(({ name }, index) => {
    const one = live[index];
    return one === undefined ? [] : [{ shard: name, database: one }];
  });
  const proposed = await proposePlan({ files, shards, scratch, clock: deps.clock }, signal);
  if (proposed.at === "refused") return { at: "refused", reasons: proposed.problems };
  return { at: "planned", plan: tightened(proposed.plan, lint ?? {}) };
}

/** A repository may raise the severity of a rule, never lower it. */
function tightened(plan: Plan, lint: RepositorySettings["lint"]): Plan {
  const raise = (finding: Finding): Finding => {
    const asked = lint[finding.rule];
    return asked !== undefined && RANK[asked] > RANK[finding.severity] ? { ...finding, severity: asked } : finding;
  };
  return { ...plan, findings: plan.findings.map(raise) };
}

const RANK: Record<Finding["severity"], number> = { notice: 0, warning: 1, error: 2 };

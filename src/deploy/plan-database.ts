import type { DatabaseSettings, RepositorySettings } from "#config";
import { CodedError, reasonOf, type Reason } from "#kernel";
import type { Plan } from "#plan";
import type { AuthoredFile } from "#schema";
import type { DeployDeps } from "./deps.ts";

/** `later` when a server could not be asked: the same request may succeed by itself. */
export type PlanResult =
  | { readonly at: "planned"; readonly plan: Plan }
  | { readonly at: "refused"; readonly reasons: readonly Reason[] }
  | { readonly at: "later"; readonly reasons: readonly Reason[] };

/** Plans one database from authored files against its live schema; never throws but for an abort of `signal`. */
export async function planDatabase(
  deps: Pick<DeployDeps, "access" | "log">,
  request: {
    readonly database: DatabaseSettings;
    readonly files: readonly AuthoredFile[];
    readonly lint?: RepositorySettings["lint"];
  },
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
  deps: Pick<DeployDeps, "access">,
  request: { readonly database: DatabaseSettings; readonly files: readonly AuthoredFile[] },
  signal: AbortSignal,
): Promise<PlanResult> {
  signal.throwIfAborted();
  await deps.access.live(request.database.name);
  throw new CodedError("deploy/not-yet", "Planning is being wired");
}

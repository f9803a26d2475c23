import { CodedError, reasonOf, type Reason } from "#kernel";
import { RowTroubleError } from "../flow/row-trouble.ts";
import type { Blocker, ShardSealReport } from "../runner.ts";
import { errnoOf } from "../sql/errors.ts";
import type { Direction } from "./seal-side.ts";

export interface AttemptFigures {
  readonly shards: readonly ShardSealReport[];
  readonly lockHeldMs: number;
  readonly oldSnapshots: number;
}

export type AttemptOutcome =
  | { readonly at: "sealed"; readonly figures: AttemptFigures }
  /** Nothing has changed; `again` says whether another attempt may go better. */
  | { readonly at: "missed"; readonly reason: Reason; readonly blockers: readonly Blocker[]; readonly again: boolean }
  | { readonly at: "unsure"; readonly reason: Reason };

/** ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK, ER_QUERY_INTERRUPTED. */
export function isLockRefusal(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 1205 || errno === 1213 || errno === 1317;
}

/** What a drain that did not come to its end means. @throws what is no matter of this attempt */
export function missedDrain(errors: readonly unknown[], budget: AbortSignal, direction: Direction): AttemptOutcome {
  const real = errors.find((error) => error !== undefined && error !== budget.reason) ?? budget.reason;
  if (real instanceof RowTroubleError && direction === "revert") {
    return {
      at: "missed",
      again: false,
      blockers: [],
      reason: {
        code: "engine/revert-blocked",
        message: "Rows written since the seal do not fit the old definition",
        hint: "Mend these rows and revert again.",
      },
    };
  }
  if (real instanceof CodedError && real.code === "engine/drain-budget") {
    const hint = "There are more changes than can be brought over under the locks; a quieter moment helps.";
    return { at: "missed", again: true, blockers: [], reason: { code: real.code, message: real.message, hint } };
  }
  if (real instanceof RowTroubleError) return { at: "missed", again: true, blockers: [], reason: reasonOf(real) };
  throw real;
}

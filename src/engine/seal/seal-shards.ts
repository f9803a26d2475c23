import { reasonOf } from "#kernel";
import type { SealOutcome } from "../runner.ts";
import { isPassing } from "../sql/errors.ts";
import { quotedTable } from "../sql/names.ts";
import { attemptSeal } from "./attempt.ts";
import type { AttemptFigures, AttemptOutcome } from "./attempt-outcome.ts";
import { waitForOldSnapshots } from "./onlookers.ts";
import type { Direction, SealSide } from "./seal-side.ts";

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;

/**
 * Attempts, with growing pauses, until all shards have their names or the attempts are used up. Clients have their
 * tables back between attempts.
 */
export async function sealShards(
  sides: readonly SealSide[],
  direction: Direction,
  signal: AbortSignal,
): Promise<SealOutcome> {
  const contexts = sides.map(({ context }) => context);
  const first = contexts[0];
  if (first === undefined)
    return { at: "refused", reason: { code: "engine/nothing-to-seal", message: "No shards" }, blockers: [] };
  const { settings, clock, log } = first;
  await waitForOldSnapshots(contexts, settings.snapshotWaitMs, signal);
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await tryOnce(sides, direction, signal);
    log.info(`${direction}.attempt`, { attempt, at: outcome.at });
    if (outcome.at === "sealed") return { at: "sealed", report: report(sides, direction, attempt, outcome.figures) };
    if (outcome.at === "unsure") return outcome;
    if (!outcome.again || attempt >= settings.sealAttempts) {
      return { at: "refused", reason: outcome.reason, blockers: outcome.blockers };
    }
    await clock.sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1)), signal);
  }
}

/** A connection lost before the first RENAME was sent is a missed attempt: the locks went with it. */
async function tryOnce(sides: readonly SealSide[], direction: Direction, signal: AbortSignal): Promise<AttemptOutcome> {
  try {
    return await attemptSeal(sides, direction, signal);
  } catch (error) {
    if (signal.aborted || !isPassing(error)) throw error;
    return { at: "missed", reason: reasonOf(error), blockers: [], again: true };
  }
}

function report(
  sides: readonly SealSide[],
  direction: Direction,
  attempts: number,
  figures: AttemptFigures,
): Extract<SealOutcome, { at: "sealed" }>["report"] {
  const retired = sides.flatMap(({ tables }) =>
    tables
      .filter(({ change }) => change.kind !== (direction === "seal" ? "create" : "drop"))
      .map((one) => quotedTable(direction === "seal" ? one.old : one.next)),
  );
  const clock = sides[0]?.context.clock;
  return {
    attempts,
    tables: new Set(sides.flatMap(({ tables }) => tables.map(({ change }) => change.table))).size,
    shards: figures.shards,
    oldTables: [...new Set(retired)],
    lockHeldMs: figures.lockHeldMs,
    oldSnapshots: figures.oldSnapshots,
    sealedAt: clock?.now().toISOString() ?? "",
  };
}

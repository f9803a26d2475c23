import type { CleanReport } from "#engine";
import { CodedError, plural, reasonOf } from "#kernel";
import type { Deployment } from "../deployment.machine.ts";
import type { Drive } from "./drive.ts";
import { isFenced, verdictOn } from "./verdict.ts";

/** A revert that was refused is not overtaken by the end of the window: there is this much time for another try. */
const SECOND_CHANCE_MS = 10 * 60_000;

/** The same barrier backwards, then everything of ours goes. */
export async function revertStep(
  drive: Drive,
  state: Extract<Deployment, { at: "reverting" }>,
  signal: AbortSignal,
): Promise<void> {
  if (!state.done) {
    await takeNamesBack(drive, state.windowUntil, signal);
    return;
  }
  const runner = await drive.runner(signal);
  const clean = await runner.abandon(signal);
  assertClean(clean);
  await drive.say({ type: "reverted", clean });
}

export async function finaliseStep(drive: Drive, signal: AbortSignal): Promise<void> {
  const runner = await drive.runner(signal);
  const clean = await runner.finalise(signal);
  assertClean(clean);
  await drive.say({ type: "finalised", clean });
}

export async function cancelStep(drive: Drive, signal: AbortSignal): Promise<void> {
  const runner = await drive.runner(signal);
  const clean = await runner.abandon(signal);
  assertClean(clean);
  await drive.say({ type: "cancelled", clean });
}

async function takeNamesBack(drive: Drive, windowUntil: string, signal: AbortSignal): Promise<void> {
  try {
    const runner = await drive.runner(signal);
    // An earlier process may have come further than the events tell.
    const seen = await runner.look(signal);
    const owner = seen === "split" ? await runner.resolve(drive.critical) : seen;
    if (owner !== "sealed") {
      await drive.say({ type: "revert-done" });
      return;
    }
    if (drive.armed !== "inverse") await runner.openWindow(signal);
    drive.armed = "inverse";
    const outcome = await runner.revert(drive.critical);
    await drive.showProgress();
    if (outcome.at === "sealed") await drive.say({ type: "revert-done", report: outcome.report });
    else if (outcome.at === "refused") {
      await drive.say({
        type: "revert-refused",
        reason: outcome.reason,
        windowUntil: secondChance(drive, windowUntil),
      });
    } else {
      throw new CodedError(outcome.reason.code, outcome.reason.message, { next: "retry" });
    }
  } catch (error) {
    if (signal.aborted || drive.critical.aborted || isFenced(error) || verdictOn(error, drive.failures) === "retry")
      throw error;
    const reason = reasonOf(error, "deploy/revert-failed");
    await drive.closeRunner();
    await drive.say({ type: "revert-refused", reason, windowUntil: secondChance(drive, windowUntil) });
  }
}

function secondChance(drive: Drive, windowUntil: string): string {
  const least = drive.deps.clock.now().getTime() + Math.min(SECOND_CHANCE_MS, drive.database.revertWindowMs);
  return new Date(Math.max(least, Date.parse(windowUntil))).toISOString();
}

/** @throws CodedError `deploy/not-clean` (retry) while something of ours is left */
function assertClean(clean: CleanReport): void {
  if (clean.left.length === 0) return;
  throw new CodedError("deploy/not-clean", `${plural(clean.left.length, "thing")} of ours left on the servers`, {
    next: "retry",
    details: { left: clean.left },
  });
}

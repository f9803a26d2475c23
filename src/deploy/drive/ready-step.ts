import type { Runner } from "#engine";
import { reasonOf } from "#kernel";
import type { Deployment } from "../deployment.machine.ts";
import { viewOfKnown } from "../fold.ts";
import { gate } from "../gate.ts";
import type { Drive } from "./drive.ts";
import { pauseAfterRound } from "./runner-settings.ts";
import { giveUp, isFenced, verdictOn } from "./verdict.ts";

type Ready = Extract<Deployment, { at: "ready" }>;
/** A rest ends by itself after this, so that nothing depends on one timer. */
const REST_MS = 60_000;

/** Held: the tails go on until the gate opens, for as long as it takes. */
export async function readyStep(drive: Drive, state: Ready, signal: AbortSignal): Promise<void> {
  const runner = await armed(drive, state, signal);
  if (runner === undefined) return;
  const pauseMs = pauseLeft(drive, state);
  if (gate(viewOfKnown(drive.known)).at === "open" && pauseMs <= 0) {
    const round = state.rounds + 1;
    // From here on a cancel is refused; one that came first makes this a conflict, and nothing was begun.
    if (await drive.say({ type: "seal-started", round })) drive.announcedRound = round;
    return;
  }
  try {
    await drive.rest(pauseMs > 0 ? pauseMs : REST_MS, signal, runner);
  } catch (error) {
    await tailsEnded(drive, error, signal);
  }
}

/** A runner that was opened in this process catches up first, by its checkpoint. */
async function armed(drive: Drive, state: Ready, signal: AbortSignal): Promise<Runner | undefined> {
  try {
    const runner = await drive.runner(signal);
    if (drive.armed === "staged") return runner;
    const staged = await drive.untilNews(signal, (both) => runner.stage(both));
    if (staged === undefined) {
      await drive.closeRunner();
      return undefined;
    }
    drive.armed = "staged";
    await drive.showProgress();
    const stale = state.body.reasons.length > 0 && state.refusedAt === undefined;
    if (stale) await drive.say({ type: "hindered", reasons: [] });
    return stale ? undefined : runner;
  } catch (error) {
    await giveUp(drive, error, signal);
    return undefined;
  }
}

async function tailsEnded(drive: Drive, error: unknown, signal: AbortSignal): Promise<void> {
  if (signal.aborted || isFenced(error)) throw error;
  if (verdictOn(error, drive.failures) !== "retry") {
    await giveUp(drive, error, signal);
    return;
  }
  await drive.closeRunner();
  await drive.say({ type: "stage-lost", reason: reasonOf(error, "deploy/tail-ended") });
}

function pauseLeft(drive: Drive, state: Ready): number {
  if (state.refusedAt === undefined || state.rounds === 0) return 0;
  return Date.parse(state.refusedAt) + pauseAfterRound(state.rounds) - drive.deps.clock.now().getTime();
}

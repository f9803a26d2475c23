import { reasonOf } from "#kernel";
import type { Deployment } from "../deployment.machine.ts";
import type { Drive } from "./drive.ts";
import { isFenced, verdictOn } from "./verdict.ts";

const REST_MS = 60_000;

/** Sealed: the old tables are kept current until the deadline, a revert or a finalize. */
export async function windowStep(
  drive: Drive,
  state: Extract<Deployment, { at: "window" }>,
  signal: AbortSignal,
): Promise<void> {
  const leftMs = Date.parse(state.windowUntil) - drive.deps.clock.now().getTime();
  if (leftMs <= 0) {
    await drive.say({ type: "window-ended" });
    return;
  }
  const restMs = Math.min(leftMs, REST_MS);
  if (drive.windowBroken) {
    await drive.rest(restMs, signal);
    return;
  }
  try {
    const runner = await drive.runner(signal);
    if (drive.armed !== "inverse") {
      if ((await drive.untilNews(signal, (both) => runner.openWindow(both))) === undefined) return;
      drive.armed = "inverse";
      if (!state.opened || state.body.reasons.some((reason) => reason.code !== "engine/revert-blocked")) {
        await drive.say({ type: "window-opened" });
      }
      return;
    }
    await drive.rest(restMs, signal, runner);
  } catch (error) {
    if (signal.aborted || isFenced(error) || verdictOn(error, drive.failures) === "retry") throw error;
    // Production goes on with the new tables; what is lost is the way back, and people must know.
    drive.windowBroken = true;
    await drive.closeRunner();
    await drive.sayHindered([reasonOf(error, "deploy/window-broken")]);
  }
}

import type { Deployment } from "../deployment.machine.ts";
import type { Drive } from "./drive.ts";
import { giveUp } from "./verdict.ts";

/** Preflight once, then copy, tail and check until every table on every shard equals. */
export async function stageStep(
  drive: Drive,
  state: Extract<Deployment, { at: "staging" }>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const runner = await drive.runner(signal);
    if (!state.checked) {
      const reasons = await runner.preflight(signal);
      if (reasons.length > 0) {
        await drive.say({ type: "blocked", reasons });
        return;
      }
      if (!(await drive.say({ type: "preflight-passed" }))) return;
    }
    const staged = await drive.untilNews(signal, async (both) => {
      const done = new AbortController();
      const calming = drive.calmDown(AbortSignal.any([both, done.signal]));
      try {
        return await runner.stage(both);
      } finally {
        done.abort();
        await calming;
      }
    });
    if (staged === undefined) {
      await drive.closeRunner();
      return;
    }
    drive.armed = "staged";
    await drive.showProgress();
    await drive.say({ type: "staged", report: staged.result });
  } catch (error) {
    await giveUp(drive, error, signal);
  }
}

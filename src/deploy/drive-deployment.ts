import { CodedError, reasonOf } from "#kernel";
import type { Deployment } from "./deployment.machine.ts";
import type { Drive } from "./drive/drive.ts";
import { cancelStep, finaliseStep, revertStep } from "./drive/end-steps.ts";
import { planStep } from "./drive/plan-step.ts";
import { readyStep } from "./drive/ready-step.ts";
import { sealStep, unsureStep } from "./drive/seal-step.ts";
import { stageStep } from "./drive/stage-step.ts";
import { isFenced } from "./drive/verdict.ts";
import { windowStep } from "./drive/window-step.ts";

/** Pauses after errors grow to this, milliseconds. */
const LONGEST_PAUSE_MS = 30_000;
/** A step that went on for this long without an error forgets those before it. */
const STEADY_MS = 10_000;

/**
 * Carries a deployment on, step by step, until it is over, waits for a person or for its turn, or `signal` aborts (the
 * lease is lost, the process ends). Every step decides by the state alone and looks at the servers first, so it may be
 * cut off anywhere and be taken up by another process.
 */
export async function driveDeployment(drive: Drive, signal: AbortSignal): Promise<void> {
  const { clock } = drive.deps;
  for (;;) {
    signal.throwIfAborted();
    try {
      const { state } = await drive.reload();
      const startedMs = clock.monotonicMs();
      if ((await step(drive, state, signal)) === "rests") return;
      // What recovers for a moment and fails again has not got on, and must not write history in a tight loop.
      if (drive.known.state.at !== state.at || clock.monotonicMs() - startedMs > STEADY_MS) drive.failures = 0;
    } catch (error) {
      if (signal.aborted || isFenced(error)) throw error;
      drive.failures += 1;
      await pause(drive, error, signal);
    }
  }
}

/** `rests`: nothing to do here until somebody or something else moves it. */
async function step(drive: Drive, state: Deployment, signal: AbortSignal): Promise<"on" | "rests"> {
  switch (state.at) {
    case "planning":
      await planStep(drive, signal);
      return "on";
    case "staging":
      await stageStep(drive, state, signal);
      return "on";
    case "ready":
      await readyStep(drive, state, signal);
      return "on";
    case "sealing":
      await sealStep(drive, state, signal);
      return "on";
    case "unsure":
      await unsureStep(drive, state, signal);
      return "on";
    case "window":
      await windowStep(drive, state, signal);
      return "on";
    case "reverting":
      await revertStep(drive, state, signal);
      return "on";
    case "finalising":
      await finaliseStep(drive, signal);
      return "on";
    case "cancelling":
      await cancelStep(drive, signal);
      return "on";
    case "queued":
    case "blocked":
    case "finalised":
    case "reverted":
    case "cancelled":
    case "failed":
    case "unchanged":
      return "rests";
  }
}

/** After an error: the runner is closed, people are told why it takes longer, and it is tried again later. */
async function pause(drive: Drive, error: unknown, signal: AbortSignal): Promise<void> {
  const reason = reasonOf(error, "deploy/unexpected");
  const where = error instanceof CodedError ? {} : { stack: error instanceof Error ? error.stack : undefined };
  drive.deps.log.warn("drive.failed", { deployment: drive.id, code: reason.code, failures: drive.failures, ...where });
  await drive.closeRunner();
  try {
    await drive.sayHindered([reason]);
  } catch {
    // The control database itself may be what fails.
  }
  const pauseMs = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** Math.min(drive.failures - 1, 10));
  await drive.rest(pauseMs, signal);
}

import type { SealOutcome } from "#engine";
import { CodedError, reasonOf, type Reason } from "#kernel";
import type { Deployment } from "../deployment.machine.ts";
import type { Drive } from "./drive.ts";
import { sealRounds } from "./runner-settings.ts";
import { isFenced } from "./verdict.ts";

const WORKER_LOST: Reason = {
  code: "deploy/worker-lost",
  message: "The process that was sealing is gone; the servers are asked how far it came.",
};

/**
 * Seals a round that this process has just announced. A round announced by a process that is gone, or one whose answer
 * could not be kept, is never begun again blind: it is unsure.
 */
export async function sealStep(
  drive: Drive,
  state: Extract<Deployment, { at: "sealing" }>,
  openSignal: AbortSignal,
): Promise<void> {
  const mine = drive.announcedRound === state.round && drive.armed === "staged";
  drive.announcedRound = undefined;
  if (!mine) {
    await drive.say({ type: "seal-unsure", reason: WORKER_LOST });
    return;
  }
  const runner = await drive.runner(openSignal);
  const outcome = await runner.seal(drive.critical).catch((error: unknown): SealOutcome => {
    if (drive.critical.aborted || isFenced(error)) throw error;
    return { at: "unsure", reason: reasonOf(error, "deploy/seal-lost") };
  });
  await drive.showProgress();
  switch (outcome.at) {
    case "sealed":
      await drive.say({ type: "sealed", report: outcome.report, windowUntil: windowUntil(drive) });
      return;
    case "refused":
      await refused(drive, outcome.reason, state.round >= sealRounds(drive.database));
      return;
    case "unsure":
      await drive.say({ type: "seal-unsure", reason: outcome.reason });
  }
}

/** Looks at every shard until it is known who owns the names; a split is ended one way or the other. */
export async function unsureStep(
  drive: Drive,
  state: Extract<Deployment, { at: "unsure" }>,
  signal: AbortSignal,
): Promise<void> {
  await drive.closeRunner();
  const runner = await drive.runner(signal);
  const seen = await runner.look(signal);
  const owner = seen === "split" ? await runner.resolve(drive.critical) : seen;
  await drive.closeRunner();
  switch (owner) {
    case "sealed":
      await drive.say({ type: "sealed", windowUntil: windowUntil(drive) });
      return;
    case "original":
      // Nobody refused it, so the votes are not used up by the first such accident.
      await refused(drive, undone(state.body.reasons[0]), state.round > sealRounds(drive.database));
      return;
    case "reverted":
      throw new CodedError("deploy/names-reverted", "The names were taken back without a revert being asked for");
  }
}

async function refused(drive: Drive, reason: Reason, votesSpent: boolean): Promise<void> {
  await drive.say({ type: "seal-refused", reason, votesSpent });
}

function undone(cause: Reason | undefined): Reason {
  return {
    code: "deploy/seal-undone",
    message: `The seal was interrupted (${cause?.code ?? WORKER_LOST.code}); every shard still has its original tables.`,
    hint: "It is tried again by itself while its votes hold.",
  };
}

function windowUntil(drive: Drive): string {
  return new Date(drive.deps.clock.now().getTime() + drive.database.revertWindowMs).toISOString();
}

import { CodedError, reasonOf } from "#kernel";
import type { Drive } from "./drive.ts";

/** What a thrown error asks for: try again by itself, wait for a person, or end it. */
export type Verdict = "retry" | "block" | "fail";

/**
 * Errors of ours say it themselves. Foreign ones are tried again: most are a server or network that comes back, and
 * giving up would throw away hours of copying.
 */
export function verdictOn(error: unknown): Verdict {
  if (!(error instanceof CodedError)) return "retry";
  switch (error.next) {
    case "retry":
      return "retry";
    case "ask-human":
    case "fix-input":
      return "block";
    case "stop":
      return "fail";
  }
}

/** A newer holder is at work on the servers: this process has no say any more. */
export function isFenced(error: unknown): boolean {
  return error instanceof CodedError && error.code === "engine/fenced";
}

/**
 * Before the seal: takes everything of ours off the servers, then says that it is blocked or failed. In this order, a
 * crash in between only means that it is found out again.
 *
 * @throws whatever keeps the servers from being cleaned, and errors that ask for another try
 */
export async function giveUp(drive: Drive, error: unknown, signal: AbortSignal): Promise<void> {
  const verdict = verdictOn(error);
  if (verdict === "retry" || isFenced(error) || signal.aborted) throw error;
  const reasons = [reasonOf(error, "deploy/staging-failed")];
  await drive.closeRunner();
  const runner = await drive.runner(signal);
  await runner.abandon(signal);
  await drive.closeRunner();
  await drive.say({ type: verdict === "fail" ? "failed" : "blocked", reasons });
}

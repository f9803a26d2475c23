import { CodedError, reasonOf, type Reason } from "#kernel";
import type { Drive } from "./drive.ts";

/** What a thrown error asks for: try again by itself, wait for a person, or end it. */
export type Verdict = "retry" | "block" | "fail";

/** What a server refuses once it may grant a minute later (too many connections, read-only for a while, disk full). */
const MAY_PASS = ["drivers/sql", "drivers/cannot-connect"];
/** Failures in a row until such a refusal is believed; with the growing pauses this takes about two minutes. */
const BELIEVED_AFTER = 8;

/**
 * Errors of ours say it themselves. Foreign ones are tried again: most are a server or network that comes back, and
 * giving up would throw away hours of copying.
 *
 * @param failures how often in a row it has failed before
 */
export function verdictOn(error: unknown, failures: number): Verdict {
  if (!(error instanceof CodedError)) return "retry";
  if (MAY_PASS.includes(error.code) && failures < BELIEVED_AFTER) return "retry";
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
  const verdict = verdictOn(error, drive.failures);
  if (verdict === "retry" || isFenced(error) || signal.aborted) throw error;
  const reasons = reasonsOf(error);
  await drive.closeRunner();
  const runner = await drive.runner(signal);
  await runner.abandon(signal);
  await drive.closeRunner();
  await drive.say({ type: verdict === "fail" ? "failed" : "blocked", reasons });
}

/** An error that gathers several reasons has them in its details. */
function reasonsOf(error: unknown): readonly Reason[] {
  const all = error instanceof CodedError ? error.details["reasons"] : undefined;
  if (Array.isArray(all) && all.length > 0) return all as readonly Reason[];
  return [reasonOf(error, "deploy/staging-failed")];
}

import type { Subject } from "#deploy";
import { CodedError } from "#kernel";
import { codeOf, rateLimitMs } from "../api/errors.ts";
import type { GithubDeps } from "../room.ts";
import { publishSubject } from "./publish-subject.ts";

export interface PublisherOptions {
  /** At most one edit of a subject in this time, milliseconds; 20 s keeps within GitHub's limits, 3 s is lively. */
  readonly everyMs: number;
  /** How often the outbox is asked, milliseconds. */
  readonly pollMs: number;
}

const CLAIM_MS = 60_000;
const AT_ONCE = 4;
const MOST_BACKOFF_MS = 300_000;

/**
 * Works off the outbox until aborted: what a subject shows is rendered from what is true now, so a mark says only
 * "look again" and many marks make one edit. What fails is tried again, after as long as GitHub asks for.
 */
export async function runPublisher(deps: GithubDeps, options: PublisherOptions, signal: AbortSignal): Promise<void> {
  const lastAt = new Map<string, number>();
  const failures = new Map<string, number>();
  /** Owner to the moment before which GitHub wants no more writes of that installation. */
  const pausedUntil = new Map<string, number>();

  const waitMs = (subject: Subject): number => {
    const now = deps.clock.monotonicMs();
    const last = lastAt.get(keyOf(subject));
    const coalesced = last === undefined ? 0 : last + options.everyMs - now;
    return Math.max(0, coalesced, (pausedUntil.get(subject.repository.owner) ?? 0) - now);
  };

  const publish = async (subject: Subject, ticket: string): Promise<void> => {
    const wait = waitMs(subject);
    if (wait > 0) {
      await deps.control.outbox.failed(ticket, "github/later", Math.ceil(wait));
      return;
    }
    const key = keyOf(subject);
    lastAt.set(key, deps.clock.monotonicMs());
    try {
      await keepingClaim(deps, ticket, signal, (kept) => publishSubject(deps, subject, kept));
      failures.delete(key);
      await deps.control.outbox.done(ticket);
    } catch (error) {
      if (signal.aborted) {
        // The next process goes on at once, not when the claim has run out.
        await deps.control.outbox.failed(ticket, "github/stopped", 0);
        return;
      }
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      const limit = rateLimitMs(error, deps.clock);
      if (limit !== undefined) pausedUntil.set(subject.repository.owner, deps.clock.monotonicMs() + limit);
      const retryMs = limit ?? Math.min(MOST_BACKOFF_MS, 1000 * 2 ** (count - 1));
      deps.log.warn("publish.failed", {
        repository: subject.repository,
        pull: subject.pull,
        code: codeOf(error),
        retryMs,
      });
      deps.counters?.published("comment", "failed");
      await deps.control.outbox.failed(ticket, codeOf(error), retryMs);
    }
  };

  while (!signal.aborted) {
    const claimed = await claim(deps);
    await Promise.all(claimed.map(({ subject, ticket }) => guarded(deps, () => publish(subject, ticket))));
    if (lastAt.size > 10_000) lastAt.clear();
    if (claimed.length < AT_ONCE) await deps.clock.sleep(options.pollMs, signal).catch(() => undefined);
  }
}

/**
 * Does `work` while its claim is renewed: a subject of many databases, or a slow GitHub, may take longer than one claim,
 * and two that publish the same at once would make comments and checks twice. `work` is aborted when the claim is lost.
 */
async function keepingClaim(
  deps: GithubDeps,
  ticket: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const lost = new AbortController();
  const ended = new AbortController();
  let renewedAt = deps.clock.monotonicMs();
  const renewing = (async (): Promise<void> => {
    for (;;) {
      await deps.clock.sleep(CLAIM_MS / 6, ended.signal);
      const askedAt = deps.clock.monotonicMs();
      const kept = await deps.control.outbox.renew(ticket, CLAIM_MS).catch(() => undefined);
      if (kept === true) renewedAt = askedAt;
      else if (kept === false || deps.clock.monotonicMs() - renewedAt > CLAIM_MS / 2) {
        lost.abort(new CodedError("github/claim-lost", "Another process may be publishing this", { next: "retry" }));
      }
    }
  })().catch(() => undefined);
  try {
    await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    ended.abort();
    await renewing;
  }
}

/** The control database may be away for a while; the loop outlives that. */
async function claim(deps: GithubDeps): ReturnType<GithubDeps["control"]["outbox"]["claim"]> {
  try {
    return await deps.control.outbox.claim(AT_ONCE, CLAIM_MS);
  } catch (error) {
    deps.log.warn("publish.outbox-unreachable", { code: codeOf(error) });
    return [];
  }
}

async function guarded(deps: GithubDeps, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    deps.log.warn("publish.outbox-unreachable", { code: codeOf(error) });
  }
}

function keyOf(subject: Subject): string {
  return `${subject.repository.owner}/${subject.repository.name}#${subject.pull}`.toLowerCase();
}

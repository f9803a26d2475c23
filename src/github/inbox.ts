import { CodedError } from "#kernel";
import type { Delivery } from "#deploy";
import type { Probot } from "probot";
import { codeOf, rateLimitMs } from "./api/errors.ts";
import type { EventHandler } from "./events/handler.ts";
import { EVENT_HANDLERS } from "./events/list.ts";
import type { GithubDeps } from "./room.ts";

/** A handler that takes longer is given up and tried again: its claim is about to run out. */
const HANDLER_MS = 110_000;
const CLAIM_MS = 120_000;
const AT_ONCE = 4;

export interface InboxOptions {
  /** How often the inbox is asked when nobody has rung, milliseconds. */
  readonly pollMs: number;
}

export interface InboxProcessor {
  /** Something new is in the inbox. */
  ring(): void;
  /** Works it off until aborted; resolves when the handlers under way have ended. */
  run(signal: AbortSignal): Promise<void>;
}

/** Hands stored deliveries to Probot's router, several at once; what fails comes back after a pause. */
export function createInboxProcessor(deps: GithubDeps, probot: Probot, options: InboxOptions): InboxProcessor {
  const route = routeThrough(deps, probot, EVENT_HANDLERS);
  const running = new Set<Promise<void>>();
  let wake = (): void => undefined;

  const work = async (delivery: Delivery, signal: AbortSignal): Promise<void> => {
    const { id, event, action } = delivery;
    try {
      await route(delivery, AbortSignal.any([signal, AbortSignal.timeout(HANDLER_MS)]));
      await deps.control.inbox.done(id);
      deps.counters?.webhook(event, "done");
    } catch (error) {
      const inner = innermost(error);
      deps.log.warn("webhook.failed", { delivery: id, webhook: event, action, code: codeOf(inner) });
      deps.counters?.webhook(event, "failed");
      const limit = rateLimitMs(inner, deps.clock);
      if (limit !== undefined) deps.log.warn("webhook.rate-limited", { delivery: id, retryMs: limit });
      await deps.control.inbox.failed(id, codeOf(inner), limit).catch(() => undefined);
    }
  };

  return {
    ring: () => wake(),
    async run(signal) {
      while (!signal.aborted) {
        const claimed = running.size >= AT_ONCE ? [] : await claim(deps, AT_ONCE - running.size);
        for (const delivery of claimed) {
          const job: Promise<void> = work(delivery, signal).finally(() => running.delete(job));
          running.add(job);
        }
        if (claimed.length > 0) continue;
        const rung = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([rung, ...running, deps.clock.sleep(options.pollMs, signal)]).catch(() => undefined);
      }
      await Promise.allSettled(running);
    },
  };
}

async function claim(deps: GithubDeps, limit: number): Promise<readonly Delivery[]> {
  try {
    return await deps.control.inbox.claim(limit, CLAIM_MS);
  } catch (error) {
    deps.log.warn("webhook.inbox-unreachable", { code: codeOf(error) });
    return [];
  }
}

/**
 * Registers every handler with Probot and returns the way in. Probot gives a handler no signal, so it travels beside
 * the delivery.
 */
function routeThrough(
  deps: GithubDeps,
  probot: Probot,
  handlers: readonly EventHandler[],
): (delivery: Delivery, signal: AbortSignal) => Promise<void> {
  const signals = new Map<string, AbortSignal>();
  for (const handler of handlers) {
    probot.on(handler.on, async (context) => {
      const signal = signals.get(context.id) ?? AbortSignal.timeout(HANDLER_MS);
      await handler.handle(deps, { id: context.id, payload: context.payload }, signal);
    });
  }
  return async (delivery, signal) => {
    signals.set(delivery.id, signal);
    try {
      await probot.receive({ id: delivery.id, name: delivery.event, payload: delivery.payload } as Parameters<
        Probot["receive"]
      >[0]);
    } finally {
      signals.delete(delivery.id);
    }
  };
}

/** Probot wraps what handlers throw, once for each layer. */
function innermost(error: unknown): unknown {
  if (error instanceof CodedError) return error;
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  return error;
}

import type { Probot } from "probot";
import type { RepositoryName } from "#config";
import { CodedError } from "#kernel";
import type { z } from "zod";
import { asBound } from "../binding.ts";
import type { GithubDeps } from "../room.ts";

type EventName = Parameters<Probot["on"]>[0] & string;

/** What happens on a webhook. Handlers may run again for the same delivery, and in any order. */
export interface EventHandler {
  /** `event` or `event.action`. */
  readonly on: EventName;
  handle(deps: GithubDeps, delivery: EventDelivery, signal: AbortSignal): Promise<void>;
}

export interface EventDelivery {
  /** The delivery's id: the same for every redelivery. */
  readonly id: string;
  readonly payload: unknown;
}

/** @throws CodedError `github/odd-payload` when the payload is not what GitHub describes */
export function read<T>(schema: z.ZodType<T>, delivery: EventDelivery): T {
  const result = schema.safeParse(delivery.payload);
  if (result.success) return result.data;
  throw new CodedError("github/odd-payload", "The payload is not what GitHub describes", {
    next: "stop",
    details: { delivery: delivery.id, at: result.error.issues[0]?.path.join(".") },
  });
}

/** The repository as fleet.yml spells it; undefined (and logged) when no group names it. */
export function boundRepository(
  deps: GithubDeps,
  repository: {
    readonly name: string;
    readonly owner: { readonly login?: string | undefined; readonly name?: string | undefined };
  },
): RepositoryName | undefined {
  const name = { owner: repository.owner.login ?? repository.owner.name ?? "", name: repository.name };
  const bound = asBound(deps.fleet, name);
  if (bound === undefined) deps.log.info("webhook.unbound", { repository: name });
  return bound;
}

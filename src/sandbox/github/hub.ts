import type { Finding } from "../contract/description.ts";
import type { Referee } from "../contract/referee.ts";
import type { Violation } from "./types.ts";
import { simpleUser, type Json } from "./shapes/account.ts";
import { repositoryShape } from "./shapes/repository.ts";
import type { Tokens } from "./tokens.ts";
import type { Webhooks } from "./webhooks.ts";
import { type Account, type Repo, type World, fullName, nodeId } from "./world.ts";

/** What every verb of the sandbox works with. */
export interface Hub {
  readonly world: World;
  readonly webhooks: Webhooks;
  readonly tokens: Tokens;
  /** Undefined: nothing is judged. */
  readonly referee: Referee | undefined;
  readonly violations: Violation[];
}

export interface Announcement {
  readonly event: string;
  readonly action?: string;
  readonly sender: Account;
  readonly payload: Json;
}

export function accuse(hub: Hub, findings: readonly Finding[]): void {
  hub.violations.push(...findings);
}

/** Sends a repository's event to the app, if it is installed there and asked for such events. */
export function announce(hub: Hub, repo: Repo, announcement: Announcement): void {
  const { world } = hub;
  world.changed(repo);
  const installation = world.installationOf(repo);
  if (installation === undefined || !world.app.events.includes(announcement.event)) return;
  dispatch(hub, {
    ...announcement,
    repository: fullName(repo),
    repositoryId: repo.id,
    installationId: installation.id,
    payload: {
      repository: repositoryShape(world, repo),
      installation: { id: installation.id, node_id: nodeId("Installation", installation.id) },
      ...announcement.payload,
    },
  });
}

/** Sends an event whose payload is whole but for action and sender; judges it on the way. */
export function dispatch(
  hub: Hub,
  event: Announcement & {
    readonly repository?: string;
    readonly repositoryId?: number;
    readonly installationId: number;
  },
): void {
  const payload = {
    ...(event.action === undefined ? {} : { action: event.action }),
    ...event.payload,
    sender: simpleUser(hub.world, event.sender),
  };
  // What is judged is what is sent: dates and undefined members are gone after a round trip.
  const plain = JSON.parse(JSON.stringify(payload)) as Json;
  if (hub.referee !== undefined) accuse(hub, hub.referee.webhook(event.event, event.action, plain));
  hub.webhooks.send({
    event: event.event,
    action: event.action,
    repository: event.repository,
    repositoryId: event.repositoryId,
    installationId: event.installationId,
    payload: plain,
  });
}

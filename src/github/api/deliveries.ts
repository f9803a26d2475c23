import type { GithubDeps } from "../room.ts";
import { statusOf } from "./errors.ts";

const MOST_TRIES = 3;

/**
 * Asks GitHub to send failed deliveries again, each three times at most; the inbox knows those that came after all.
 * A GitHub that has no such list (404) is fine: the sweeps find the rest.
 *
 * @param tried guid to how often it was asked for; kept by the caller
 */
export async function redeliverFailed(deps: GithubDeps, tried: Map<string, number>): Promise<void> {
  const octokit = await deps.clients.app();
  try {
    const { data } = await octokit.rest.apps.listWebhookDeliveries({ per_page: 100 });
    const arrived = new Set(data.filter((one) => isOk(one.status_code)).map((one) => one.guid));
    const failed = new Map(
      data.filter((one) => !isOk(one.status_code) && !arrived.has(one.guid)).map((one) => [one.guid, one.id]),
    );
    for (const [guid, id] of failed) {
      const count = tried.get(guid) ?? 0;
      if (count >= MOST_TRIES) continue;
      tried.set(guid, count + 1);
      await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
      deps.log.info("webhook.redelivery-asked", { delivery: guid, try: count + 1 });
    }
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}

/** 0 is one that is still on its way. */
function isOk(status: number): boolean {
  return status === 0 || (status >= 200 && status < 300);
}

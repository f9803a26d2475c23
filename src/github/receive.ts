import { createHmac, timingSafeEqual } from "node:crypto";
import type { Inbox } from "#deploy";
import type { Log } from "#kernel";

export interface IncomingWebhook {
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Exactly the bytes that came: the signature is over them. */
  readonly body: Uint8Array;
}

export type WebhookAnswer = { readonly status: 200 | 202 | 400 | 401; readonly text: string };

/** Said of a webhook that is new and in the inbox now. */
export const STORED = "stored";

/** Bytes GitHub sends at most; more is not from GitHub. */
export const MOST_WEBHOOK_BYTES = 25 * 1024 * 1024;

/**
 * Verifies a webhook and stores it; the work follows from the inbox, so GitHub always gets its answer in time.
 * GitHub never sends again by itself: what is stored here is all there is.
 */
export async function receiveWebhook(
  deps: {
    readonly inbox: Inbox;
    readonly log: Log;
    readonly secrets: readonly string[];
    readonly hears: ReadonlySet<string>;
  },
  incoming: IncomingWebhook,
): Promise<WebhookAnswer> {
  if (!isSigned(deps.secrets, incoming)) return { status: 401, text: "signature does not match" };
  const id = incoming.headers["x-github-delivery"];
  const event = incoming.headers["x-github-event"];
  if (id === undefined || event === undefined || !/^[\w-]{1,100}$/.test(id) || !/^\w{1,60}$/.test(event)) {
    return { status: 400, text: "delivery id or event is missing" };
  }
  const payload = parseJson(incoming.body);
  if (payload === undefined) return { status: 400, text: "payload is not JSON" };
  const action = "action" in payload && typeof payload.action === "string" ? payload.action : undefined;
  if (!isHeard(deps.hears, event, action)) return { status: 202, text: "nothing listens to this" };
  const known = await deps.inbox.receive({ id, event, payload, ...(action === undefined ? {} : { action }) });
  deps.log.info("webhook.received", { delivery: id, webhook: event, action, known });
  return known === "known" ? { status: 200, text: "known" } : { status: 202, text: STORED };
}

/** `hears` holds `event` or `event.action`; what nobody would act on is not stored. */
function isHeard(hears: ReadonlySet<string>, event: string, action: string | undefined): boolean {
  return hears.has(event) || (action !== undefined && hears.has(`${event}.${action}`));
}

/** Accepts any of the secrets, so that one can be replaced by another without losing a webhook. */
function isSigned(secrets: readonly string[], { headers, body }: IncomingWebhook): boolean {
  const given = /^sha256=([0-9a-f]{64})$/.exec(headers["x-hub-signature-256"] ?? "")?.[1];
  if (given === undefined) return false;
  const bytes = Buffer.from(given, "hex");
  // All are tried, so that the time taken does not tell which one fits.
  return secrets
    .map((secret) => timingSafeEqual(createHmac("sha256", secret).update(body).digest(), bytes))
    .includes(true);
}

function parseJson(body: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Inbox } from "#deploy";
import { type Counters, HEARD, MOST_WEBHOOK_BYTES, STORED, type WebhookAnswer, receiveWebhook } from "#github";
import { type Clock, type Log, reasonOf } from "#kernel";

export const WEBHOOK_PATH = "/api/github/webhooks";

/** GitHub gives up after 10 s; a no in time is seen by whoever looks at its list of deliveries. */
const ANSWER_WITHIN_MS = 9_000;

interface Endpoint {
  readonly clock: Clock;
  readonly inbox: Inbox;
  readonly log: Log;
  readonly secrets: readonly string[];
  readonly counters: Counters;
}

/**
 * Answers one webhook request; nothing but storing it happens before the answer.
 *
 * @returns whether something new is in the inbox
 */
export async function answerWebhook(
  endpoint: Endpoint,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const answer = await inTime(endpoint, take(endpoint, request));
  const event = request.headers["x-github-event"];
  // The name of an event is only believed once the signature was: labels must not be made up by strangers.
  const label = answer.status === 200 || answer.status === 202 ? String(event) : "unknown";
  endpoint.counters.webhook(label, outcomeOf(answer));
  response.writeHead(answer.status, { "content-type": "text/plain; charset=utf-8" }).end(answer.text);
  return outcomeOf(answer) === "new";
}

function outcomeOf({ status, text }: Answer): "new" | "known" | "ignored" | "refused" {
  if (status === 202) return text === STORED ? "new" : "ignored";
  return status === 200 ? "known" : "refused";
}

type Answer = WebhookAnswer | { readonly status: 405 | 413 | 503; readonly text: string };

/** What is stored after all is not lost either: asked for again, it is known. */
async function inTime({ clock, log }: Endpoint, taken: Promise<Answer>): Promise<Answer> {
  const answered = new AbortController();
  const late = clock.sleep(ANSWER_WITHIN_MS, answered.signal).then(
    (): Answer => {
      log.error("webhook.not-stored", { code: "app/control-hangs" });
      return { status: 503, text: "not stored in time" };
    },
    () => taken,
  );
  try {
    return await Promise.race([taken, late]);
  } finally {
    answered.abort();
  }
}

async function take(endpoint: Endpoint, request: IncomingMessage): Promise<Answer> {
  if (request.method !== "POST") return { status: 405, text: "POST only" };
  try {
    const body = await readBody(request);
    if (body === undefined) return { status: 413, text: "too large" };
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
    );
    return await receiveWebhook({ ...endpoint, hears: HEARD }, { headers, body });
  } catch (error) {
    // Not stored: GitHub lists it as failed, and we ask for it again.
    endpoint.log.error("webhook.not-stored", { code: reasonOf(error).code });
    return { status: 503, text: "not stored" };
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_WEBHOOK_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

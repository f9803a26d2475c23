import { createHmac } from "node:crypto";
import type { Delivery, Inbox } from "#deploy";
import { silentLog } from "#kernel";
import { expect, test } from "vitest";
import { HEARD } from "../../src/github/events/list.ts";
import { createProbotApp } from "../../src/github/client/probot.ts";
import { type IncomingWebhook, receiveWebhook } from "../../src/github/receive.ts";

function inbox(): { readonly stored: Delivery[]; readonly port: Inbox } {
  const stored: Delivery[] = [];
  const receive: Inbox["receive"] = (delivery) => {
    if (stored.some((one) => one.id === delivery.id)) return Promise.resolve("known");
    stored.push(delivery);
    return Promise.resolve("new");
  };
  return { stored, port: { receive } as Inbox };
}

const BODY = Buffer.from('{"action":"opened","number":7,"title":"ä"}');
const sign = (secret: string, body: Uint8Array = BODY): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
const webhook = (headers: Record<string, string>, body: Uint8Array = BODY): IncomingWebhook => ({
  headers: { "x-github-delivery": "guid-1", "x-github-event": "pull_request", ...headers },
  body,
});
const receive = (port: Inbox, incoming: IncomingWebhook, secrets = ["new", "old"]) =>
  receiveWebhook({ inbox: port, log: silentLog, secrets, hears: HEARD }, incoming);

test("a signed webhook is stored with event and action, and a doubled one changes nothing", async () => {
  const { stored, port } = inbox();
  expect(await receive(port, webhook({ "x-hub-signature-256": sign("new") }))).toMatchObject({ status: 202 });
  expect(await receive(port, webhook({ "x-hub-signature-256": sign("new") }))).toMatchObject({ status: 200 });
  expect(stored).toEqual([
    { id: "guid-1", event: "pull_request", action: "opened", payload: { action: "opened", number: 7, title: "ä" } },
  ]);
});

test("while a secret is replaced the old one is taken too", async () => {
  expect(await receive(inbox().port, webhook({ "x-hub-signature-256": sign("old") }))).toMatchObject({ status: 202 });
});

test("what nobody listens to is answered and not stored", async () => {
  const { stored, port } = inbox();
  const edited = Buffer.from('{"action":"edited"}');
  const incoming = webhook({ "x-hub-signature-256": sign("new", edited), "x-github-event": "issue_comment" }, edited);
  expect(await receive(port, incoming)).toMatchObject({ status: 202 });
  expect(stored).toEqual([]);
});

test.each<[why: string, status: number, incoming: IncomingWebhook]>([
  ["no signature", 401, webhook({})],
  ["another secret", 401, webhook({ "x-hub-signature-256": sign("evil") })],
  ["Probot's default secret", 401, webhook({ "x-hub-signature-256": sign("development") })],
  ["SHA-1", 401, webhook({ "x-hub-signature": "sha1=abc" })],
  [
    "a body that differs by a byte",
    401,
    webhook({ "x-hub-signature-256": sign("new") }, Buffer.from(`${BODY.toString()} `)),
  ],
  ["no delivery id", 400, webhook({ "x-hub-signature-256": sign("new"), "x-github-delivery": "" })],
  [
    "a body that is no JSON object",
    400,
    webhook({ "x-hub-signature-256": sign("new", Buffer.from("[1]")) }, Buffer.from("[1]")),
  ],
])("a webhook with %s is refused and not stored", async (_why, status, incoming) => {
  const { stored, port } = inbox();
  expect(await receive(port, incoming)).toMatchObject({ status });
  expect(stored).toEqual([]);
});

test.each([[[]], [[""]], [["good", " "]]])("it does not start without a secret: %j", (webhookSecrets) => {
  const github = { apiUrl: "https://github.test", appId: 1, privateKey: "x", webhookSecrets };
  expect(() => createProbotApp(github)).toThrow(expect.objectContaining({ code: "github/no-secret" }));
});

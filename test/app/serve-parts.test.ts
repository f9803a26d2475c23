import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ScratchSettings } from "#config";
import type { Inbox } from "#deploy";
import { type Clock, CodedError, Redactor, silentLog, systemClock } from "#kernel";
import { expect, test } from "vitest";
import { isLoopback } from "../../src/app/compose.ts";
import { chooseScratch } from "../../src/app/database-access.ts";
import { createLog } from "../../src/app/log.ts";
import { WEBHOOK_PATH, answerWebhook } from "../../src/app/webhook-endpoint.ts";

const scratch = (name: string, version?: string, flavour: "mysql" | "mariadb" = "mysql"): ScratchSettings => ({
  flavour,
  dsn: { from: "env", name },
  ...(version === undefined ? {} : { version }),
});
const servers = [
  scratch("ANY"),
  scratch("V8", "8"),
  scratch("V80", "8.0"),
  scratch("V84", "8.4"),
  scratch("MARIA", undefined, "mariadb"),
];

test.each<[version: string, flavour: "mysql" | "mariadb", chosen: string | undefined]>([
  ["8.0.36", "mysql", "V80"],
  ["8.4.2", "mysql", "V84"],
  ["8.1.0", "mysql", "V8"],
  ["9.7.4", "mysql", "ANY"],
  ["80.1.0", "mysql", "ANY"],
  ["10.11.6-MariaDB", "mariadb", "MARIA"],
])("the scratch server nearest to %s %s is taken", (version, flavour, chosen) => {
  expect(chooseScratch(servers, flavour, version)?.dsn).toEqual({ from: "env", name: chosen });
});

test("no scratch server of another flavour ever stands in", () => {
  expect(chooseScratch([scratch("ANY")], "mariadb", "10.11.6")).toBeUndefined();
});

test("no secret leaves by the log, in whatever field it stands, and foreign errors bring no text", () => {
  const lines: string[] = [];
  const redactor = new Redactor();
  redactor.add("s3cret-pass");
  const log = createLog({ level: "info", redactor, write: (line) => void lines.push(line) });
  log.with({ dsn: "mysql://u:other@db/x" }).warn("thing.failed", {
    nested: { deep: ["s3cret-pass"] },
    rows: 12n,
    error: new Error("Duplicate entry 'jane@example.com'"),
    coded: new CodedError("store/unreachable", "The control database is away"),
  });
  const text = lines.join("");
  for (const secret of ["s3cret-pass", "u:other", "jane@example.com"]) expect(text).not.toContain(secret);
  expect(JSON.parse(text)).toMatchObject({ event: "thing.failed", rows: "12", coded: { code: "store/unreachable" } });
});

test("GitHub gets its answer in time also when the control database hangs", async () => {
  const clock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) };
  const hangs = new Promise<never>(() => undefined);
  const inbox = { receive: () => hangs } as unknown as Inbox;
  const endpoint = { clock, inbox, log: silentLog, secrets: ["s"], counters: { webhook() {}, published() {} } };
  const server = createServer((request, response) => void answerWebhook(endpoint, request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const body = "{}";
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${WEBHOOK_PATH}`, {
      method: "POST",
      body,
      headers: {
        "x-github-delivery": "d1",
        "x-github-event": "push",
        "x-hub-signature-256": `sha256=${createHmac("sha256", "s").update(body).digest("hex")}`,
      },
    });
    expect([answer.status, await answer.text()]).toEqual([503, "not stored in time"]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("only this machine counts as this machine", () => {
  expect(isLoopback("http://127.0.0.1:4000/api/v3")).toBe(true);
  expect(isLoopback("https://127.0.0.1.evil.test")).toBe(false);
  expect(isLoopback("https://api.github.com")).toBe(false);
});

import type { Deployments } from "#deploy";
import { systemClock } from "#kernel";
import { createMetrics, createPages } from "#web";
import { expect, test } from "vitest";
import { SEALED, copyChange, deployment, plan, progress } from "../github/fixtures.ts";

const hostile = deployment({
  at: "window",
  sealed: SEALED,
  windowUntil: "2026-11-21T12:23:00Z",
  plan: plan({ changes: [copyChange("<script>alert(1)</script>", { summary: ["add `<b>`"] })] }),
  reasons: [{ code: "engine/drift", message: "<img src=x>" }],
});
const staging = deployment({ at: "staging", progress: progress(0.4) });

function pages(views = [staging]) {
  const deployments = {
    get: (id: string) => Promise.resolve(views.find((view) => view.id === id)),
    list: () => Promise.resolve(views),
  } as unknown as Deployments;
  const metrics = createMetrics(deployments);
  return { metrics, app: createPages({ deployments, clock: systemClock, metrics }) };
}

test("the first page lists what is under way, with progress", async () => {
  const text = await (await pages().app.request("/")).text();
  expect(text).toContain('href="/deployments/d123456789"');
  expect(text).toContain("staging");
  expect(text).toContain("acme/shop#7");
  expect(text).toMatch(/<progress max="1" value="0\.69/);
});

test("a deployment's page shows progress, seal report and history, and escapes what comes from SQL", async () => {
  const answer = await pages([hostile]).app.request("/deployments/d123456789");
  const text = await answer.text();
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(text).toContain("Longest a client can have waited");
  expect(text).not.toContain("<script>alert");
  expect(text).not.toContain("<img src=x>");
  expect(text).toContain("<code>&lt;b&gt;</code>");
});

test.each(["/deployments/dunknown00", "/deployments/..%2f..%2fetc", "/nothing"])(
  "there is nothing at %s",
  async (path) => {
    expect((await pages().app.request(path)).status).toBe(404);
  },
);

test("health is told by the control database", async () => {
  expect((await pages().app.request("/healthz")).status).toBe(200);
  const away = { list: () => Promise.reject(new Error("secret text")) } as unknown as Deployments;
  const app = createPages({ deployments: away, clock: systemClock, metrics: createMetrics(away) });
  const answer = await app.request("/healthz");
  expect(answer.status).toBe(503);
  expect(await answer.text()).not.toContain("secret");
});

test("metrics count deployments and webhooks, and no label names a pull request", async () => {
  const { app, metrics } = pages();
  metrics.counters.webhook("pull_request", "new");
  const text = await (await app.request("/metrics")).text();
  expect(text).toContain('sluice_open_deployments{state="staging",database="shop-prod"} 1');
  expect(text).toContain('sluice_webhooks_total{event="pull_request",outcome="new"} 1');
  expect(text).not.toMatch(/acme|#7/);
});

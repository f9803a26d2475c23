import type { Deployments } from "#deploy";
import { type Clock, parseDeploymentId } from "#kernel";
import { Hono } from "hono";
import { html } from "hono/html";
import { ICON, LIVE, STYLE } from "./assets.ts";
import { deploymentPage } from "./deployment-page.ts";
import { layout } from "./layout.ts";
import { listPage } from "./list-page.ts";
import type { Metrics } from "./metrics.ts";

export interface PagesOptions {
  readonly deployments: Deployments;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

const MOST_SHOWN = 200;
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The pages: read-only, nothing from anywhere else, nothing inline. */
export function createPages({ deployments, clock, metrics }: PagesOptions): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header("content-security-policy", POLICY);
    context.header("x-content-type-options", "nosniff");
    context.header("referrer-policy", "no-referrer");
    context.header("cache-control", "no-store");
  });
  app.get("/", async (context) => {
    const [open, recent] = await Promise.all([
      deployments.list({ open: true, limit: MOST_SHOWN }),
      deployments.list({ limit: MOST_SHOWN }),
    ]);
    const ids = new Set(open.map((view) => view.id));
    const over = recent.filter((view) => !ids.has(view.id)).sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
    return context.html(listPage(open, over, clock.now().getTime()));
  });
  app.get("/deployments/:id", async (context) => {
    const id = parseDeploymentId(context.req.param("id"));
    const view = id === undefined ? undefined : await deployments.get(id);
    if (view === undefined)
      return context.html(layout("Not found", html`<p class="empty">There is no such deployment.</p>`), 404);
    return context.html(deploymentPage(view, clock.now().getTime()));
  });
  app.get("/healthz", async (context) => {
    try {
      await deployments.list({ open: true, limit: 1 });
      return context.json({ status: "ok" });
    } catch {
      return context.json({ status: "control database unreachable" }, 503);
    }
  });
  app.get("/metrics", async (context) =>
    context.body(await metrics.text(), 200, { "content-type": metrics.contentType }),
  );
  app.get("/assets/style.css", (context) => context.body(STYLE, 200, { "content-type": "text/css; charset=utf-8" }));
  app.get("/assets/live.js", (context) =>
    context.body(LIVE, 200, { "content-type": "text/javascript; charset=utf-8" }),
  );
  app.get("/assets/icon.svg", (context) => context.body(ICON, 200, { "content-type": "image/svg+xml" }));
  app.notFound((context) => context.html(layout("Not found", html`<p class="empty">There is no such page.</p>`), 404));
  app.onError((_error, context) => context.text("something went wrong; the log has the details", 500));
  return app;
}

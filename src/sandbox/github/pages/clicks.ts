import type { Context, Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { CodedError } from "#kernel";
import { requestAction, rerequestRun } from "../checks.ts";
import { addComment } from "../comments.ts";
import type { Hub } from "../hub.ts";
import { mergePull, setPullState } from "../pull-requests.ts";
import type { MergeMethod } from "../types.ts";
import { fullName } from "../world.ts";
import { actorLogin } from "./layout.ts";

/** What people do on the pages: every button is a form, every answer a way back. */
export function clicks(app: Hono, hub: Hub): void {
  app.post("/-/as", async (c) => {
    const form = await c.req.parseBody();
    setCookie(c, "as", field(form, "login"), { path: "/", sameSite: "Lax" });
    return c.redirect(local(field(form, "back")), 303);
  });
  app.post("/-/deliveries/:id/redeliver", async (c) => {
    await hub.webhooks.redeliver(Number(c.req.param("id")));
    return c.redirect(local(field(await c.req.parseBody(), "back")), 303);
  });
  app.post("/-/checks/:id/:what", async (c) => {
    const run = hub.world.runs.get(Number(c.req.param("id")));
    if (run === undefined) return c.notFound();
    const login = actorLogin(hub.world, run.repo, getCookie(c, "as"));
    const identifier = field(await c.req.parseBody(), "identifier");
    const back = new URL(c.req.header("referer") ?? `${hub.world.url}/${fullName(run.repo)}/runs/${run.id}`).pathname;
    return click(c, back, () =>
      c.req.param("what") === "action" ? requestAction(hub, run, identifier, login) : rerequestRun(hub, run, login),
    );
  });
  app.post("/:owner/:repo/:kind{pull|issues}/:number/:what", async (c) => {
    const repo = hub.world.findRepo(c.req.param("owner"), c.req.param("repo"));
    const issue = repo === undefined ? undefined : hub.world.issue(repo, Number(c.req.param("number")));
    if (repo === undefined || issue === undefined) return c.notFound();
    const actor = hub.world.account(actorLogin(hub.world, repo, getCookie(c, "as")));
    const form = await c.req.parseBody();
    const pull = repo.pulls.get(issue.number);
    const back = `/${fullName(repo)}/${c.req.param("kind")}/${issue.number}`;
    return click(c, back, () => {
      const what = c.req.param("what");
      if (what === "comment") return addComment(hub, repo, issue, actor, field(form, "body").replaceAll("\r\n", "\n"));
      if (pull === undefined) return undefined;
      if (what === "merge") return mergePull(hub, repo, pull, actor, { method: form["method"] as MergeMethod });
      return setPullState(hub, repo, pull, form["state"] === "open" ? "open" : "closed", actor);
    });
  });
}

/** Does it and goes back; what was refused is said on the page. */
async function click(c: Context, back: string, act: () => unknown): Promise<Response> {
  try {
    await act();
    return c.redirect(back, 303);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return c.redirect(`${back}?problem=${encodeURIComponent(error.message)}`, 303);
  }
}

/** A text field of a form; anything else counts as empty. */
function field(form: Readonly<Record<string, unknown>>, name: string): string {
  const value = form[name];
  return typeof value === "string" ? value : "";
}

/** Only ways back into this site. */
function local(path: string): string {
  return /^\/(?!\/)/.test(path) ? path : "/";
}

import { Hono, type Context } from "hono";
import { getCookie } from "hono/cookie";
import { streamSSE } from "hono/streaming";
import type { Hub } from "../hub.ts";
import type { Issue, Pull, Repo } from "../world.ts";
import { clicks } from "./clicks.ts";
import { avatarSvg } from "./icons.ts";
import { actorLogin, type Html } from "./layout.ts";
import { issuePage, pullPage } from "./pull-page.ts";
import { commitPage, homePage, repositoryPage, runPage, treePage } from "./repository-page.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";
import type { Visit } from "./visit.ts";

const POLICY =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'";

/** Pages for people; their buttons do exactly what GitHub's do: change the world and send webhooks. */
export function pages(hub: Hub): Hono {
  const app = new Hono();
  assets(app);
  live(app, hub);
  clicks(app, hub);
  views(app, hub);
  return app;
}

function assets(app: Hono): void {
  app.get("/-/style.css", (c) => c.body(STYLE, 200, { "content-type": "text/css; charset=utf-8" }));
  app.get("/-/page.js", (c) => c.body(SCRIPT, 200, { "content-type": "text/javascript; charset=utf-8" }));
  const svg = { "content-type": "image/svg+xml", "cache-control": "max-age=3600" };
  app.get("/favicon.ico", (c) => c.body(avatarSvg("S"), 200, svg));
  app.get("/-/avatar/:name", (c) => c.body(avatarSvg(c.req.param("name").replace(/\.svg$/, "")), 200, svg));
}

/** Tells an open page that something changed; the page then asks for itself again. */
function live(app: Hono, hub: Hub): void {
  app.get("/-/live/:owner/:repo", (c) => {
    const repo = repoOf(hub, c);
    if (repo === undefined) return c.notFound();
    return streamSSE(c, async (stream) => {
      await new Promise<void>((resolve) => {
        const stop = hub.world.watch((changed) => {
          if (changed === repo) void stream.writeSSE({ data: "changed" });
        });
        stream.onAbort(() => {
          stop();
          resolve();
        });
      });
    });
  });
}

function views(app: Hono, hub: Hub): void {
  app.get("/", (c) => show(c, homePage(hub)));
  app.get("/:owner/:repo", (c) => visit(hub, c, (v) => repositoryPage(v)));
  app.get("/:owner/:repo/pull/:number", (c) => visit(hub, c, (v) => onPull(v, c, "conversation")));
  app.get("/:owner/:repo/pull/:number/files", (c) => visit(hub, c, (v) => onPull(v, c, "files")));
  app.get("/:owner/:repo/issues/:number", (c) =>
    visit(hub, c, (v) => {
      const issue: Issue | undefined = hub.world.issue(v.repo, Number(c.req.param("number")));
      return issue === undefined ? undefined : issuePage(v, issue);
    }),
  );
  app.get("/:owner/:repo/commit/:sha", (c) =>
    visit(hub, c, async (v) => {
      const sha = await v.repo.git.resolve(c.req.param("sha"));
      return sha === undefined ? undefined : commitPage(v, await v.repo.git.commit(sha));
    }),
  );
  app.get("/:owner/:repo/runs/:id", (c) =>
    visit(hub, c, (v) => {
      const run = hub.world.runs.get(Number(c.req.param("id")));
      return run === undefined || run.repo !== v.repo ? undefined : runPage(v, run);
    }),
  );
  app.get("/:owner/:repo/:kind{tree|blob}/:rest{.+}", (c) =>
    visit(hub, c, async (v) => {
      const [branch, path] = await splitBranch(v.repo, c.req.param("rest"));
      return treePage(v, branch, path);
    }),
  );
}

function onPull(v: Visit, c: Context, tab: "conversation" | "files"): Promise<Html> | undefined {
  const pull: Pull | undefined = v.repo.pulls.get(Number(c.req.param("number")));
  return pull === undefined ? undefined : pullPage(v, pull, tab);
}

/** Branch names hold slashes, so the longest branch that fits is meant. */
async function splitBranch(repo: Repo, rest: string): Promise<readonly [string, string]> {
  const branches = (await repo.git.refs("refs/heads/")).map(({ ref }) => ref.slice(11));
  const fitting = branches.filter((branch) => rest === branch || rest.startsWith(`${branch}/`));
  const branch = fitting.toSorted((a, b) => b.length - a.length)[0] ?? rest.split("/")[0] ?? "";
  return [branch, rest.slice(branch.length + 1)];
}

async function visit(
  hub: Hub,
  c: Context,
  render: (v: Visit) => Html | Promise<Html | undefined> | undefined,
): Promise<Response> {
  const repo = repoOf(hub, c);
  if (repo === undefined) return c.notFound();
  const login = actorLogin(hub.world, repo, getCookie(c, "as"));
  const page = await render({ hub, repo, login, problem: c.req.query("problem") });
  return page === undefined ? c.notFound() : show(c, page);
}

async function show(c: Context, page: Html): Promise<Response> {
  return c.html(await page, 200, { "content-security-policy": POLICY, "cache-control": "no-store" });
}

function repoOf(hub: Hub, c: Context): Repo | undefined {
  return hub.world.findRepo(c.req.param("owner") ?? "", c.req.param("repo") ?? "");
}

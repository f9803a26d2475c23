import { html, raw } from "hono/html";
import { type Repo, type World, fullName, mayWrite } from "../world.ts";
import { icon } from "./icons.ts";

export type Html = ReturnType<typeof html>;

export interface Frame {
  readonly title: string;
  readonly repo?: Repo;
  /** Something a click was refused for. */
  readonly problem?: string | undefined;
  readonly body: Html;
}

/** Page around a body. `data-part` elements inside it follow changes of the repository by themselves. */
export function layout(frame: Frame): Html {
  const { repo } = frame;
  const live = repo === undefined ? "" : `/-/live/${fullName(repo)}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${frame.title}</title>
        <link rel="icon" href="/favicon.ico" />
        <link rel="stylesheet" href="/-/style.css" />
        <script src="/-/page.js" defer></script>
      </head>
      <body data-live="${live}">
        <header class="top">
          <a class="mark" href="/" title="All repositories">S</a>
          <div class="crumb">${repo === undefined ? html`<b>Repositories</b>` : crumb(repo)}</div>
          <div class="note">Sandbox: a local GitHub, forgotten when it stops</div>
        </header>
        <main>
          ${frame.problem === undefined ? "" : html`<div class="problem">${frame.problem}</div>`} ${frame.body}
        </main>
      </body>
    </html>`;
}

function crumb(repo: Repo): Html {
  const page = `/${fullName(repo)}`;
  const tag = html`<span class="tag">${repo.private ? "Private" : "Public"}</span>`;
  return html`<a href="/">${repo.owner.login}</a> / <b><a href="${page}">${repo.name}</a></b> ${tag}`;
}

export function face(login: string, size = 40): Html {
  const source = `/-/avatar/${encodeURIComponent(login)}.svg`;
  return html`<span class="face"><img src="${source}" width="${size}" height="${size}" alt="" /></span>`;
}

/** A time people can read on a page that stays open: the hour today, the day otherwise; UTC, as the API has it. */
export function when(world: World, date: Date): Html {
  const text = date.toISOString();
  const today = world.clock.now().toISOString().slice(0, 10) === text.slice(0, 10);
  return html`<time datetime="${text}" title="${text}"
    >${today ? `at ${text.slice(11, 19)}` : `on ${text.slice(0, 10)}`}</time
  >`;
}

/** Chooses the person who clicks and writes. */
export function actAs(world: World, repo: Repo, login: string, back: string): Html {
  const people = [...world.accounts.values()].filter(
    (account) => account.type === "User" && account !== world.app.owner,
  );
  return html`<form method="post" action="/-/as">
    <input type="hidden" name="back" value="${back}" />
    <select name="login" data-submit aria-label="Act as">
      ${people.map(
        (account) =>
          html`<option value="${account.login}" ${account.login === login ? "selected" : ""}>
            ${account.login} (${world.permissionOf(repo, account.login)})
          </option>`,
      )}
    </select>
    <noscript><button class="btn small">Switch</button></noscript>
  </form>`;
}

/** Who acts: the cookie's login if it is known, else somebody with write access. */
export function actorLogin(world: World, repo: Repo, cookie: string | undefined): string {
  const known = cookie === undefined ? undefined : world.accounts.get(cookie.toLowerCase());
  if (known !== undefined && known.type === "User") return known.login;
  const writer = [...repo.collaborators].find(([, permission]) => mayWrite(permission))?.[0];
  return (writer === undefined ? undefined : world.accounts.get(writer)?.login) ?? repo.owner.login;
}

export { html, icon, raw };

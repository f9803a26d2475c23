import { html } from "hono/html";

/** Markup that hono has escaped. */
export type Html = ReturnType<typeof html>;

export function layout(title: string, main: Html | Promise<Html>): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Sluice</title>
        <link rel="stylesheet" href="/assets/style.css" />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <noscript><meta http-equiv="refresh" content="5" /></noscript>
        <script src="/assets/live.js" defer></script>
      </head>
      <body>
        <header>
          <a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="22" height="22" /> Sluice</a>
          <span class="quiet">deployments, as they are now</span>
        </header>
        <main id="live">${main}</main>
        <footer class="quiet">
          Read-only. Decisions are made on the pull request or with <code>sluice apply</code>.
        </footer>
      </body>
    </html>`;
}

import type { DeploymentView } from "#deploy";
import { shortFingerprint } from "#kernel";
import { html } from "hono/html";
import { type Html, layout } from "./layout.ts";
import { STATE_LOOK, ago, shareOf } from "./words.ts";

/** What is under way first, what is over below. `now` is milliseconds since 1970. */
export function listPage(open: readonly DeploymentView[], over: readonly DeploymentView[], now: number): Html {
  return layout(
    "Deployments",
    html`<section>
        <h2>Under way</h2>
        ${open.length === 0 ? html`<p class="empty">Nothing is under way.</p>` : rows(open, now)}
      </section>
      ${
        over.length === 0
          ? ""
          : html`<section>
              <h2>Over</h2>
              ${rows(over, now)}
            </section>`
      }`,
  );
}

function rows(views: readonly DeploymentView[], now: number): Html {
  return html`<table>
    <thead>
      <tr>
        <th>Database</th>
        <th>Channel</th>
        <th>State</th>
        <th>Progress</th>
        <th>From</th>
        <th>Plan</th>
        <th>Changed</th>
      </tr>
    </thead>
    <tbody>
      ${views.map(
        (view) =>
          html`<tr>
            <td><a href="/deployments/${view.id}">${view.database}</a></td>
            <td>${view.channel}</td>
            <td>${stateBadge(view)}</td>
            <td>${wholeBar(view)}</td>
            <td>
              ${view.origin === undefined ? "–" : `${view.origin.repository.owner}/${view.origin.repository.name}#${view.origin.pull}`}
            </td>
            <td><code>@${shortFingerprint(view.plan.fingerprint)}</code></td>
            <td>${ago(view.updatedAt, now)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

export function stateBadge(view: DeploymentView): Html {
  const { words, tone } = STATE_LOOK[view.at];
  const place = view.at === "queued" && view.queuePlace > 0 ? ` behind ${view.queuePlace}` : "";
  return html`<span class="state ${tone}">${words}${place}</span>`;
}

function wholeBar(view: DeploymentView): Html | string {
  const tables = view.progress?.tables ?? [];
  if (view.at !== "staging" || tables.length === 0) return "";
  const whole = tables.reduce((sum, one) => sum + one.rowsEstimated + 1, 0);
  const done = tables.reduce((sum, one) => sum + shareOf(one) * (one.rowsEstimated + 1), 0);
  return html`<progress max="1" value="${done / whole}"></progress> ${Math.floor((done / whole) * 100)} %`;
}

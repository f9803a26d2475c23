import { type DeploymentView, legalCommands, pasteLine } from "#deploy";
import { formatCount, formatDuration, plural, shortFingerprint, type Reason } from "#kernel";
import { html } from "hono/html";
import { type Html, layout } from "./layout.ts";
import { stateBadge } from "./list-page.ts";
import { ago, codeParts, shareOf, utc } from "./words.ts";

/** Everything known of one deployment. `now` is milliseconds since 1970. */
export function deploymentPage(view: DeploymentView, now: number): Html {
  return layout(
    view.database,
    html`<h1>${view.database} ${stateBadge(view)}</h1>
      <p class="quiet">deployment <code>${view.id}</code>, changed ${ago(view.updatedAt, now)}</p>
      ${reasonsSection(view.reasons)} ${factsSection(view, now)} ${progressSection(view)} ${sealSection(view)}
      ${planSection(view)} ${historySection(view)}`,
  );
}

function reasonsSection(reasons: readonly Reason[]): Html | string {
  if (reasons.length === 0) return "";
  return html`<section>
    <h2>Why it waits</h2>
    <ul class="reasons">
      ${reasons.map(
        (reason) =>
          html`<li>
            ${reason.where === undefined ? "" : html`<code>${reason.where.file}:${reason.where.line}</code> `}${inline(reason.message)}
            ${reason.hint ?? ""} <code>${reason.code}</code>
            ${reason.paste === undefined ? "" : html`<br /><code>${reason.paste}</code>`}
          </li>`,
      )}
    </ul>
  </section>`;
}

function factsSection(view: DeploymentView, now: number): Html {
  const { origin } = view;
  const legal = legalCommands(view).filter((one) => one.reasons.length === 0);
  return html`<section>
    <dl>
      <dt>Channel</dt>
      <dd>${view.channel} (${view.seal === "auto" ? "seals by itself" : "waits for a person"})</dd>
      ${
        origin === undefined
          ? ""
          : html`<dt>From</dt>
              <dd>
                ${origin.repository.owner}/${origin.repository.name}#${origin.pull} by ${origin.author}, commit
                <code>${origin.mergeSha.slice(0, 7)}</code>
              </dd>`
      }
      <dt>Plan</dt>
      <dd><code>@${shortFingerprint(view.plan.fingerprint)}</code></dd>
      ${
        view.votes.length === 0
          ? ""
          : html`<dt>Votes</dt>
              <dd>${view.votes.map((vote) => `${vote.actor} (${vote.via})`).join(", ")}</dd>`
      }
      ${
        view.windowUntil === undefined
          ? ""
          : html`<dt>Revert until</dt>
              <dd>${utc(view.windowUntil)} (${ago(view.windowUntil, now)})</dd>`
      }
      ${
        legal.length === 0
          ? ""
          : html`<dt>Possible now</dt>
              <dd>${legal.map((one) => html`<code>${pasteLine(view, one.verb)}</code> `)}</dd>`
      }
    </dl>
  </section>`;
}

function progressSection(view: DeploymentView): Html | string {
  const { progress } = view;
  if (progress === undefined || progress.tables.length === 0) return "";
  const throttled = progress.throttledBy;
  return html`<section>
    <h2>Progress</h2>
    <table>
      <thead>
        <tr>
          <th>Shard</th>
          <th>Table</th>
          <th>Copied</th>
          <th class="number">Rows</th>
          <th class="number">Changes applied</th>
          <th class="number">Waiting</th>
          <th>State</th>
        </tr>
      </thead>
      <tbody>
        ${progress.tables.map(
          (table) =>
            html`<tr>
              <td>${table.shard}</td>
              <td><code>${table.table}</code></td>
              <td><progress max="1" value="${shareOf(table)}"></progress> ${Math.floor(shareOf(table) * 100)} %</td>
              <td class="number">${rowsCell(table)}</td>
              <td class="number">${formatCount(table.keysApplied)}</td>
              <td class="number">${formatCount(table.keysPending)}</td>
              <td>${table.state}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="quiet">
      ${progress.lagMs < 1000 ? "in sync" : `${formatDuration(progress.lagMs)} behind`}${throttled === undefined ? "" : `, slowed down: ${throttled.message}`}
      ${progress.blockedKeys === 0 ? "" : `, ${plural(progress.blockedKeys, "row")} cannot go back at the moment`}
    </p>
  </section>`;
}

function sealSection(view: DeploymentView): Html | string {
  const report = view.reverted ?? view.sealed;
  if (report === undefined) return "";
  return html`<section>
    <h2>${view.reverted === undefined ? "Seal" : "Revert"}</h2>
    <p>
      ${utc(report.sealedAt)}: ${plural(report.tables, "table")} on ${plural(report.shards.length, "shard")}, locks held
      ${formatDuration(report.lockHeldMs)}, attempt ${report.attempts}.
      ${report.oldSnapshots === 0 ? "" : `${plural(report.oldSnapshots, "older REPEATABLE READ snapshot")} may miss rows.`}
    </p>
    <table>
      <thead>
        <tr>
          <th>Shard</th>
          <th class="number">Lock wait</th>
          <th class="number">Drain</th>
          <th class="number">Rows drained</th>
          <th class="number">Rename</th>
          <th class="number">Longest a client can have waited</th>
        </tr>
      </thead>
      <tbody>
        ${report.shards.map(
          (shard) =>
            html`<tr>
              <td>${shard.shard}</td>
              <td class="number">${formatDuration(shard.lockWaitMs)}</td>
              <td class="number">${formatDuration(shard.drainMs)}</td>
              <td class="number">${formatCount(shard.drainedKeys)}</td>
              <td class="number">${formatDuration(shard.renameMs)}</td>
              <td class="number">${formatDuration(shard.lockWaitMs + shard.lockHeldMs)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function planSection(view: DeploymentView): Html | string {
  if (view.plan.changes.length === 0) return "";
  const sql = view.plan.changes.flatMap((change) => change.statements).join("\n\n");
  return html`<section>
    <h2>${plural(view.plan.changes.length, "change")}</h2>
    <ul class="reasons">
      ${view.plan.changes.map((change) => html`<li><code>${change.table}</code>: ${inline(change.summary.join(", "))}</li>`)}
    </ul>
    <details>
      <summary>DDL</summary>
      <pre>${sql}</pre>
    </details>
  </section>`;
}

/** Names in backticks as code. */
function inline(text: string): readonly (Html | string)[] {
  return codeParts(text).map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part));
}

function rowsCell(table: NonNullable<DeploymentView["progress"]>["tables"][number]): string {
  if (table.state === "waiting" && table.rowsEstimated === 0) return "–";
  const copied = formatCount(table.rowsCopied);
  const isUnderWay = table.state === "waiting" || table.state === "copying";
  return isUnderWay ? `${copied} of ~${formatCount(Math.max(table.rowsEstimated, table.rowsCopied))}` : copied;
}

function historySection(view: DeploymentView): Html {
  return html`<section>
    <h2>Timeline and audit</h2>
    <table>
      <tbody>
        ${view.history.map(
          (line) =>
            html`<tr>
              <td class="quiet">${utc(line.at)}</td>
              <td>${line.what}</td>
              <td>${line.actor ?? ""}</td>
              <td>${line.detail ?? ""}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

import { latestRuns } from "../checks.ts";
import { type CheckRun, type Repo, type World, mayWrite } from "../world.ts";
import type { IconName } from "./icons.ts";
import { type Html, face, html, icon, raw } from "./layout.ts";
import { drawEmoji } from "./emoji.ts";
import { renderMarkdown } from "./markdown.ts";

export function iconOf(run: CheckRun): IconName {
  if (run.status !== "completed") return "pending";
  const { conclusion = "neutral" } = run;
  if (conclusion === "success" || conclusion === "action_required") return conclusion;
  return ["failure", "timed_out", "cancelled"].includes(conclusion) ? "failure" : "neutral";
}

/** The worst of all, for a commit's one mark; undefined without runs. */
export function overall(world: World, repo: Repo, sha: string): IconName | undefined {
  const seen = latestRuns(world, repo, sha).map(iconOf);
  const order: readonly IconName[] = ["failure", "action_required", "pending", "success", "neutral"];
  return order.find((name) => seen.includes(name));
}

/** One check run: a line with its title and buttons, its summary and text in a fold. */
export function checkView(world: World, run: CheckRun, login: string, required: boolean): Html {
  const { output } = run;
  const state =
    run.status === "completed" ? (run.conclusion ?? "").replaceAll("_", " ") : run.status.replaceAll("_", " ");
  return html`<details class="check" data-key="check-${run.id}" id="check-${run.id}">
      <summary>
        ${icon(iconOf(run))} ${face(world.app.bot.login, 20)}
        <span class="what"><b>${run.name}</b> <span title="${state}">— ${output.title ?? state}</span></span>
        ${required ? html`<span class="tag must">Required</span>` : html`<span class="push"></span>`}
        <span class="more">Details</span>
      </summary>
      <div class="check-body">
        ${output.title === undefined ? "" : html`<h4>${output.title}</h4>`}
        ${[output.summary, output.text].map((text) =>
          text === undefined || text === "" ? "" : html`<div class="md">${raw(drawEmoji(renderMarkdown(text)))}</div>`,
        )}
        ${annotations(run)}
        ${output.summary === undefined && output.title === undefined ? html`<div class="md">No output yet.</div>` : ""}
        ${rerun(world, run, login)}
      </div>
    </details>
    ${buttons(world, run, login)}`;
}

/** Buttons exist on completed runs only, and only people with write access may click them. */
function buttons(world: World, run: CheckRun, login: string): Html | string {
  if (run.status !== "completed") return "";
  const off = mayWrite(world.permissionOf(run.repo, login)) ? "" : "disabled";
  const shown = run.actions.map(
    (action, index) =>
      html`<form method="post" action="/-/checks/${run.id}/action" class="inline">
        <button
          class="btn small ${index === 0 ? "primary" : ""}"
          name="identifier"
          value="${action.identifier}"
          title="${action.description}"
          ${off}
        >
          ${action.label}
        </button>
      </form>`,
  );
  return shown.length === 0 ? "" : html`<div class="buttons">${shown}</div>`;
}

function rerun(world: World, run: CheckRun, login: string): Html | string {
  if (run.status !== "completed" || !mayWrite(world.permissionOf(run.repo, login))) return "";
  return html`<form method="post" action="/-/checks/${run.id}/rerun" class="rerun">
    <button class="btn small link">Re-run this check</button>
  </form>`;
}

function annotations(run: CheckRun): Html | string {
  if (run.annotations.length === 0) return "";
  const line = (annotation: Record<string, unknown>): Html =>
    html`<li>
      <code>${String(annotation["path"])}:${String(annotation["start_line"])}</code>
      ${String(annotation["annotation_level"])}: ${String(annotation["message"])}
    </li>`;
  return html`<div class="md">
    <ul>
      ${run.annotations.map(line)}
    </ul>
  </div>`;
}

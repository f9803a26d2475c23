import { latestRuns } from "../checks.ts";
import { blockers } from "../pull-state.ts";
import { type CheckRun, type Pull, mayWrite } from "../world.ts";
import { checkView, iconOf, overall } from "./check-view.ts";
import type { IconName } from "./icons.ts";
import { type Html, html, icon } from "./layout.ts";
import type { Visit } from "./visit.ts";

/** Everything at the foot of a pull request: its checks with their buttons, and the merge button. */
export function mergeBox(visit: Visit, pull: Pull, page: string): Html {
  const { world } = visit.hub;
  const required = pull.state === "open" ? (visit.repo.requiredChecks.get(pull.base.ref) ?? []) : [];
  const sections = [
    checksSection(visit, `Checks on ${pull.head.ref}`, latestRuns(world, visit.repo, pull.head.sha), required),
    ...(pull.merged === undefined || pull.mergeCommit === undefined || pull.mergeCommit === pull.head.sha
      ? []
      : [checksSection(visit, "Checks on the merge commit", latestRuns(world, visit.repo, pull.mergeCommit), [])]),
    pull.state === "open" ? mergeSection(visit, pull, page) : "",
  ];
  const tone = pull.merged === undefined ? (overall(world, visit.repo, pull.head.sha) ?? "neutral") : "merged";
  return html`<div class="row">
    <span class="icon big ${tone}">${icon(pull.merged === undefined ? "pull" : "merge", 18)}</span>
    <div class="box merge-box">${sections}</div>
  </div>`;
}

/** What the checks say together, then each of them. */
function checksSection(
  visit: Visit,
  what: string,
  runs: readonly CheckRun[],
  required: readonly string[],
): Html | string {
  const missing = required.filter((name) => !runs.some((run) => run.name === name));
  if (runs.length === 0 && missing.length === 0) return "";
  const icons = [...runs.map(iconOf), ...missing.map((): IconName => "pending")];
  const count = (name: IconName): number => icons.filter((it) => it === name).length;
  const [headline, tone]: readonly [string, IconName] =
    count("failure") > 0
      ? ["Some checks were not successful", "failure"]
      : count("action_required") > 0
        ? ["A check asks for a decision", "action_required"]
        : count("pending") > 0
          ? ["Some checks haven't completed yet", "pending"]
          : ["All checks have passed", "success"];
  const words: readonly (readonly [IconName, string])[] = [
    ["failure", "failing"],
    ["action_required", "action required"],
    ["pending", "in progress"],
    ["neutral", "neutral"],
    ["success", "successful"],
  ];
  const tally = words.flatMap(([name, word]) => (count(name) === 0 ? [] : [`${count(name)} ${word}`]));
  return html`<div class="section checks">
      <div class="headline">
        <span class="icon big ${tone}">${icon(tone, 18)}</span>
        <div>
          <h3>${headline}</h3>
          <p>${what}: ${tally.join(", ")}</p>
        </div>
      </div>
    </div>
    ${runs.map((run) => checkView(visit.hub.world, run, visit.login, required.includes(run.name)))}
    ${missing.map(
      (name) =>
        html`<div class="check">
          <summary>
            ${icon("pending")} <span class="what"><b>${name}</b> — Expected, waiting to be reported</span>
            <span class="tag must">Required</span>
          </summary>
        </div>`,
    )}`;
}

function mergeSection(visit: Visit, pull: Pull, page: string): Html {
  const { world } = visit.hub;
  const blocked = blockers(world, visit.repo, pull);
  const conflict = pull.mergeCommit === undefined;
  const may = mayWrite(world.permissionOf(visit.repo, visit.login));
  const why = conflict
    ? "This branch has conflicts that must be resolved"
    : blocked.length > 0
      ? "Merging is blocked"
      : "No conflicts with base branch";
  const detail = conflict ? "Push a commit that merges the base branch." : (blocked[0] ?? "Merging can be performed.");
  const off = conflict || blocked.length > 0 || !may || pull.draft ? "disabled" : "";
  return html`<div class="section mergeable">
    <div class="headline">
      <span class="icon big ${conflict || blocked.length > 0 ? "neutral" : "success"}"
        >${icon(conflict || blocked.length > 0 ? "failure" : "success", 18)}</span
      >
      <div>
        <h3>${why}</h3>
        <p>${may ? detail : `${detail} Only people with write access can merge.`}</p>
      </div>
    </div>
    <form method="post" action="${page}/merge" class="inline" style="margin-top:14px">
      <button class="btn primary" ${off}>Merge pull request</button>
      <select name="method" aria-label="Merge method" ${off}>
        <option value="merge">Create a merge commit</option>
        <option value="squash">Squash and merge</option>
        <option value="rebase">Rebase and merge</option>
      </select>
    </form>
  </div>`;
}

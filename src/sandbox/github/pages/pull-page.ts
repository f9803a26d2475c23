import { latestRuns } from "../checks.ts";
import { diffFiles } from "../diff.ts";
import type { Hub } from "../hub.ts";
import { blockers, diffBase } from "../pull-state.ts";
import { type CheckRun, type Issue, type Pull, type Repo, fullName, mayWrite } from "../world.ts";
import { checkView, iconOf, overall } from "./check-view.ts";
import { timeline } from "./conversation.ts";
import { fileView } from "./diff-view.ts";
import type { IconName } from "./icons.ts";
import { type Html, actAs, face, html, icon, layout } from "./layout.ts";

export interface Visit {
  readonly hub: Hub;
  readonly repo: Repo;
  /** Who looks and clicks. */
  readonly login: string;
  readonly problem: string | undefined;
}

export async function pullPage(visit: Visit, pull: Pull, tab: "conversation" | "files"): Promise<Html> {
  const { hub, repo } = visit;
  const from = await diffBase(repo, pull);
  const [files, shas] = await Promise.all([
    diffFiles(repo.git, from, pull.head.sha),
    repo.git.between(from, pull.head.sha),
  ]);
  const page = `/${fullName(repo)}/pull/${pull.number}`;
  const tabs = html`<nav class="tabs">
    <a href="${page}" class="${tab === "conversation" ? "on" : ""}"
      >Conversation<span class="count">${hub.world.commentsOn(repo, pull.number).length}</span></a
    >
    <a href="${page}/files" class="${tab === "files" ? "on" : ""}"
      >Files changed<span class="count">${files.length}</span></a
    >
  </nav>`;
  const body =
    tab === "files"
      ? html`<div data-part="files">${files.map(fileView)}</div>`
      : await conversation(visit, pull, await Promise.all(shas.map((sha) => repo.git.commit(sha))));
  const title = html`<div data-part="title">${heading(pull)}${subline(pull, shas.length)}${tabs}</div>`;
  return layout({
    title: `${pull.title} · Pull request #${pull.number} · ${fullName(repo)}`,
    repo,
    problem: visit.problem,
    body: html`${title}${body}`,
  });
}

/** A plain issue: the same conversation without checks and merging. */
export async function issuePage(visit: Visit, issue: Issue): Promise<Html> {
  const page = `/${fullName(visit.repo)}/issues/${issue.number}`;
  return layout({
    title: `${issue.title} · Issue #${issue.number}`,
    repo: visit.repo,
    problem: visit.problem,
    body: html`${heading(issue)}
      <div class="grid">
        <div>
          <div data-part="talk">${timeline(visit.hub.world, visit.repo, issue, [])}</div>
          ${compose(visit, page)}
        </div>
        ${sidebar(visit, page)}
      </div>`,
  });
}

function heading(issue: Issue): Html {
  return html`<h1 class="title">${issue.title} <span>#${issue.number}</span></h1>`;
}

function subline(pull: Pull, commits: number): Html {
  const state = pull.merged === undefined ? (pull.draft && pull.state === "open" ? "draft" : pull.state) : "merged";
  const words = { open: "Open", closed: "Closed", merged: "Merged", draft: "Draft" }[state];
  const who = pull.merged === undefined ? pull.author.login : pull.merged.by.login;
  return html`<div class="meta">
    <span class="state ${state}">${icon(state === "merged" ? "merge" : "pull")} ${words}</span>
    <span>
      <b>${who}</b> ${pull.merged === undefined ? "wants to merge" : "merged"} ${commits}
      ${commits === 1 ? "commit" : "commits"} into <code>${pull.base.ref}</code> from <code>${pull.head.ref}</code>
    </span>
  </div>`;
}

async function conversation(visit: Visit, pull: Pull, commits: Parameters<typeof timeline>[3]): Promise<Html> {
  const { hub, repo } = visit;
  const page = `/${fullName(repo)}/pull/${pull.number}`;
  return html`<div class="grid">
    <div>
      <div data-part="talk">${timeline(hub.world, repo, pull, commits)}</div>
      <div data-part="merge">${mergeBox(visit, pull, page)}</div>
      ${compose(visit, page, pull)}
    </div>
    ${sidebar(visit, page)}
  </div>`;
}

function mergeBox(visit: Visit, pull: Pull, page: string): Html {
  const { world } = visit.hub;
  const required = visit.repo.requiredChecks.get(pull.base.ref) ?? [];
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

function compose(visit: Visit, page: string, pull?: Pull): Html {
  const state = pull === undefined || pull.merged !== undefined ? undefined : pull.state === "open" ? "closed" : "open";
  const words = state === "closed" ? "Close pull request" : "Reopen pull request";
  return html`<div class="row">
    ${face(visit.login)}
    <div class="box compose">
      <div class="head">Add a comment as <b>${visit.login}</b></div>
      <div class="body">
        <form method="post" action="${page}/comment" id="compose">
          <textarea name="body" placeholder="Add your comment here... (such as /status)" required></textarea>
        </form>
        <div class="foot">
          ${
            state === undefined
              ? ""
              : html`<form method="post" action="${page}/state" class="inline">
                  <button class="btn" name="state" value="${state}">${words}</button>
                </form>`
          }
          <button class="btn primary" form="compose">Comment</button>
        </div>
      </div>
    </div>
  </div>`;
}

function sidebar(visit: Visit, page: string): Html {
  const { world } = visit.hub;
  return html`<aside>
    <section>
      <h4>Act as</h4>
      ${actAs(world, visit.repo, visit.login, page)}
    </section>
    <section data-part="hooks">
      <h4>Recent webhooks</h4>
      ${hooks(visit, page)}
    </section>
    <section>
      <h4>Branches</h4>
      <div class="small"><a href="/${fullName(visit.repo)}">All branches and pull requests</a></div>
    </section>
  </aside>`;
}

function hooks(visit: Visit, page: string): Html {
  const own = visit.hub.webhooks.attempts.filter((attempt) => attempt.repository === fullName(visit.repo)).slice(-8);
  const line = (attempt: (typeof own)[number]): Html => {
    const good = attempt.statusCode >= 200 && attempt.statusCode < 300;
    const name = attempt.action === undefined ? attempt.event : `${attempt.event}.${attempt.action}`;
    return html`<li>
      <span class="pip ${good ? "ok" : attempt.statusCode === 0 ? "" : "bad"}"></span>
      <span class="name mono" title="${attempt.status} (${attempt.statusCode}) ${attempt.guid}">${name}</span>
      <form method="post" action="/-/deliveries/${attempt.id}/redeliver">
        <input type="hidden" name="back" value="${page}" />
        <button class="btn small link" title="Send it again with the same id">again</button>
      </form>
    </li>`;
  };
  if (own.length === 0) return html`<div class="small">None yet.</div>`;
  return html`<ul class="hooks">
    ${own.toReversed().map(line)}
  </ul>`;
}

import { diffFiles } from "../diff.ts";
import { diffBase } from "../pull-state.ts";
import { type Issue, type Pull, fullName } from "../world.ts";
import { timeline } from "./conversation.ts";
import { fileView } from "./diff-view.ts";
import { mergeBox } from "./merge-box.ts";
import type { Visit } from "./visit.ts";
import { type Html, actAs, face, html, icon, layout } from "./layout.ts";

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

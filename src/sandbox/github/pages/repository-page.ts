import { latestRuns } from "../checks.ts";
import { diffFiles } from "../diff.ts";
import type { CommitInfo } from "../git.ts";
import type { Hub } from "../hub.ts";
import { type CheckRun, type Issue, type Repo, fullName } from "../world.ts";
import { checkView, overall } from "./check-view.ts";
import { fileView } from "./diff-view.ts";
import { type Html, html, icon, layout, raw, when } from "./layout.ts";
import { highlightCode } from "./markdown-inline.ts";
import type { Visit } from "./visit.ts";

export function homePage(hub: Hub): Html {
  const repos = [...hub.world.repos.values()];
  const line = (repo: Repo): Html => {
    const open = [...repo.pulls.values()].filter((pull) => pull.state === "open").length;
    return html`<li>
      ${icon("branch")}<a class="t" href="/${fullName(repo)}">${fullName(repo)}</a>
      <span class="end m">${open} open pull ${open === 1 ? "request" : "requests"}</span>
    </li>`;
  };
  const list = html`<ul class="list box">
    ${repos.map(line)}
  </ul>`;
  const body = repos.length === 0 ? html`<div class="box empty">No repositories yet.</div>` : list;
  return layout({
    title: "Repositories · sandbox",
    body: html`<h2 class="part">Repositories</h2>
      ${body}`,
  });
}

export async function repositoryPage(visit: Visit): Promise<Html> {
  const { repo, hub } = visit;
  const branches = (await repo.git.refs("refs/heads/")).map(({ ref, sha }) => ({ name: ref.slice(11), sha }));
  const commits = await Promise.all(branches.map(({ sha }) => repo.git.commit(sha)));
  const talks = [...repo.pulls.values(), ...repo.issues.values()].toSorted((a, b) => b.number - a.number);
  return layout({
    title: fullName(repo),
    repo,
    problem: visit.problem,
    body: html`<div data-part="repository">
      <h2 class="part">Pull requests</h2>
      ${
        talks.length === 0
          ? html`<div class="box empty spaced">None yet.</div>`
          : html`<ul class="list box spaced">
              ${talks.map((issue) => talkLine(visit, issue))}
            </ul>`
      }
      <h2 class="part">Branches</h2>
      <ul class="list box">
        ${branches.map(({ name, sha }, index) => {
          const mark = overall(hub.world, repo, sha);
          return html`<li>
            ${icon("branch")}<a class="t mono" href="/${fullName(repo)}/tree/${name}">${name}</a>
            ${name === repo.defaultBranch ? html`<span class="tag">Default</span>` : ""}
            ${(repo.requiredChecks.get(name) ?? []).length > 0 ? html`<span class="tag">Protected</span>` : ""}
            <span class="end m">${commits[index]?.message.split("\n")[0]}</span>
            ${mark === undefined ? "" : icon(mark)} ${commitLink(repo, sha)}
          </li>`;
        })}
      </ul>
    </div>`,
  });
}

function talkLine(visit: Visit, issue: Issue): Html {
  const { repo, hub } = visit;
  const pull = repo.pulls.get(issue.number);
  const mark = pull === undefined ? undefined : overall(hub.world, repo, pull.head.sha);
  const state = pull?.merged === undefined ? issue.state : "merged";
  return html`<li>
    <span class="state ${state}" style="padding:2px 10px;font-size:12px"
      >${icon(state === "merged" ? "merge" : "pull", 12)} ${state}</span
    >
    <div>
      <a class="t" href="/${fullName(repo)}/${pull === undefined ? "issues" : "pull"}/${issue.number}"
        >${issue.title}</a
      >
      ${mark === undefined ? "" : icon(mark)}
      <div class="m">#${issue.number} opened ${when(hub.world, issue.createdAt)} by ${issue.author.login}</div>
    </div>
    ${pull === undefined ? "" : html`<span class="end branch mono">${pull.head.ref} → ${pull.base.ref}</span>`}
  </li>`;
}

/** Files of a branch, or one folder or file of it. */
export async function treePage(visit: Visit, branch: string, path: string): Promise<Html | undefined> {
  const { repo } = visit;
  const sha = await repo.git.resolve(branch);
  if (sha === undefined) return undefined;
  const entry = path === "" ? undefined : await repo.git.entryAt(sha, path);
  if (path !== "" && entry === undefined) return undefined;
  const base = `/${fullName(repo)}/tree/${branch}`;
  const title = html`<h2 class="part">
    <span class="branch mono">${branch}</span> <a href="${base}">${repo.name}</a>${path === "" ? "" : ` / ${path}`}
  </h2>`;
  if (entry?.type === "blob") {
    const text = (await repo.git.blob(entry.sha)).toString("utf8");
    const code = highlightCode(text, path.endsWith(".sql") ? "sql" : "");
    return layout({
      title: path,
      repo,
      body: html`${title}
        <div class="box"><pre class="code">${raw(code)}</pre></div>`,
    });
  }
  const entries = await repo.git.tree(`${sha}:${path}`, false);
  const lines = entries.map((child) => {
    const to = `${base}/${path === "" ? "" : `${path}/`}${child.path}`;
    return html`<li><a class="mono" href="${to}">${child.path}${child.type === "tree" ? "/" : ""}</a></li>`;
  });
  return layout({
    title: `${branch} · ${fullName(repo)}`,
    repo,
    body: html`${title}
      <ul class="list box">
        ${lines}
      </ul>`,
  });
}

/** One commit: what it changed and what was checked. */
export async function commitPage(visit: Visit, commit: CommitInfo): Promise<Html> {
  const { repo, hub } = visit;
  const [parent] = commit.parents;
  const files = parent === undefined ? [] : await diffFiles(repo.git, parent, commit.sha);
  const [subject, ...rest] = commit.message.split("\n");
  return layout({
    title: `${subject} · ${fullName(repo)}@${commit.sha.slice(0, 7)}`,
    repo,
    problem: visit.problem,
    body: html`<h1 class="title">${subject}</h1>
      <div class="meta"><b>${commit.author.name}</b> committed ${commit.sha.slice(0, 12)} ${rest.join(" ").trim()}</div>
      <div data-part="checks">${checkList(visit, latestRuns(hub.world, repo, commit.sha))}</div>
      ${files.map(fileView)}`,
  });
}

export function runPage(visit: Visit, run: CheckRun): Html {
  return layout({
    title: `${run.name} · ${fullName(visit.repo)}`,
    repo: visit.repo,
    problem: visit.problem,
    body: html`<h1 class="title">${run.name} <span>${run.headSha.slice(0, 7)}</span></h1>
      <div data-part="checks">${checkList(visit, [run])}</div>`,
  });
}

function checkList(visit: Visit, runs: readonly CheckRun[]): Html | string {
  if (runs.length === 0) return "";
  return html`<div class="box spaced">${runs.map((run) => checkView(visit.hub.world, run, visit.login, false))}</div>`;
}

function commitLink(repo: Repo, sha: string): Html {
  return html`<a class="mono" href="/${fullName(repo)}/commit/${sha}">${sha.slice(0, 7)}</a>`;
}

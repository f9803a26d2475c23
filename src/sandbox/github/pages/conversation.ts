import type { CommitInfo } from "../git.ts";
import { type Comment, type Issue, type Pull, type Repo, type World, fullName } from "../world.ts";
import { association } from "../shapes/pull-request.ts";
import { type Html, face, html, icon, raw, when } from "./layout.ts";
import { overall } from "./check-view.ts";
import { drawEmoji } from "./emoji.ts";
import { renderMarkdown } from "./markdown.ts";

const EMOJI: Readonly<Record<string, string>> = {
  "+1": "👍",
  "-1": "👎",
  laugh: "😄",
  hooray: "🎉",
  confused: "😕",
  heart: "❤️",
  rocket: "🚀",
  eyes: "👀",
};

interface Moment {
  readonly at: Date;
  readonly html: Html;
}

/** What was said and done, in the order it happened. */
export function timeline(world: World, repo: Repo, issue: Issue, commits: readonly CommitInfo[]): readonly Html[] {
  const pull = repo.pulls.get(issue.number);
  const moments: Moment[] = [
    ...commits.map((commit) => ({ at: new Date(commit.committer.date), html: commitLine(world, repo, commit) })),
    ...world
      .commentsOn(repo, issue.number)
      .map((comment) => ({ at: comment.createdAt, html: commentBox(world, comment) })),
    ...(pull === undefined ? [] : endings(world, repo, pull)),
  ];
  // Commits carry whole seconds: what came first in the list stays first within one.
  return [opening(world, repo, issue), ...moments.sort((a, b) => a.at.getTime() - b.at.getTime()).map((it) => it.html)];
}

function opening(world: World, repo: Repo, issue: Issue): Html {
  const text = issue.body === undefined || issue.body === "" ? "*No description provided.*" : issue.body;
  return box(world, {
    login: issue.author.login,
    tags: [association(repo, issue.author)],
    date: issue.createdAt,
    edited: false,
    text,
  });
}

function commentBox(world: World, comment: Comment): Html {
  const counts = new Map<string, string[]>();
  for (const { content, user } of comment.reactions) {
    counts.set(content, [...(counts.get(content) ?? []), user.login]);
  }
  const chips = [...counts].map(
    ([content, logins]) =>
      html`<span title="${logins.join(", ")}">${raw(drawEmoji(EMOJI[content] ?? ""))} ${logins.length}</span>`,
  );
  return box(world, {
    id: comment.id,
    login: comment.author.login,
    tags: [association(comment.repo, comment.author)],
    date: comment.createdAt,
    edited: comment.updatedAt > comment.createdAt,
    text: comment.body,
    below: chips.length === 0 ? "" : html`<div class="reactions">${chips}</div>`,
  });
}

interface Box {
  readonly id?: number;
  readonly login: string;
  readonly tags: readonly string[];
  readonly date: Date;
  readonly edited: boolean;
  readonly text: string;
  readonly below?: Html | string;
}

function box(world: World, content: Box): Html {
  const bot = content.login.endsWith("[bot]");
  const name = content.login.replace("[bot]", "");
  const tags = content.tags.filter((tag) => tag !== "NONE").map((tag) => tag.slice(0, 1) + tag.slice(1).toLowerCase());
  const id = content.id === undefined ? "" : `issuecomment-${content.id}`;
  return html`<div class="row comment" id="${id}" data-author="${content.login}">
    ${face(content.login)}
    <div class="box">
      <div class="head">
        <b>${name}</b> ${bot ? html`<span class="tag bot">bot</span>` : ""} commented ${when(world, content.date)}
        ${content.edited ? "· edited" : ""} ${tags.map((tag) => html`<span class="tag">${tag}</span>`)}
      </div>
      <div class="md">${raw(drawEmoji(foldKeys(renderMarkdown(content.text), id)))}</div>
      ${content.below ?? ""}
    </div>
  </div>`;
}

/** Folds get a key each, so that they stay open when the comment is edited under the reader's eyes. */
function foldKeys(markup: string, id: string): string {
  let count = 0;
  return markup.replaceAll("<details", () => `<details data-key="${id}-${(count += 1)}"`);
}

function commitLine(world: World, repo: Repo, commit: CommitInfo): Html {
  const mark = overall(world, repo, commit.sha);
  return html`<div class="event">
    <span class="dot">${icon("commit")}</span>
    ${face(commit.author.name, 20)}
    <span><b>${commit.author.name}</b> pushed ${commit.message.split("\n")[0]}</span>
    <span class="end">${mark === undefined ? "" : icon(mark)}</span>
    <a class="mono" href="/${fullName(repo)}/commit/${commit.sha}">${commit.sha.slice(0, 7)}</a>
  </div>`;
}

function endings(world: World, repo: Repo, pull: Pull): readonly Moment[] {
  if (pull.merged !== undefined) {
    const { by, at } = pull.merged;
    const sha = pull.mergeCommit ?? "";
    const line = html`<div class="event" id="merged">
      <span class="dot merged">${icon("merge")}</span>
      <span>
        <b>${by.login}</b> merged commit
        <a class="mono" href="/${fullName(repo)}/commit/${sha}">${sha.slice(0, 7)}</a> into
        <span class="branch mono">${pull.base.ref}</span> ${when(world, at)}
      </span>
    </div>`;
    return [{ at, html: line }];
  }
  if (pull.closedAt === undefined) return [];
  const line = html`<div class="event">
    <span class="dot closed">${icon("pull")}</span><span>closed ${when(world, pull.closedAt)}</span>
  </div>`;
  return [{ at: pull.closedAt, html: line }];
}

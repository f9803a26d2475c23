import { type Account, type Issue, type Pull, type Repo, type World, fullName, iso, nodeId } from "../world.ts";
import { type Json, simpleUser } from "./account.ts";
import { repoApi, repoPage, repositoryShape } from "./repository.ts";

/** Figures that take a look into git. */
export interface PullFigures {
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly changedFiles: number;
  readonly mergeableState: string;
}

export function association(repo: Repo, account: Account): string {
  if (account === repo.owner) return "OWNER";
  if (repo.collaborators.has(account.login.toLowerCase())) return "COLLABORATOR";
  const merged = [...repo.pulls.values()].some((pull) => pull.author === account && pull.merged !== undefined);
  return merged ? "CONTRIBUTOR" : "NONE";
}

/** A pull request as lists hold it. */
export function simplePull(world: World, repo: Repo, pull: Pull): Json {
  const api = `${repoApi(world, repo)}/pulls/${pull.number}`;
  const issue = `${repoApi(world, repo)}/issues/${pull.number}`;
  const page = `${repoPage(world, repo)}/pull/${pull.number}`;
  const statuses = `${repoApi(world, repo)}/statuses/${pull.head.sha}`;
  return {
    url: api,
    id: pull.id,
    node_id: nodeId("PullRequest", pull.id),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    commits_url: `${api}/commits`,
    review_comments_url: `${api}/comments`,
    review_comment_url: `${repoApi(world, repo)}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: simpleUser(world, pull.author),
    body: pull.body ?? null,
    labels: [],
    milestone: null,
    active_lock_reason: null,
    created_at: iso(pull.createdAt),
    updated_at: iso(pull.updatedAt),
    closed_at: pull.closedAt === undefined ? null : iso(pull.closedAt),
    merged_at: pull.merged === undefined ? null : iso(pull.merged.at),
    merge_commit_sha: pull.mergeCommit ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: side(world, pull.head.repo, pull.head.ref, pull.head.sha),
    base: side(world, repo, pull.base.ref, pull.base.sha),
    _links: {
      self: { href: api },
      html: { href: page },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${api}/comments` },
      review_comment: { href: `${repoApi(world, repo)}/pulls/comments{/number}` },
      commits: { href: `${api}/commits` },
      statuses: { href: statuses },
    },
    author_association: association(repo, pull.author),
    auto_merge: null,
    draft: pull.draft,
  };
}

export function pullShape(world: World, repo: Repo, pull: Pull, figures: PullFigures): Json {
  const mergeable = pull.merged === undefined && pull.mergeCommit !== undefined;
  return {
    ...simplePull(world, repo, pull),
    merged: pull.merged !== undefined,
    mergeable: pull.state === "open" ? mergeable : null,
    rebaseable: pull.state === "open" ? mergeable : null,
    mergeable_state: figures.mergeableState,
    merged_by: pull.merged === undefined ? null : simpleUser(world, pull.merged.by),
    comments: world.commentsOn(repo, pull.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: figures.commits,
    additions: figures.additions,
    deletions: figures.deletions,
    changed_files: figures.changedFiles,
  };
}

/** A pull request or a plain issue, as the issues part of the API sees both. */
export function issueShape(world: World, repo: Repo, issue: Issue): Json {
  const api = `${repoApi(world, repo)}/issues/${issue.number}`;
  const pull = repo.pulls.get(issue.number);
  const page = `${repoPage(world, repo)}/${pull === undefined ? "issues" : "pull"}/${issue.number}`;
  return {
    url: api,
    repository_url: repoApi(world, repo),
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    html_url: page,
    id: issue.id,
    node_id: nodeId(pull === undefined ? "Issue" : "PullRequest", issue.id),
    number: issue.number,
    title: issue.title,
    user: simpleUser(world, issue.author),
    labels: [],
    state: issue.state,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: world.commentsOn(repo, issue.number).length,
    created_at: iso(issue.createdAt),
    updated_at: iso(issue.updatedAt),
    closed_at: issue.closedAt === undefined ? null : iso(issue.closedAt),
    author_association: association(repo, issue.author),
    active_lock_reason: null,
    body: issue.body ?? null,
    reactions: rollup(`${api}/reactions`, []),
    timeline_url: `${api}/timeline`,
    performed_via_github_app: null,
    state_reason: null,
    ...(pull === undefined ? {} : pullLinks(world, repo, pull)),
  };
}

export function rollup(url: string, contents: readonly string[]): Json {
  const names = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"];
  const counts = names.map((name) => [name, contents.filter((content) => content === name).length]);
  return { url, total_count: contents.length, ...Object.fromEntries(counts) };
}

function pullLinks(world: World, repo: Repo, pull: Pull): Json {
  const page = `${repoPage(world, repo)}/pull/${pull.number}`;
  return {
    draft: pull.draft,
    pull_request: {
      url: `${repoApi(world, repo)}/pulls/${pull.number}`,
      html_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      merged_at: pull.merged === undefined ? null : iso(pull.merged.at),
    },
  };
}

function side(world: World, repo: Repo, ref: string, sha: string): Json {
  return {
    label: `${repo.owner.login}:${ref}`,
    ref,
    sha,
    user: simpleUser(world, repo.owner),
    repo: repositoryShape(world, repo),
  };
}

/** A pull request as check runs and suites name it. */
export function minimalPull(world: World, repo: Repo, pull: Pull): Json {
  const part = (of: Repo, ref: string, sha: string): Json => ({
    ref,
    sha,
    repo: { id: of.id, url: `${world.api}/repos/${fullName(of)}`, name: of.name },
  });
  return {
    url: `${repoApi(world, repo)}/pulls/${pull.number}`,
    id: pull.id,
    number: pull.number,
    head: part(pull.head.repo, pull.head.ref, pull.head.sha),
    base: part(repo, pull.base.ref, pull.base.sha),
  };
}

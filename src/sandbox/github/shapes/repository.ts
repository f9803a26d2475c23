import { type Permission } from "../types.ts";
import { type Repo, type World, fullName, iso, nodeId } from "../world.ts";
import { type Json, simpleUser } from "./account.ts";

/** URL templates of a repository: field to path below `/repos/{owner}/{repo}`. */
const LINKS: Readonly<Record<string, string>> = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
};

export const repoApi = (world: World, repo: Repo): string => `${world.api}/repos/${fullName(repo)}`;
export const repoPage = (world: World, repo: Repo): string => `${world.url}/${fullName(repo)}`;

/** A repository as lists, pull requests and webhooks hold it. */
export function repositoryShape(world: World, repo: Repo): Json {
  const api = repoApi(world, repo);
  const page = repoPage(world, repo);
  const open = [...repo.pulls.values(), ...repo.issues.values()].filter((issue) => issue.state === "open").length;
  return {
    id: repo.id,
    node_id: nodeId("Repository", repo.id),
    name: repo.name,
    full_name: fullName(repo),
    private: repo.private,
    owner: simpleUser(world, repo.owner),
    html_url: page,
    description: null,
    fork: repo.parent !== undefined,
    url: api,
    ...Object.fromEntries(Object.entries(LINKS).map(([field, path]) => [field, api + path])),
    created_at: iso(repo.createdAt),
    updated_at: iso(repo.pushedAt),
    pushed_at: iso(repo.pushedAt),
    git_url: `${page.replace(/^http/, "git")}.git`,
    ssh_url: `git@127.0.0.1:${fullName(repo)}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    homepage: null,
    mirror_url: null,
    language: null,
    license: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    forks_count: 0,
    open_issues_count: open,
    forks: 0,
    watchers: 0,
    open_issues: open,
    has_issues: true,
    has_projects: false,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    archived: false,
    disabled: false,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repo.private ? "private" : "public",
    default_branch: repo.defaultBranch,
  };
}

/** What `GET /repos/{owner}/{repo}` adds. */
export function fullRepository(world: World, repo: Repo, permission: Permission): Json {
  const parent = repo.parent === undefined ? {} : { parent: repositoryShape(world, repo.parent) };
  return {
    ...repositoryShape(world, repo),
    permissions: permissionFlags(permission),
    temp_clone_token: null,
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_rebase_merge: true,
    allow_auto_merge: false,
    delete_branch_on_merge: false,
    allow_update_branch: false,
    subscribers_count: 0,
    network_count: 0,
    ...parent,
  };
}

export function permissionFlags(permission: Permission): Json {
  const admin = permission === "admin";
  const push = admin || permission === "write";
  return { admin, maintain: admin, push, triage: push, pull: permission !== "none" };
}

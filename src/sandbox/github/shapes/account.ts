import { type Account, type App, type Installation, type World, iso, nodeId } from "../world.ts";

export type Json = Record<string, unknown>;

/** Logins of apps hold brackets, which a URL may not. */
const inUrl = (login: string): string => encodeURIComponent(login);

export function simpleUser(world: World, account: Account): Json {
  const api = `${world.api}/users/${inUrl(account.login)}`;
  const isBot = account.type === "Bot";
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${world.url}/-/avatar/${inUrl(account.login)}.svg`,
    gravatar_id: "",
    url: api,
    html_url: isBot ? `${world.url}/apps/${account.login.replace("[bot]", "")}` : `${world.url}/${account.login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: account.type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** The public profile; `GET /user` has more. */
export function profile(world: World, account: Account): Json {
  return {
    ...simpleUser(world, account),
    name: account.name,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: [...world.repos.values()].filter((repo) => repo.owner === account && !repo.private).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: iso(account.createdAt),
    updated_at: iso(account.createdAt),
  };
}

export function ownProfile(world: World, account: Account): Json {
  const own = [...world.repos.values()].filter((repo) => repo.owner === account && repo.private).length;
  return {
    ...profile(world, account),
    private_gists: 0,
    total_private_repos: own,
    owned_private_repos: own,
    disk_usage: 0,
    collaborators: 0,
    two_factor_authentication: true,
  };
}

export function integration(world: World, app: App): Json {
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId("App", app.id),
    client_id: `Iv1.sandbox${app.id}`,
    owner: simpleUser(world, app.owner),
    name: app.name,
    description: "",
    external_url: world.url,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: iso(app.createdAt),
    updated_at: iso(app.createdAt),
    permissions: app.permissions,
    events: app.events,
  };
}

export function installationShape(world: World, installation: Installation): Json {
  const api = `${world.api}/app/installations/${installation.id}`;
  return {
    id: installation.id,
    account: simpleUser(world, installation.account),
    repository_selection: "selected",
    access_tokens_url: `${api}/access_tokens`,
    repositories_url: `${world.api}/installation/repositories`,
    html_url: `${world.url}/settings/installations/${installation.id}`,
    app_id: world.app.id,
    client_id: `Iv1.sandbox${world.app.id}`,
    app_slug: world.app.slug,
    target_id: installation.account.id,
    target_type: installation.account.type,
    permissions: world.app.permissions,
    events: world.app.events,
    created_at: iso(installation.createdAt),
    updated_at: iso(installation.createdAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: null,
  };
}

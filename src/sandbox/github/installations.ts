import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { CodedError } from "#kernel";
import { GitRepository } from "./git.ts";
import { type Hub, dispatch } from "./hub.ts";
import { installationShape } from "./shapes/account.ts";
import type { CreateRepository } from "./types.ts";
import { writeFiles } from "./write-files.ts";
import { type Installation, type Repo, Turns, fullName, nodeId, personOf } from "./world.ts";

/** @param folder where bare repositories live */
export async function createRepository(hub: Hub, folder: string, options: CreateRepository): Promise<Repo> {
  const { world } = hub;
  if (world.findRepo(options.owner, options.name) !== undefined) {
    throw new CodedError("sandbox/repository-exists", `${options.owner}/${options.name} exists already`);
  }
  const repo = await emptyRepository(hub, folder, options);
  if (options.files !== undefined) {
    await writeFiles(repo.git, {
      branch: repo.defaultBranch,
      parent: undefined,
      files: options.files,
      message: "Initial commit",
      author: personOf(repo.owner),
      date: world.clock.now(),
    });
  }
  world.addRepo(repo);
  for (const [login, permission] of Object.entries(options.collaborators ?? {})) {
    world.account(login);
    repo.collaborators.set(login.toLowerCase(), permission);
  }
  if (options.installed !== false) install(hub, repo);
  return repo;
}

export async function forkRepository(hub: Hub, folder: string, parent: Repo, owner: string): Promise<Repo> {
  const fork = await emptyRepository(hub, folder, { ...parent, owner }, parent);
  await fork.git.run(["fetch", "--quiet", parent.git.dir, "+refs/heads/*:refs/heads/*"]);
  hub.world.addRepo(fork);
  return fork;
}

async function emptyRepository(
  hub: Hub,
  folder: string,
  options: Omit<CreateRepository, "collaborators">,
  parent?: Repo,
): Promise<Repo> {
  const { world } = hub;
  const defaultBranch = options.defaultBranch ?? "main";
  const git = new GitRepository(await mkdtemp(join(folder, `${options.name}-`)));
  await git.init(defaultBranch);
  const now = world.clock.now();
  return {
    id: world.nextId(),
    owner: world.account(options.owner),
    name: options.name,
    private: options.private ?? false,
    defaultBranch,
    git,
    parent,
    collaborators: new Map(),
    requiredChecks: new Map(),
    issues: new Map(),
    pulls: new Map(),
    createdAt: now,
    turns: new Turns(),
    pushedAt: now,
  };
}

/** Selects a repository for the app; the owner's first one makes the installation. */
export function install(hub: Hub, repo: Repo): void {
  const { world } = hub;
  if (world.installationOf(repo) !== undefined) return;
  const known = [...world.installations.values()].find((installation) => installation.account === repo.owner);
  if (known !== undefined) {
    known.repositoryIds.add(repo.id);
    tellRepositories(hub, known, "added", repo);
    return;
  }
  const installation: Installation = {
    id: world.nextId(),
    account: repo.owner,
    repositoryIds: new Set([repo.id]),
    createdAt: world.clock.now(),
  };
  world.installations.set(installation.id, installation);
  tellInstallation(hub, installation, "created", [repo]);
}

/** Takes a repository from the app; with the last one the installation is gone. */
export function uninstall(hub: Hub, repo: Repo): void {
  const installation = hub.world.installationOf(repo);
  if (installation === undefined) return;
  installation.repositoryIds.delete(repo.id);
  if (installation.repositoryIds.size > 0) {
    tellRepositories(hub, installation, "removed", repo);
    return;
  }
  hub.world.installations.delete(installation.id);
  tellInstallation(hub, installation, "deleted", [repo]);
}

function tellInstallation(
  hub: Hub,
  installation: Installation,
  action: "created" | "deleted",
  repos: readonly Repo[],
): void {
  dispatch(hub, {
    event: "installation",
    action,
    sender: installation.account,
    installationId: installation.id,
    payload: {
      installation: installationShape(hub.world, installation),
      repositories: repos.map(brief),
      ...(action === "created" ? { requester: null } : {}),
    },
  });
}

function tellRepositories(hub: Hub, installation: Installation, action: "added" | "removed", repo: Repo): void {
  dispatch(hub, {
    event: "installation_repositories",
    action,
    sender: installation.account,
    installationId: installation.id,
    payload: {
      installation: installationShape(hub.world, installation),
      repository_selection: "selected",
      repositories_added: action === "added" ? [brief(repo)] : [],
      repositories_removed: action === "removed" ? [brief(repo)] : [],
      requester: null,
    },
  });
}

const brief = (repo: Repo): Record<string, unknown> => ({
  id: repo.id,
  node_id: nodeId("Repository", repo.id),
  name: repo.name,
  full_name: fullName(repo),
  private: repo.private,
});

import type { Permissions } from "#deploy";
import type { GithubClients } from "../client/clients.ts";
import { statusOf } from "./errors.ts";

type Level = Awaited<ReturnType<Permissions["of"]>>;
const LEVELS: readonly Level[] = ["admin", "maintain", "write", "triage", "read", "none"];

/** Asks GitHub at decision time, never `author_association`, which says nothing about today's rights. */
export function createPermissions(clients: GithubClients): Permissions {
  return {
    async of(repository, login) {
      const octokit = await clients.of(repository);
      try {
        const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({
          owner: repository.owner,
          repo: repository.name,
          username: login,
        });
        return levelOf(data.role_name) ?? levelOf(data.permission) ?? "none";
      } catch (error) {
        if (statusOf(error) === 404) return "none";
        throw error;
      }
    },
  };
}

/** A custom role has a name of its own; what it is based on stands in `permission`. */
function levelOf(name: string): Level | undefined {
  return LEVELS.find((level) => level === name);
}

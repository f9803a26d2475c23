import type { GithubEnvironment, RepositoryName } from "#config";
import { CodedError } from "#kernel";
import { pino } from "pino";
import { Probot, ProbotOctokit } from "probot";
import { statusOf } from "../api/errors.ts";
import type { GithubClients } from "./clients.ts";
import type { Octokit } from "./octokit.ts";

export interface ProbotOptions {
  /** GitHub's own rate rules kept by waiting (default); off against a sandbox, where it only costs time. */
  readonly throttle?: boolean;
  /** How long one request may take, milliseconds; default 15 s. */
  readonly timeoutMs?: number;
}

/**
 * Probot, used as a router and as the keeper of tokens only: no server of its own, no Redis, no environment.
 *
 * @throws CodedError `github/no-secret` when there is no webhook secret: Probot would silently take `development`
 */
export function createProbotApp(github: GithubEnvironment, options: ProbotOptions = {}): Probot {
  const [secret] = github.webhookSecrets;
  if (secret === undefined || github.webhookSecrets.some((one) => one.trim() === "")) {
    throw new CodedError("github/no-secret", "There is no webhook secret", {
      hint: "Set it in the app's settings at GitHub and in the environment.",
      next: "fix-input",
    });
  }
  const timeoutMs = options.timeoutMs ?? 15_000;
  return new Probot({
    appId: github.appId,
    privateKey: github.privateKey,
    secret,
    baseUrl: github.apiUrl.replace(/\/$/, ""),
    // Probot logs whole requests and errors; what matters is logged by this room, without foreign text.
    log: pino({ level: "silent" }),
    Octokit: octokitClass(options.throttle ?? true),
    request: {
      fetch: (url: string, init: RequestInit = {}) =>
        fetch(url, {
          ...init,
          signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(init.signal ? [init.signal] : [])]),
        }),
    },
  });
}

/**
 * `throttle` can only be switched off by a function (probot issue 2039). Retries are off: a POST whose answer was
 * lost must be looked for before it is sent again, and outbox and inbox do that.
 */
function octokitClass(throttle: boolean): typeof ProbotOctokit {
  return ProbotOctokit.defaults((given: object) => {
    const before = given as { readonly throttle?: object };
    return {
      ...before,
      retry: { enabled: false },
      throttle: throttle ? { ...before.throttle } : { ...before.throttle, enabled: false },
    };
  }) as typeof ProbotOctokit;
}

/** Clients by repository; the installation is asked for once and remembered until `forget`. */
export function createClients(probot: Probot, appId: number): GithubClients {
  const installations = new Map<string, Promise<number>>();
  const renewed = new Map<number, Promise<unknown>>();
  let login: string | undefined;
  const app = async (): Promise<Octokit> => probot.auth();

  const installationOf = async (repository: RepositoryName): Promise<number> => {
    const octokit = await app();
    try {
      const { data } = await octokit.rest.apps.getRepoInstallation({ owner: repository.owner, repo: repository.name });
      return data.id;
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
      throw new CodedError(
        "github/not-installed",
        `The app is not installed on ${repository.owner}/${repository.name}`,
        {
          hint: "Install it there, or take the repository out of fleet.yml.",
          next: "ask-human",
        },
      );
    }
  };

  return {
    appId,
    app,
    async of(repository) {
      const key = `${repository.owner}/${repository.name}`.toLowerCase();
      const asked = installations.get(key) ?? installationOf(repository);
      installations.set(key, asked);
      try {
        const id = await asked;
        const octokit = await probot.auth(id);
        // A token knows the repositories of the moment it was made: one that is kept does not reach a later one.
        const renewal = renewed.get(id) ?? octokit.auth({ type: "installation", installationId: id, refresh: true });
        renewed.set(id, renewal);
        await renewal.catch((error: unknown) => {
          renewed.delete(id);
          throw error;
        });
        return octokit;
      } catch (error) {
        installations.delete(key);
        throw error;
      }
    },
    async botLogin() {
      if (login !== undefined) return login;
      const { data } = await (await app()).rest.apps.getAuthenticated();
      login = `${data?.slug ?? "sluice"}[bot]`;
      return login;
    },
    forget: () => {
      installations.clear();
      renewed.clear();
    },
  };
}

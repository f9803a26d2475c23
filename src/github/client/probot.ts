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
  const baseUrl = github.apiUrl.replace(/\/$/, "");
  return new Probot({
    appId: github.appId,
    privateKey: github.privateKey,
    secret,
    baseUrl,
    // Probot logs whole requests and errors; what matters is logged by this room, without foreign text.
    log: pino({ level: "silent" }),
    Octokit: octokitClass(options.throttle ?? true, baseUrl),
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
 * lost must be looked for before it is sent again, and outbox and inbox do that. Probot gives the token requests a
 * client of their own that does not know the base URL; it is told here.
 */
function octokitClass(throttle: boolean, baseUrl: string): typeof ProbotOctokit {
  return ProbotOctokit.defaults((given: object) => {
    const { auth, ...before } = given as GivenOptions;
    const request = auth?.request?.defaults({ baseUrl });
    return {
      ...before,
      auth: request === undefined ? auth : { ...auth, request },
      retry: { enabled: false },
      throttle: { ...before.throttle, enabled: throttle, onRateLimit: giveUp, onSecondaryRateLimit: giveUp },
    };
  }) as typeof ProbotOctokit;
}

/** Waiting in here could take an hour and hold up everybody else; outbox and inbox wait instead. */
const giveUp = (): boolean => false;

interface GivenOptions {
  readonly auth?: { readonly request?: { defaults(options: { readonly baseUrl: string }): unknown } };
  readonly throttle?: object;
}

/** Clients by repository; the installation is asked for once and remembered until `forget`. */
export function createClients(probot: Probot, appId: number): GithubClients {
  const installations = new Map<string, Promise<number>>();
  let login: string | undefined;
  const app = async (): Promise<Octokit> => probot.auth();

  return {
    appId,
    app,
    async of(repository) {
      const key = `${repository.owner}/${repository.name}`.toLowerCase();
      const asked = installations.get(key) ?? installationOf(await app(), repository);
      installations.set(key, asked);
      try {
        return await speakFor(await app(), await asked, repository);
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
    forget: () => installations.clear(),
  };
}

async function installationOf(app: Octokit, repository: RepositoryName): Promise<number> {
  try {
    const { data } = await app.rest.apps.getRepoInstallation({ owner: repository.owner, repo: repository.name });
    return data.id;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    throw new CodedError("github/not-installed", `The app is not installed on ${repository.owner}/${repository.name}`, {
      hint: "Install it there, or take the repository out of fleet.yml.",
      next: "ask-human",
    });
  }
}

/**
 * A client whose token reaches this one repository and no other of the installation. Tokens are kept by Probot's cache
 * for 59 of their 60 minutes, each for its repository, so one that is added later is no exception.
 */
async function speakFor(app: Octokit, installationId: number, repository: RepositoryName): Promise<Octokit> {
  const { token } = (await app.auth({
    type: "installation",
    installationId,
    repositoryNames: [repository.name],
  })) as { readonly token: string };
  const Client = app.constructor as new (options: object) => Octokit;
  return new Client({ auth: { token }, throttle: { id: String(installationId) } });
}

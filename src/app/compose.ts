import type { Environment, Fleet } from "#config";
import type { DeployDeps, Dispatcher, Permissions } from "#deploy";
import { createBullmqDispatcher, createLocalDispatcher } from "#dispatch";
import { type GithubClients, createClients, createPermissions, createProbotApp } from "#github";
import { type Clock, CodedError, type Log, type Redactor, systemClock } from "#kernel";
import { openControl } from "#store";
import { bringControlDatabaseUp } from "./control-database.ts";
import { createDatabaseAccess } from "./database-access.ts";

export interface SluiceOptions {
  readonly environment: Environment;
  readonly fleet: Fleet;
  /** Where `env:NAME` of fleet.yml is looked up. */
  readonly variables: NodeJS.ProcessEnv;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly clock?: Clock;
  /** Deployments worked on at the same time in this process. Default 8. */
  readonly concurrency?: number;
  /** GitHub's rate rules kept by waiting. Default: only where GitHub is not on this machine. */
  readonly throttle?: boolean;
}

/** The real objects of one process: what `serve`, `work` and the CLI share. */
export interface Sluice extends AsyncDisposable {
  readonly deps: DeployDeps;
  readonly environment: Environment;
  /** Absent without GitHub in the environment. */
  readonly github?: { readonly probot: ReturnType<typeof createProbotApp>; readonly clients: GithubClients };
}

/**
 * Brings the control database up to date and opens everything. No target is touched yet.
 *
 * @throws CodedError `app/control-needs-more`, `app/control-too-new`, `store/unreachable`, `github/no-secret`
 */
export async function openSluice(options: SluiceOptions): Promise<Sluice> {
  const { environment, fleet, variables, log, redactor, clock = systemClock } = options;
  redactSecrets(options);
  const github = environment.github === undefined ? undefined : openGithub(options);
  await bringControlDatabaseUp({ dsn: environment.controlDsn, clock, log });
  const control = await openControl({ dsn: environment.controlDsn, clock, log });
  const dispatcher = createDispatcher(options, clock);
  const deps: DeployDeps = {
    fleet,
    control,
    access: createDatabaseAccess({ fleet, variables, redactor, clock, log }),
    permissions: github === undefined ? nobody : createPermissions(github.clients),
    dispatcher,
    clock,
    log,
  };
  return {
    deps,
    environment,
    ...(github === undefined ? {} : { github }),
    async [Symbol.asyncDispose]() {
      await dispatcher[Symbol.asyncDispose]();
      await control[Symbol.asyncDispose]();
    },
  };
}

function openGithub({ environment, throttle }: SluiceOptions): NonNullable<Sluice["github"]> {
  const { github } = environment;
  if (github === undefined) throw new CodedError("app/no-github", "GitHub is not configured", { next: "fix-input" });
  const probot = createProbotApp(github, { throttle: throttle ?? !isLoopback(github.apiUrl) });
  return { probot, clients: createClients(probot, github.appId) };
}

export function isLoopback(url: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

function createDispatcher(
  { environment, log, concurrency = 8 }: SluiceOptions,
  clock: Clock,
): Dispatcher & AsyncDisposable {
  const { redisUrl } = environment;
  return redisUrl === undefined
    ? createLocalDispatcher({ clock, log, concurrency })
    : createBullmqDispatcher({ redisUrl, clock, log, concurrency });
}

/** Without GitHub nobody has a permission there; the CLI does not ask for one. */
const nobody: Permissions = { of: () => Promise.resolve("none") };

/** As it is where its percent-encoding is broken: who opens it says so. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function redactSecrets({ environment, redactor }: SluiceOptions): void {
  for (const url of [environment.controlDsn, environment.redisUrl]) {
    if (url === undefined || !URL.canParse(url)) continue;
    const { password } = new URL(url);
    redactor.add(password);
    redactor.add(decoded(password));
  }
  redactor.add(environment.github?.privateKey ?? "");
  for (const secret of environment.github?.webhookSecrets ?? []) redactor.add(secret);
}

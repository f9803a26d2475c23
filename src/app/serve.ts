import { createServer } from "node:http";
import { once } from "node:events";
import { type AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import {
  type GithubDeps,
  checkApp,
  createBlobCache,
  createInboxProcessor,
  reconcileGithub,
  refreshOpen,
  runPublisher,
} from "#github";
import { reasonOf } from "#kernel";
import { createMetrics, createPages } from "#web";
import { type Sluice, isLoopback } from "./compose.ts";
import { loop } from "./loop.ts";
import { WEBHOOK_PATH, answerWebhook } from "./webhook-endpoint.ts";

export interface ServeOptions {
  readonly sluice: Sluice;
  /** Default: SLUICE_PORT; 0 takes a free one. */
  readonly port?: number;
  /** Default: every address; tests and the demo stay on loopback. */
  readonly host?: string;
  readonly timing?: Partial<ServeTiming>;
}

/** Milliseconds. */
export interface ServeTiming {
  /** At most one edit of a pull request's comment and checks in this time. */
  readonly publishEveryMs: number;
  /** How often inbox and outbox are asked when nobody rings. */
  readonly pollMs: number;
  /** How often GitHub is compared with what we know. */
  readonly reconcileMs: number;
  /** What is younger than this is left to its webhook. */
  readonly graceMs: number;
  /** How often countdowns of open deployments are rendered anew. */
  readonly refreshMs: number;
}

export interface ServeHandle extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly webhookUrl: string;
}

/** Webhooks, pages, inbox, publisher and sweeps on one HTTP server. */
export async function startServe(options: ServeOptions): Promise<ServeHandle> {
  const { sluice } = options;
  const { deps, environment } = sluice;
  const metrics = createMetrics(deps.control.deployments);
  const pages = createPages({ deployments: deps.control.deployments, clock: deps.clock, metrics });
  const ending = new AbortController();
  const room = sluice.github === undefined ? undefined : githubDeps(sluice, metrics.counters);
  const timing = timingOf(options);
  const inbox =
    room === undefined || sluice.github === undefined
      ? undefined
      : createInboxProcessor(room, sluice.github.probot, { pollMs: timing.pollMs });

  const showPage = getRequestListener(pages.fetch);
  const server = createServer((request, response) => {
    if (request.url?.split("?")[0] !== WEBHOOK_PATH || environment.github === undefined) {
      void showPage(request, response);
      return;
    }
    const secrets = environment.github.webhookSecrets;
    const webhook = {
      clock: deps.clock,
      inbox: deps.control.inbox,
      log: deps.log,
      secrets,
      counters: metrics.counters,
    };
    void answerWebhook(webhook, request, response).then((stored) => (stored ? inbox?.ring() : undefined));
  });
  server.requestTimeout = 30_000;
  server.listen(options.port ?? environment.port, options.host);
  await once(server, "listening");

  const { port } = server.address() as AddressInfo;
  const loops = room === undefined ? [] : githubLoops(room, timing, ending.signal);
  if (inbox !== undefined) loops.push(inbox.run(ending.signal));
  deps.log.info("serve.started", { port });
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    webhookUrl: `http://127.0.0.1:${port}${WEBHOOK_PATH}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      ending.abort();
      await Promise.allSettled(loops);
      server.closeAllConnections();
      await closed;
      deps.log.info("serve.ended");
    },
  };
}

function githubDeps(sluice: Sluice, counters: NonNullable<GithubDeps["counters"]>): GithubDeps | undefined {
  const { github, deps, environment } = sluice;
  if (github === undefined) return undefined;
  const { publicUrl } = environment;
  return {
    ...deps,
    clients: github.clients,
    blobs: createBlobCache(),
    counters,
    ...(publicUrl === undefined ? {} : { publicUrl }),
  };
}

/** Ids of deliveries are kept longer than GitHub can be asked to send one again (days). */
const REMEMBER_MS = 30 * 24 * 3_600_000;
const FORGET_EVERY_MS = 600_000;

function githubLoops(room: GithubDeps, timing: ServeTiming, signal: AbortSignal): Promise<void>[] {
  const { clock, log } = room;
  const state = {
    graceMs: timing.graceMs,
    lookedAt: new Map<string, number>(),
    redelivered: new Map<string, number>(),
  };
  return [
    checkApp(room.clients, log).then(
      () => undefined,
      (error: unknown) => log.warn("github.not-asked", { code: reasonOf(error).code }),
    ),
    runPublisher(room, { everyMs: timing.publishEveryMs, pollMs: timing.pollMs }, signal),
    loop(
      { name: "reconcile-github", everyMs: timing.reconcileMs, clock, log },
      () => reconcileGithub(room, state, signal),
      signal,
    ),
    loop(
      { name: "forget-deliveries", everyMs: FORGET_EVERY_MS, clock, log },
      () => room.control.inbox.forget(REMEMBER_MS),
      signal,
    ),
    loop({ name: "refresh-open", everyMs: timing.refreshMs, clock, log }, () => refreshOpen(room), signal),
  ];
}

/** GitHub itself allows some 80 writes a minute; a GitHub on this machine has no such limit. */
function timingOf({ sluice, timing }: ServeOptions): ServeTiming {
  const github = sluice.environment.github;
  const isLocal = github !== undefined && isLoopback(github.apiUrl);
  return {
    publishEveryMs: isLocal ? 3000 : 20_000,
    pollMs: 500,
    reconcileMs: 60_000,
    graceMs: 15_000,
    refreshMs: 30_000,
    ...timing,
  };
}

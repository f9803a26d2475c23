import { generateKeyPairSync } from "node:crypto";
import { rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { CodedError, silentLog, systemClock } from "#kernel";
import { Referee } from "../contract/referee.ts";
import { restApi } from "./api.ts";
import { requestAction, rerequestRun } from "./checks.ts";
import { sandboxFolder } from "./folder.ts";
import type { Hub } from "./hub.ts";
import { createRepository } from "./installations.ts";
import { pages } from "./pages/routes.ts";
import { repositoryHandle } from "./repository.ts";
import { Tokens } from "./tokens.ts";
import type { Faults, SandboxGithub, SandboxGithubOptions } from "./types.ts";
import { Webhooks } from "./webhooks.ts";
import { type CheckRun, World } from "./world.ts";

/** As Sluice's app.yml asks for (a test compares them). */
const PERMISSIONS = {
  checks: "write",
  contents: "read",
  issues: "read",
  merge_queues: "read",
  metadata: "read",
  pull_requests: "write",
} as const;
const EVENTS = ["check_run", "check_suite", "issue_comment", "merge_group", "pull_request", "push"] as const;

/** First path segments of the API, for clients whose base URL has no `/api/v3`. */
const API_ROOTS = ["/app", "/app/*", "/repos/*", "/user", "/users/*", "/installation/*"];

/**
 * Starts a local GitHub on loopback: own folder, own port, own app key; gone with `await using`.
 *
 * @throws CodedError `sandbox/no-referee` outside a checkout, unless `contract` is `off`
 */
export async function startSandboxGithub(options: SandboxGithubOptions): Promise<SandboxGithub> {
  const folder = await sandboxFolder();
  const keys = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const faults: Faults = {};
  const hub = await makeHub(options, faults, keys.publicKey);
  const { world, webhooks } = hub;
  const server = await listen(hub, options.port ?? 0);
  world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const run = (id: number): CheckRun => {
    const found = world.runs.get(id);
    if (found === undefined) throw new CodedError("sandbox/no-check-run", `No check run ${id}`);
    return found;
  };
  return {
    url: world.url,
    baseUrl: world.api,
    appId: world.app.id,
    appSlug: world.app.slug,
    botLogin: world.app.bot.login,
    privateKey: keys.privateKey,
    webhookSecret: options.webhookSecret,
    faults,
    setWebhookUrl: (url) => {
      webhooks.url = url;
    },
    addUser: (login, user = {}) => void world.account(login, "User", user.name ?? login),
    userToken: (login) => hub.tokens.forUser(world.account(login)),
    createRepository: async (repository) =>
      repositoryHandle(hub, folder, await createRepository(hub, folder, repository)),
    repository: (owner, name) => repositoryHandle(hub, folder, world.repo(owner, name)),
    repositories: () => [...world.repos.values()].map((repo) => repositoryHandle(hub, folder, repo)),
    clickAction: async (id, identifier, login) => requestAction(hub, run(id), identifier, login),
    rerequestCheck: async (id, login) => rerequestRun(hub, run(id), login),
    deliveries: () => webhooks.attempts,
    redeliver: async (id) => {
      if (!(await webhooks.redeliver(id))) throw new CodedError("sandbox/no-delivery", `No delivery ${id}`);
    },
    settle: () => webhooks.settle(),
    violations: () => hub.violations,
    assertNoViolations: () => assertNone(hub),
    [Symbol.asyncDispose]: async () => {
      await webhooks.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function makeHub(options: SandboxGithubOptions, faults: Faults, publicKey: string): Promise<Hub> {
  const world = new World(options.clock ?? systemClock, {
    id: options.appId ?? 4242,
    slug: options.appSlug ?? "sluice",
    permissions: options.permissions ?? PERMISSIONS,
    events: options.events ?? EVENTS,
  });
  const log = options.log ?? silentLog;
  const webhooks = new Webhooks({ world, secret: options.webhookSecret, faults, log });
  webhooks.url = options.webhookUrl;
  const referee = options.contract === "off" ? undefined : await Referee.load();
  return { world, webhooks, tokens: new Tokens(publicKey), referee, violations: [] };
}

async function listen(hub: Hub, port: number): Promise<Server> {
  const app = new Hono();
  const api = restApi(hub);
  app.all("/api/v3/*", (c) => api(c.req.raw, "/api/v3"));
  for (const root of API_ROOTS) app.all(root, (c) => api(c.req.raw, ""));
  app.route("/", pages(hub));
  const answer = getRequestListener(app.fetch);
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}

function assertNone(hub: Hub): void {
  if (hub.violations.length === 0) return;
  const lines = hub.violations.map(({ where, at, problem }) => `${where} ${at} ${problem}`);
  throw new CodedError("sandbox/contract-violated", [...new Set(lines)].slice(0, 20).join("\n"), {
    hint: "GitHub's own description says so: see src/sandbox/contract.",
    next: "fix-input",
  });
}

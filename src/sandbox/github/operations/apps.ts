import { type Operation, type Reply, created, notFound, ok, page } from "../operation.ts";
import { installationShape, integration } from "../shapes/account.ts";
import { repositoryShape } from "../shapes/repository.ts";
import { iso } from "../world.ts";
import type { Attempt } from "../webhooks.ts";

/** What is only answered to the app itself, who it is installed for, and what became of its webhooks. */
export const appOperations: readonly Operation[] = [
  {
    id: "apps/get-authenticated",
    method: "GET",
    path: "/app",
    needs: "app",
    handle: ({ hub: { world } }) =>
      ok({ ...integration(world, world.app), installations_count: world.installations.size }),
  },
  {
    id: "apps/list-installations",
    method: "GET",
    path: "/app/installations",
    needs: "app",
    handle: (call) => {
      const { world } = call.hub;
      return page(call, [...world.installations.values()], (installation) => installationShape(world, installation));
    },
  },
  {
    id: "apps/get-installation",
    method: "GET",
    path: "/app/installations/{installation_id}",
    needs: "app",
    handle: ({ hub: { world }, path }) => {
      const installation = world.installations.get(Number(path["installation_id"]));
      if (installation === undefined) throw notFound();
      return ok(installationShape(world, installation));
    },
  },
  {
    id: "apps/create-installation-access-token",
    method: "POST",
    path: "/app/installations/{installation_id}/access_tokens",
    needs: "app",
    handle: ({ hub, path, body }) => {
      const installation = hub.world.installations.get(Number(path["installation_id"]));
      if (installation === undefined) throw notFound();
      const { token, expiresAt, permissions, repos } = hub.tokens.issue(hub.world, installation, body);
      return created({
        token,
        expires_at: iso(expiresAt),
        permissions,
        repository_selection: "selected",
        ...(repos === undefined ? {} : { repositories: repos.map((repo) => repositoryShape(hub.world, repo)) }),
      });
    },
  },
  {
    id: "apps/get-repo-installation",
    method: "GET",
    path: "/repos/{owner}/{repo}/installation",
    needs: "app",
    handle: ({ hub: { world }, path }) => {
      const repo = world.findRepo(path["owner"] ?? "", path["repo"] ?? "");
      const installation = repo === undefined ? undefined : world.installationOf(repo);
      if (installation === undefined) throw notFound();
      return ok(installationShape(world, installation));
    },
  },
  {
    id: "apps/list-repos-accessible-to-installation",
    method: "GET",
    path: "/installation/repositories",
    needs: "installation",
    handle: (call) => {
      const { world } = call.hub;
      const { caller } = call;
      const ids = caller.kind === "installation" ? caller.repositoryIds : new Set<number>();
      const repos = [...world.repos.values()].filter((repo) => ids.has(repo.id));
      return page(
        call,
        repos,
        (repo) => repositoryShape(world, repo),
        (repositories) => ({ total_count: repos.length, repository_selection: "selected", repositories }),
      );
    },
  },
  {
    id: "apps/list-webhook-deliveries",
    method: "GET",
    path: "/app/hook/deliveries",
    needs: "app",
    handle: ({ hub, query, url }) => newestFirst(hub.webhooks.attempts, query, url),
  },
  {
    id: "apps/get-webhook-delivery",
    method: "GET",
    path: "/app/hook/deliveries/{delivery_id}",
    needs: "app",
    handle: ({ hub, path }) => {
      const attempt = hub.webhooks.attempts.find((candidate) => candidate.id === Number(path["delivery_id"]));
      if (attempt === undefined) throw notFound();
      return ok({
        ...deliveryItem(attempt),
        url: hub.webhooks.url ?? "",
        request: { headers: attempt.requestHeaders, payload: attempt.payload },
        response: { headers: attempt.responseHeaders, payload: attempt.responseBody },
      });
    },
  },
  {
    id: "apps/redeliver-webhook-delivery",
    method: "POST",
    path: "/app/hook/deliveries/{delivery_id}/attempts",
    needs: "app",
    handle: ({ hub, path }) => {
      const id = Number(path["delivery_id"]);
      if (!hub.webhooks.attempts.some((attempt) => attempt.id === id)) throw notFound();
      // Accepted means: it will be tried. Whoever asks may be the one who has to answer it.
      void hub.webhooks.redeliver(id);
      return { status: 202, body: {} };
    },
  },
];

/** Deliveries page by cursor: the id of the last one seen. */
function newestFirst(attempts: readonly Attempt[], query: ReadonlyMap<string, string>, url: string): Reply {
  const size = Math.min(100, Number(query.get("per_page") ?? 30));
  const cursor = query.get("cursor");
  const wanted = query.get("status");
  const all = [...attempts]
    .reverse()
    .filter((attempt) => cursor === undefined || attempt.id < Number(cursor))
    .filter((attempt) => wanted === undefined || (attempt.statusCode < 400 ? "success" : "failure") === wanted);
  const shown = all.slice(0, size);
  const last = shown.at(-1);
  const more = last !== undefined && all.length > size;
  const link = `<${url}?${new URLSearchParams({ ...Object.fromEntries(query), cursor: String(last?.id) }).toString()}>`;
  return { ...ok(shown.map(deliveryItem)), ...(more ? { headers: { link: `${link}; rel="next"` } } : {}) };
}

function deliveryItem(attempt: Attempt): Record<string, unknown> {
  return {
    id: attempt.id,
    guid: attempt.guid,
    delivered_at: attempt.deliveredAt.toISOString(),
    redelivery: attempt.redelivery,
    duration: attempt.durationMs / 1000,
    status: attempt.status,
    status_code: attempt.statusCode,
    event: attempt.event,
    action: attempt.action ?? null,
    installation_id: attempt.parcel.installationId ?? null,
    repository_id: attempt.parcel.repositoryId ?? null,
    throttled_at: null,
  };
}

import type { EventHandler } from "./handler.ts";

/** The app was installed, removed or given other repositories: what we remember of installations is asked anew. */
const noted = (on: EventHandler["on"]): EventHandler => ({
  on,
  async handle(deps, delivery) {
    deps.clients.forget();
    deps.log.info("installation.changed", { webhook: on, delivery: delivery.id });
  },
});

export const installationHandlers: readonly EventHandler[] = [
  noted("installation"),
  noted("installation_repositories"),
];

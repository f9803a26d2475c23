import type { Deployments } from "#deploy";
import { Counter, Gauge, Registry } from "prom-client";

export interface Metrics {
  /** What other rooms count; labels never name a repository, a pull request or a person. */
  readonly counters: {
    webhook(event: string, outcome: string): void;
    published(kind: string, outcome: string): void;
  };
  readonly contentType: string;
  /** The text that Prometheus reads; deployments are counted when it is asked for. */
  text(): Promise<string>;
}

const MOST_COUNTED = 10_000;

/** A registry of its own: nothing of prom-client is shared between two of them in one process. */
export function createMetrics(deployments: Deployments): Metrics {
  const registry = new Registry();
  const webhooks = new Counter({
    name: "sluice_webhooks_total",
    help: "Webhooks by event and what became of them",
    labelNames: ["event", "outcome"],
    registers: [registry],
  });
  const published = new Counter({
    name: "sluice_published_total",
    help: "Comments and check runs brought up to date",
    labelNames: ["kind", "outcome"],
    registers: [registry],
  });
  const open = new Gauge({
    name: "sluice_open_deployments",
    help: "Deployments that are not over, by state and database",
    labelNames: ["state", "database"],
    registers: [registry],
  });
  return {
    counters: {
      webhook: (event, outcome) => webhooks.inc({ event, outcome }),
      published: (kind, outcome) => published.inc({ kind, outcome }),
    },
    contentType: registry.contentType,
    async text() {
      open.reset();
      for (const view of await deployments.list({ open: true, limit: MOST_COUNTED })) {
        open.inc({ state: view.at, database: view.database });
      }
      return registry.metrics();
    },
  };
}

import type { DeploymentEvent } from "../../src/deploy/deployment-events.ts";
import type { DeploymentOrigin, Subject } from "#deploy";
import { fingerprintOf, newDeploymentId, type DeploymentId } from "#kernel";
import type { CreateChange, Plan } from "#plan";

export const subject: Subject = { repository: { owner: "acme", name: "shop" }, pull: 7 };
export const origin: DeploymentOrigin = {
  ...subject,
  headSha: "a".repeat(40),
  mergeSha: "b".repeat(40),
  author: "ada",
  mergedAt: "2026-01-01T10:00:00.000Z",
};

/** A plan that creates one table; `seed` makes it differ. */
export function planOf(seed = "one", over: Partial<Plan> = {}): Plan {
  const after = `CREATE TABLE \`${seed}\` (\n  \`id\` int NOT NULL,\n  PRIMARY KEY (\`id\`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`;
  const change: CreateChange = {
    kind: "create",
    id: `create:${seed}`,
    table: seed,
    summary: ["create table"],
    statements: [after],
    after,
    risks: [],
    revert: { class: "clean", notes: [] },
    cost: { rows: 0, bytes: 0, seconds: 0, diskBytes: 0 },
  };
  return {
    version: 1,
    fingerprint: fingerprintOf({ seed, ...over }),
    flavour: "mysql",
    serverVersion: "9.7.0",
    liveSchema: fingerprintOf("live"),
    desiredSchema: fingerprintOf(seed),
    changes: [change],
    notHandled: [],
    findings: [],
    refusals: [],
    ...over,
  };
}

type Started = Extract<DeploymentEvent, { type: "started" }>;

export function started(over: Partial<Started> = {}): Started {
  return {
    type: "started",
    at: "2026-01-01T10:00:01.000Z",
    id: newDeploymentId(),
    group: "shop",
    database: "shop-prod",
    channel: "prod",
    seal: "manual",
    approvals: 1,
    origin,
    source: "s".repeat(64),
    plan: planOf(),
    reviewed: true,
    ...over,
  };
}

export function idOf(text: string): DeploymentId {
  return text as DeploymentId;
}

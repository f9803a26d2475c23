import type { DatabaseSettings, GroupSettings } from "#config";
import type { DeploymentView, Proposal } from "#deploy";
import { type DeploymentId, type Fingerprint, type ShardName, sha256Hex } from "#kernel";
import type { CopyChange, Plan } from "#plan";
import { type Binding } from "../../src/github/binding.ts";

export const NOW = Date.parse("2026-11-21T12:00:00Z");
export const HEAD = "5f2c1aa0".repeat(5);
export const MERGE = "ab12cd34".repeat(5);
export const REPOSITORY = { owner: "acme", name: "shop" };

export function database(name: string, more: Partial<DatabaseSettings> = {}): DatabaseSettings {
  return {
    name,
    channel: "prod",
    flavour: "mysql",
    shards: [{ name: "0" as ShardName, dsn: { from: "env", name: "SHOP" } }],
    revertWindowMs: 1_800_000,
    sealAttempts: 10,
    lockBudgetMs: 250,
    keepOld: false,
    ...more,
  };
}

export function binding(
  databases: readonly DatabaseSettings[] = [database("shop-prod")],
  seal: "auto" | "manual" = "manual",
): Binding {
  const channel = { name: "prod", branch: "main", seal };
  const group: GroupSettings = {
    name: "shop",
    repository: REPOSITORY,
    path: "schemas/shop",
    channels: [channel],
    databases,
    place: { file: "fleet.yml", line: 1 },
  };
  return { group, channel, databases };
}

export function copyChange(table: string, more: Partial<CopyChange> = {}): CopyChange {
  return {
    kind: "copy",
    id: `alter:${table}`,
    table,
    summary: ["add column `note` varchar(200)"],
    statements: [`ALTER TABLE \`${table}\` ADD COLUMN \`note\` varchar(200) NULL`],
    risks: [],
    revert: { class: "clean", notes: [] },
    cost: { rows: 100_000, bytes: 12_000_000, seconds: 9, diskBytes: 24_000_000 },
    before: "",
    after: "",
    afterBare: "",
    deferredIndexes: [],
    columns: [],
    nativeAlgorithm: { algorithm: "instant", why: "a column is added" },
    ...more,
  };
}

export function plan(more: Partial<Plan> = {}): Plan {
  return {
    version: 1,
    fingerprint: sha256Hex("plan") as Fingerprint,
    flavour: "mysql",
    serverVersion: "9.7.4",
    liveSchema: sha256Hex("live") as Fingerprint,
    desiredSchema: sha256Hex("desired") as Fingerprint,
    changes: [
      copyChange("customers"),
      copyChange("line_item", {
        summary: ["widen `sku` from varchar(20) to varchar(40)", "drop index `ix_old`"],
        statements: ["ALTER TABLE `line_item` MODIFY `sku` varchar(40) NOT NULL, DROP INDEX `ix_old`"],
        revert: { class: "conditional", notes: ["only while no `sku` is longer than 20"] },
        nativeAlgorithm: { algorithm: "copy", why: "the length byte grows" },
      }),
    ],
    notHandled: [],
    findings: [],
    refusals: [],
    proof: { serverVersion: "9.7.4", objects: 12, ms: 420, statements: 2 },
    ...more,
  };
}

export function proposal(result: Proposal["result"], name = "shop-prod"): Proposal {
  return {
    group: "shop",
    channel: "prod",
    database: name,
    repository: REPOSITORY,
    pull: 7,
    headSha: HEAD,
    result,
    createdAt: "2026-11-21T11:59:00Z",
  };
}

export function deployment(more: Partial<DeploymentView> = {}): DeploymentView {
  return {
    id: "d123456789" as DeploymentId,
    at: "ready",
    group: "shop",
    database: "shop-prod",
    channel: "prod",
    seal: "manual",
    origin: {
      repository: REPOSITORY,
      pull: 7,
      headSha: HEAD,
      mergeSha: MERGE,
      author: "ann",
      mergedAt: "2026-11-21T10:00:00Z",
    },
    plan: plan(),
    reviewedFingerprint: plan().fingerprint,
    queuePlace: 0,
    votes: [],
    reasons: [],
    history: [
      { at: "2026-11-21T10:00:05Z", what: "started", detail: "plan @12345678" },
      { at: "2026-11-21T10:08:00Z", what: "staged", detail: "200,000 rows in 8 min" },
    ],
    createdAt: "2026-11-21T10:00:05Z",
    updatedAt: "2026-11-21T10:08:00Z",
    version: 4,
    ...more,
  };
}

const SHARDS = ["-80", "80-"] as ShardName[];

export const STAGED: NonNullable<DeploymentView["staged"]> = {
  rows: 200_000,
  seconds: 480,
  checksums: SHARDS.flatMap((shard) =>
    ["customers", "line_item"].map((table) => ({ shard, table, rows: 50_000, repaired: 0 })),
  ),
};

export function progress(
  share: number,
  phase: "copying" | "ready" = "copying",
): NonNullable<DeploymentView["progress"]> {
  return {
    phase,
    lagMs: 400,
    blockedKeys: 0,
    tables: SHARDS.flatMap((shard) => [
      {
        shard,
        table: "customers",
        state: phase === "ready" ? "equal" : "tailing",
        rowsCopied: 50_000,
        rowsEstimated: 49_000,
        keysApplied: 12,
        keysPending: 0,
      },
      {
        shard,
        table: "line_item",
        state: phase === "ready" ? "equal" : "copying",
        rowsCopied: Math.floor(50_000 * share),
        rowsEstimated: 50_000,
        keysApplied: 3,
        keysPending: 1,
      },
    ]),
  };
}

export const SEALED: NonNullable<DeploymentView["sealed"]> = {
  attempts: 1,
  tables: 2,
  shards: SHARDS.map((shard, i) => ({
    shard,
    lockWaitMs: 11 + i,
    drainMs: 7,
    drainedKeys: 42,
    renameMs: 9,
    lockHeldMs: 31,
  })),
  oldTables: ["`_sluice_d123456789_old`.`customers`"],
  lockHeldMs: 33,
  oldSnapshots: 0,
  sealedAt: "2026-11-21T11:53:20.123Z",
};

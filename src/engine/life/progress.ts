import type { EngineProgress } from "../runner.ts";
import type { ShardWork } from "./shard-work.ts";

/** What the runner is doing as a whole; tables say more while staging. */
export type Doing = "idle" | "staging" | "ready" | "sealing" | "window" | "reverting";

export function readProgress(doing: Doing, shards: readonly ShardWork[]): EngineProgress {
  const tables = shards.flatMap(({ meters }) => [...meters.values()].map((meter) => meter.read()));
  const lags = shards.map(({ staged, window }) => Math.max(staged?.tail.lagMs ?? 0, window?.tail.lagMs ?? 0));
  const blockedKeys = shards
    .flatMap(({ window }) => window?.tables ?? [])
    .reduce((sum, { blocked }) => sum + blocked.size, 0);
  return { phase: phaseOf(doing, tables), tables, lagMs: Math.round(Math.max(0, ...lags)), blockedKeys };
}

function phaseOf(doing: Doing, tables: EngineProgress["tables"]): EngineProgress["phase"] {
  if (doing !== "staging") return doing;
  const states = new Set(tables.map(({ state }) => state));
  if (states.has("copying") || states.has("waiting")) return "copying";
  if (states.has("indexing")) return "indexing";
  return states.has("checking") ? "checking" : "catching-up";
}

export type {
  ColumnPair,
  CopyChange,
  Cost,
  CreateChange,
  DropChange,
  Finding,
  IdentityKey,
  NativeAlgorithm,
  NotHandled,
  Plan,
  PlannedChange,
  Proof,
  RevertForecast,
} from "./plan.ts";
export type { CanonicaliseResult, LiveDatabase, Scratch, TableStatistics } from "./ports.ts";

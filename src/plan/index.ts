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
export { buildPlan, type BuildPlanRequest } from "./build-plan.ts";
export { planFingerprint, schemaFingerprint } from "./fingerprint.ts";
export {
  describePlace,
  describePlan,
  type Dot,
  type FindingRow,
  type NotHandledRow,
  type PlanRow,
  type PlanView,
} from "./describe.ts";
export { isStageable, proposePlan, renamesOf, type Proposed, type ProposeRequest } from "./propose.ts";

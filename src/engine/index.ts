export { openRunner, type RunnerDependencies } from "./open-runner.ts";
export type { LogStream, Row, Session, SqlValue, Target, Throttle } from "./ports.ts";
export { requiredGrants } from "./preflight/privileges.ts";
export type {
  Blocker,
  CleanReport,
  EngineProgress,
  EngineSettings,
  NamesOwner,
  Runner,
  RunnerRequest,
  SealOutcome,
  SealReport,
  ShardSealReport,
  StageReport,
  TableProgress,
} from "./runner.ts";
export { defaultEngineSettings } from "./settings.ts";
export { StreamHub } from "./tail/stream-hub.ts";

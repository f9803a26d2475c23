export type { LogStream, Row, Session, SqlValue, Target, Throttle } from "./ports.ts";
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

export { systemClock, type Clock } from "./clock.ts";
export { formatDuration, parseDuration } from "./duration.ts";
export {
  CodedError,
  reasonOf,
  type Code,
  type CodedErrorOptions,
  type NextStep,
  type Reason,
  type SourcePlace,
} from "./errors.ts";
export { canonicalJson, fingerprintOf, newDeploymentId, sha256Hex } from "./fingerprint.ts";
export {
  parseDeploymentId,
  parseFingerprint,
  parseShardName,
  shortFingerprint,
  type Brand,
  type DeploymentId,
  type Fingerprint,
  type ShardName,
} from "./ids.ts";
export { silentLog, type Log, type LogFields } from "./log.ts";
export { advance, type Moves } from "./machine.ts";
export { formatBytes, formatCount, plural } from "./quantity.ts";
export { Redactor } from "./redact.ts";

import type { DatabaseSettings } from "#config";
import { defaultEngineSettings, type EngineSettings } from "#engine";

/** Lock attempts the engine makes by itself within one round of the seal. */
const ATTEMPTS_PER_ROUND = 3;

/** fleet.yml's `gate.attempts` is split into rounds of a few quick attempts; between rounds there are longer pauses. */
export function runnerSettings(database: DatabaseSettings): EngineSettings {
  return {
    ...defaultEngineSettings,
    lockBudgetMs: database.lockBudgetMs,
    sealAttempts: Math.max(1, Math.min(ATTEMPTS_PER_ROUND, database.sealAttempts)),
    keepOld: database.keepOld,
  };
}

/** After so many refused rounds the votes are used up. */
export function sealRounds(database: DatabaseSettings): number {
  return Math.max(1, Math.ceil(database.sealAttempts / ATTEMPTS_PER_ROUND));
}

/** Pause before the next round, milliseconds: 2 s, 4 s, 8 s, … at most 1 min. */
export function pauseAfterRound(round: number): number {
  return Math.min(60_000, 1000 * 2 ** Math.min(round, 10));
}

import type { EngineSettings } from "./runner.ts";

/** What the engine does when nobody says otherwise (research: engines 5, 6.3, 6.6). */
export const defaultEngineSettings: EngineSettings = {
  chunkMs: 150,
  chunkRows: { first: 1000, most: 20_000 },
  copyConnections: 2,
  lockBudgetMs: 250,
  sealBudgetMs: 2000,
  sealAttempts: 10,
  snapshotWaitMs: 5000,
  keepOld: false,
};

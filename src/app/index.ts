export { runSluice } from "./cli.ts";
export { openSluice, type Sluice, type SluiceOptions } from "./compose.ts";
export { createLog, type LogOptions } from "./log.ts";
export { startServe, type ServeHandle, type ServeOptions, type ServeTiming } from "./serve.ts";
export { loadSettings } from "./settings.ts";
export { startWork, type WorkOptions } from "./work.ts";

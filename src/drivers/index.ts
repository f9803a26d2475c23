export { parseDsn, serverName, type Dsn, type TlsMode } from "./mysql/dsn.ts";
export { errnoOf } from "./mysql/sql-error.ts";
export { openSession, STRICT_SQL_MODE, type SessionOptions } from "./mysql/session.ts";
export { openTarget, type TargetOptions } from "./mysql/target.ts";
export { watchedTable } from "./mysql/watched-table.ts";
export { openLiveDatabase, type LiveDatabaseOptions } from "./mysql/live-database.ts";
export { openScratch, type ScratchOptions } from "./mysql/scratch.ts";

export type { LogEvent, LogPosition, WatchedColumn, WatchedTable } from "./types.ts";

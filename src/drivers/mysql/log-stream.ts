import type { LogPosition } from "#binlog";
import type { LogStream } from "#engine";
import { type Clock, CodedError, type Log } from "#kernel";
import type { Dsn } from "./dsn.ts";

export interface LogStreamOptions {
  readonly dsn: Dsn;
  readonly from: LogPosition;
  readonly clock: Clock;
  readonly log: Log;
}

export function openLogStream(_options: LogStreamOptions, _signal: AbortSignal): Promise<LogStream> {
  return Promise.reject(new CodedError("drivers/not-yet", "The log stream is being written"));
}

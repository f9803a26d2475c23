import { CodedError, type Log, type LogFields, type Redactor } from "#kernel";
import { type DestinationStream, type Level, type Logger, pino } from "pino";

export interface LogOptions {
  readonly level: Level | "silent";
  /** Applied to every line as a whole: what is secret must not leave by any field. */
  readonly redactor: Redactor;
  /** Default: standard output. */
  readonly write?: (line: string) => void;
}

/** pino behind kernel's port: one JSON line per event. Errors become their code, never their text with values in it. */
export function createLog(options: LogOptions): Log {
  const write = options.write ?? ((line: string) => void process.stdout.write(line));
  const stream: DestinationStream = { write: (line) => write(options.redactor.redact(line)) };
  return wrap(
    pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: "event" }, stream),
  );
}

function wrap(logger: Logger): Log {
  return {
    debug: (event, fields) => logger.debug(plain(fields), event),
    info: (event, fields) => logger.info(plain(fields), event),
    warn: (event, fields) => logger.warn(plain(fields), event),
    error: (event, fields) => logger.error(plain(fields), event),
    with: (fields) => wrap(logger.child(plain(fields))),
  };
}

function plain(fields: LogFields = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof CodedError) return { code: value.code, message: value.message, details: value.details };
  // The text of foreign errors may hold values of rows; where it was thrown does not.
  if (value instanceof Error) return { name: value.name, stack: value.stack?.split("\n").slice(1, 8).join("\n") };
  return value;
}

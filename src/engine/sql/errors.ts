import { CodedError } from "#kernel";

/** The server's error number of an answered statement; undefined when the error is something else. */
export function errnoOf(error: unknown): number | undefined {
  if (!(error instanceof CodedError) || error.code !== "drivers/sql") return undefined;
  const errno = error.details["errno"];
  return typeof errno === "number" ? errno : undefined;
}

const UNREACHABLE = new Set(["drivers/connection-lost", "drivers/cannot-connect", "drivers/log-lost"]);

/** The connection is gone or could not be made; the server may be back in a moment. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof CodedError && UNREACHABLE.has(error.code);
}

/** Lock wait timeout, deadlock, statement killed by somebody: nothing has happened, the same again may work. */
function isContention(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 1205 || errno === 1213 || errno === 1317 || errno === 3572;
}

export function isPassing(error: unknown): boolean {
  return isUnreachable(error) || isContention(error);
}

export const ER_NO_SUCH_TABLE = 1146;
const ER_BAD_DB = 1049;
export const ER_DUP_KEYNAME = 1061;

/** The table or database that a statement names does not exist. */
export function isMissing(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === ER_NO_SUCH_TABLE || errno === ER_BAD_DB;
}

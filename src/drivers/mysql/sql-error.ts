import { CodedError } from "#kernel";

/** What mysql2 reports, as far as we look at it. */
export interface DriverError {
  readonly code?: string | undefined;
  readonly errno?: number | undefined;
  readonly sqlState?: string | undefined;
  readonly sqlMessage?: string | undefined;
  readonly fatal?: boolean | undefined;
}

/** ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK, ER_LOCK_NOWAIT, ER_CHECKREAD (1020). */
const RETRYABLE = new Set([1205, 1213, 3572, 1020]);

/** Errors after which the connection is gone although a server sent them: shutdown, killed, idle for too long, aborted. */
const CONNECTION_GONE = new Set([1053, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 3169, 4031]);

/**
 * A failed statement as our error: the server's number, state and symbol, never its message or the statement, since
 * both may hold row values.
 *
 * @param keepMessage puts the server's message into `details.serverMessage`: only where statements are authored schema
 * text on a throw-away server
 */
export function statementError(error: DriverError, server: string, keepMessage: boolean): CodedError {
  const { errno, sqlState, code, sqlMessage } = error;
  const fromServer = typeof errno === "number" && errno > 0 && typeof sqlState === "string";
  if (!fromServer || CONNECTION_GONE.has(errno)) return connectionLost(server, fromServer ? errno : undefined);
  return new CodedError("drivers/sql", `${server} refused a statement: ${code ?? "error"} (${errno})`, {
    next: RETRYABLE.has(errno) ? "retry" : "ask-human",
    details: { errno, sqlState, symbol: code, ...(keepMessage ? { serverMessage: sqlMessage } : {}) },
  });
}

/** The statement that was under way may or may not have taken effect. */
export function connectionLost(server: string, errno?: number): CodedError {
  return new CodedError("drivers/connection-lost", `The connection to ${server} was lost`, {
    hint: "The statement under way may or may not have taken effect: look before doing it again.",
    next: "retry",
    details: errno === undefined ? {} : { errno },
  });
}

/** Why a connection could not be made: host and port, the kind of refusal, no user and no password. */
export function cannotConnect(error: DriverError, server: string): CodedError {
  const denied = error.errno === 1045 || error.errno === 1044 || error.errno === 1698;
  return new CodedError("drivers/cannot-connect", `Cannot connect to ${server}: ${error.code ?? "no answer"}`, {
    hint: denied
      ? "Check the account, its password and its grants."
      : "Check that the server runs, its address and TLS.",
    next: denied ? "fix-input" : "retry",
    details: {
      ...(typeof error.errno === "number" && error.errno > 0 ? { errno: error.errno } : {}),
      reason: error.code ?? "unknown",
    },
  });
}

/** The server's error number of a `drivers/sql` error; undefined for anything else. */
export function errnoOf(error: unknown): number | undefined {
  if (!(error instanceof CodedError) || error.code !== "drivers/sql") return undefined;
  const { errno } = error.details;
  return typeof errno === "number" ? errno : undefined;
}

import { connect, hardClose } from "./connect.ts";
import { type Dsn, serverName } from "./dsn.ts";
import { type DriverError, statementError } from "./sql-error.ts";

const ER_NO_SUCH_THREAD = 1094;

/**
 * Ends a statement or a connection from a connection of its own.
 *
 * @param signal ends the waiting, for the connection and for the answer
 * @returns false when the server knows no such connection
 * @throws the signal's reason; CodedError `drivers/cannot-connect`, `drivers/sql` (not allowed), `drivers/connection-lost`
 */
export async function killOnServer(
  dsn: Dsn,
  connectionId: number,
  what: "query" | "connection",
  signal: AbortSignal,
): Promise<boolean> {
  const side = await connect(dsn, "", signal);
  side.on("error", () => undefined); // the statement's own callback reports it
  try {
    return await new Promise<boolean>((resolve, reject) => {
      // A server can fall silent after it has let us in.
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      side.query(`KILL ${what === "query" ? "QUERY" : "CONNECTION"} ${connectionId}`, (error: DriverError | null) => {
        if (error === null || error === undefined) resolve(true);
        else if (error.errno === ER_NO_SUCH_THREAD) resolve(false);
        else reject(statementError(error, serverName(dsn), false));
      });
    });
  } finally {
    hardClose(side);
  }
}

import type { Socket } from "node:net";
import { type Connection, type ConnectionOptions, createConnection } from "mysql2";
import { type Dsn, serverName } from "./dsn.ts";
import { cannotConnect, type DriverError } from "./sql-error.ts";

const CONNECT_WITHIN_MS = 10_000;

/**
 * An authenticated mysql2 connection with our value rules: dates, decimals and 64-bit integers as strings, JSON as
 * text, rows as objects. Session variables are the server's defaults still.
 *
 * @param database selected at once when not empty
 * @throws CodedError `drivers/cannot-connect`, or the signal's reason
 */
export async function connect(dsn: Dsn, database: string, signal: AbortSignal): Promise<Connection> {
  signal.throwIfAborted();
  const connection = createConnection(connectionOptions(dsn, database));
  try {
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => reject(signal.reason as Error);
      signal.addEventListener("abort", stop, { once: true });
      connection.connect((error) => {
        signal.removeEventListener("abort", stop);
        if (error === null || error === undefined) resolve();
        else reject(cannotConnect(error as DriverError, serverName(dsn)));
      });
    });
    return connection;
  } catch (error) {
    hardClose(connection);
    throw error;
  }
}

/** The connection's socket (the encrypted one under TLS). mysql2 has it public, its types do not. */
export function socketOf(connection: Connection): Socket {
  return (connection as unknown as { readonly stream: Socket }).stream;
}

/** Closes at once. mysql2's own `destroy` only half-closes, which waits for a server that may be gone. */
export function hardClose(connection: Connection): void {
  connection.on("error", () => undefined); // a late error of a connection nobody wants any more
  connection.destroy();
  socketOf(connection).destroy();
}

function connectionOptions(dsn: Dsn, database: string): ConnectionOptions {
  return {
    ...(dsn.socketPath === undefined ? { host: dsn.host, port: dsn.port } : { socketPath: dsn.socketPath }),
    user: dsn.user,
    password: dsn.password,
    ...(database === "" ? {} : { database }),
    ...(dsn.tls === "off"
      ? {}
      : { ssl: { rejectUnauthorized: dsn.tls === "verify", verifyIdentity: dsn.tls === "verify" } }),
    charset: "utf8mb4",
    connectTimeout: CONNECT_WITHIN_MS,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    jsonStrings: true,
    multipleStatements: false,
    // Files of this machine are never a server's to ask for; IGNORE_SPACE would come in as a sql_mode.
    flags: ["-LOCAL_FILES", "-IGNORE_SPACE"],
    connectAttributes: { program_name: "sluice" },
  };
}

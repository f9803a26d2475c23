import { CodedError } from "#kernel";

/** Where a server is and who we are there. Never logged as a whole: it holds the password. */
export interface Dsn {
  readonly host: string;
  readonly port: number;
  /** Unix socket; wins over host and port. */
  readonly socketPath?: string;
  readonly user: string;
  readonly password: string;
  /** Empty when the DSN names none. */
  readonly database: string;
  /** `off`: plain; `required`: encrypted, certificate not checked; `verify`: certificate and host name checked. */
  readonly tls: TlsMode;
}

export type TlsMode = "off" | "required" | "verify";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "::1"]);
const TLS_MODES: readonly TlsMode[] = ["off", "required", "verify"];

/**
 * `mysql://user:password@host:port/database?tls=off|required|verify&socket=/path`, parts percent-encoded as in URLs.
 * Without `tls` a loopback host or socket is plain and any other host is encrypted.
 *
 * @throws CodedError `drivers/bad-dsn`; its message repeats nothing of the DSN
 */
export function parseDsn(text: string): Dsn {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "mysql:" && url.protocol !== "mariadb:"))
    throw badDsn("it is not a mysql:// URL");
  const decoded = decodedParts(url);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const socketPath = url.searchParams.get("socket") ?? undefined;
  if (host === "" && socketPath === undefined) throw badDsn("it names no host");
  for (const key of url.searchParams.keys()) {
    if (key !== "tls" && key !== "socket") throw badDsn("it has a parameter other than tls and socket");
  }
  return {
    ...decoded,
    host,
    port: url.port === "" ? 3306 : Number(url.port),
    ...(socketPath === undefined ? {} : { socketPath }),
    tls: tlsMode(url.searchParams.get("tls"), socketPath !== undefined || LOOPBACK.has(host)),
  };
}

/** `host:port` or the socket's path: what may be shown to people. */
export function serverName(dsn: Dsn): string {
  return dsn.socketPath ?? `${dsn.host}:${dsn.port}`;
}

function decodedParts(url: URL): Pick<Dsn, "user" | "password" | "database"> {
  try {
    return {
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.replace(/^\//, "")),
    };
  } catch {
    throw badDsn("its percent-encoding is broken");
  }
}

function tlsMode(asked: string | null, local: boolean): TlsMode {
  if (asked === null) return local ? "off" : "required";
  const mode = TLS_MODES.find((known) => known === asked);
  if (mode === undefined) throw badDsn("tls must be off, required or verify");
  return mode;
}

function badDsn(why: string): CodedError {
  return new CodedError("drivers/bad-dsn", `The server's address cannot be used: ${why}`, {
    hint: "Write mysql://user:password@host:port/database and percent-encode special characters.",
    next: "fix-input",
  });
}

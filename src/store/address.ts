import { CodedError } from "#kernel";
import type { PoolOptions } from "mysql2";

const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

/**
 * Connection options of the control database from `mysql://user:password@host:port/database?tls=…&socket=…`, the same
 * form as every other DSN of ours.
 *
 * @throws CodedError `store/bad-dsn`, which repeats nothing of it
 */
export function addressOf(dsn: string): PoolOptions {
  const url = URL.parse(dsn);
  if (url === null || !["mysql:", "mariadb:"].includes(url.protocol)) throw badDsn("it is not a mysql:// URL");
  const database = decodeURIComponent(url.pathname.slice(1));
  if (database === "") throw badDsn("it names no database");
  const socketPath = url.searchParams.get("socket") ?? undefined;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const tls = url.searchParams.get("tls") ?? (socketPath !== undefined || LOOPBACK.includes(host) ? "off" : "required");
  if (!["off", "required", "verify"].includes(tls)) throw badDsn("tls must be off, required or verify");
  return {
    ...(socketPath === undefined ? { host, port: url.port === "" ? 3306 : Number(url.port) } : { socketPath }),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    ...(tls === "off" ? {} : { ssl: { rejectUnauthorized: tls === "verify", verifyIdentity: tls === "verify" } }),
  };
}

function badDsn(why: string): CodedError {
  return new CodedError("store/bad-dsn", `SLUICE_DATABASE cannot be used: ${why}`, {
    hint: "Write mysql://user:password@host:port/database and percent-encode special characters.",
    next: "fix-input",
  });
}

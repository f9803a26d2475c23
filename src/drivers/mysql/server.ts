import type { Session } from "#engine";
import type { Flavour } from "#schema";
import { type Dsn, serverName } from "./dsn.ts";

export interface ServerIdentity {
  readonly flavour: Flavour;
  /** As the server prints it. */
  readonly version: string;
  /** Equal for two addresses of one server. */
  readonly id: string;
}

/** Which server this is. MariaDB has no `server_uuid`, so its address and `server_id` stand in. */
export async function readServer(session: Session, dsn: Dsn, signal: AbortSignal): Promise<ServerIdentity> {
  const [row] = await session.query("SELECT VERSION() AS version", undefined, signal);
  const version = String(row?.["version"]);
  if (/mariadb/i.test(version)) {
    const [ids] = await session.query("SELECT @@server_id AS id", undefined, signal);
    return { flavour: "mariadb", version, id: `${serverName(dsn)}:${String(ids?.["id"])}` };
  }
  const [ids] = await session.query("SELECT @@server_uuid AS id", undefined, signal);
  return { flavour: "mysql", version, id: String(ids?.["id"]) };
}

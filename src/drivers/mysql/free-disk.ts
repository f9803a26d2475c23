import { readFile, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Session } from "#engine";

/**
 * Free bytes for an unprivileged writer where a server on this very machine keeps its tables. A server does not tell
 * by SQL, so this looks at its data folder, and believes it only when the folder names the server's own uuid: the same
 * path on another machine (a tunnel, a container) would be somebody else's disk.
 *
 * @returns undefined for a server elsewhere, or where the folder may not be read
 * @see https://dev.mysql.com/doc/refman/8.4/en/replication-options.html#sysvar_server_uuid (auto.cnf)
 */
export async function localFreeBytes(session: Session, signal: AbortSignal): Promise<number | undefined> {
  const [row] = await session.query("SELECT @@datadir AS folder, @@server_uuid AS uuid", [], signal);
  const folder = String(row?.["folder"]);
  try {
    const names = await readFile(join(folder, "auto.cnf"), { encoding: "utf8", signal });
    if (!names.includes(String(row?.["uuid"]))) return undefined;
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

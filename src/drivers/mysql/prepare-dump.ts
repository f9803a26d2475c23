import type { Connection, RowDataPacket } from "mysql2";
import type { ChecksumKind } from "#binlog";
import { CodedError } from "#kernel";
import { type Dsn, serverName } from "./dsn.ts";
import { type DriverError, statementError } from "./sql-error.ts";

const HEARTBEAT_NS = 1_000_000_000;

export interface DumpFacts {
  readonly checksum: ChecksumKind;
  /** Every transaction has a GTID, so that the server lets us read by them. */
  readonly gtids: boolean;
}

/** Makes a plain connection fit for a dump: heartbeats each second, checksums as they are in the files. */
export async function prepareDump(connection: Connection, dsn: Dsn): Promise<DumpFacts> {
  const ask = (sql: string): Promise<RowDataPacket[]> =>
    new Promise((resolve, reject) => {
      connection.query<RowDataPacket[]>(sql, (error: DriverError | null, rows) => {
        if (error === null || error === undefined) resolve(rows);
        else reject(statementError(error, serverName(dsn), false));
      });
    });
  // An idle reader is no reason to drop us, nor is one that takes its time.
  await ask("SET SESSION net_write_timeout = 3600, net_read_timeout = 3600, wait_timeout = 86400");
  // Both names: the older one is all that servers before 8.0.26 know.
  await ask(`SET @source_heartbeat_period = ${HEARTBEAT_NS}, @master_heartbeat_period = ${HEARTBEAT_NS}`);
  await ask(
    "SET @source_binlog_checksum = @@global.binlog_checksum, @master_binlog_checksum = @@global.binlog_checksum",
  );
  const [row] = await ask("SELECT VERSION() AS version, @@global.binlog_checksum AS kind");
  if (/mariadb/i.test(String(row?.["version"]))) {
    throw new CodedError("drivers/not-yet", "The binlog of MariaDB cannot be read yet", { next: "stop" });
  }
  const [mode] = await ask("SELECT @@global.gtid_mode AS mode");
  return { checksum: row?.["kind"] === "CRC32" ? "crc32" : "none", gtids: mode?.["mode"] === "ON" };
}

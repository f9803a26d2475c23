import { CodedError } from "#kernel";

const ER_SOURCE_FATAL_READING_BINLOG = 1236;
const ER_REPLICA_HAS_MORE_GTIDS = 1885;
const ACCESS_DENIED = new Set([1045, 1227]);
const MESSAGE_AT = 9;

/** The stream ended; open it again from the last position. */
export function logLost(server: string, why: string): CodedError {
  return new CodedError("drivers/log-lost", `The binlog of ${server} stopped coming: ${why}`, {
    next: "retry",
    details: { why },
  });
}

/** What the server's error packet means for a reader of its binlog. */
export function dumpRefused(packet: Buffer, server: string): CodedError {
  const errno = packet.readUInt16LE(1);
  const message = packet.toString("utf8", MESSAGE_AT);
  if (errno === ER_REPLICA_HAS_MORE_GTIDS || (errno === ER_SOURCE_FATAL_READING_BINLOG && isGone(message))) {
    return new CodedError("drivers/log-purged", `${server} no longer has the binlog from the asked position on`, {
      hint: "Start again from the present; keep binlogs for longer (binlog_expire_logs_seconds).",
      details: { errno },
    });
  }
  if (ACCESS_DENIED.has(errno)) {
    return new CodedError("drivers/sql", `${server} does not let this account read its binlog (${errno})`, {
      hint: "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* to the account.",
      next: "fix-input",
      details: { errno, sqlState: packet.toString("latin1", 4, MESSAGE_AT) },
    });
  }
  return new CodedError("drivers/log-lost", `The binlog of ${server} stopped coming (${errno})`, {
    next: "retry",
    details: { errno },
  });
}

/**
 * The server has one number for all failures of a dump, so its text must tell: purged files, a file it does not know, a
 * position past the end (files lost in a crash).
 */
function isGone(message: string): boolean {
  return /purged|could not find first log file|position > file size|impossible position/i.test(message);
}

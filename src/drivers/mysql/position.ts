import type { LogPosition } from "#binlog";
import type { Session } from "#engine";
import { CodedError } from "#kernel";
import type { ServerFacts } from "#schema";

/**
 * Where the server's binlog ends now. The GTID set is given only while every transaction gets a GTID: with anything
 * less, reading on from the set would leave anonymous transactions out.
 *
 * The set is read first: it may lag behind the log's end, never run ahead of it.
 *
 * @throws CodedError `drivers/no-binlog` when the server writes none; `drivers/sql` when the account may not ask
 */
export async function readPosition(session: Session, facts: ServerFacts, signal: AbortSignal): Promise<LogPosition> {
  const gtidSet = facts.flavour === "mysql" ? await readGtidSet(session, signal) : undefined;
  const [row] = await session.query(facts.binaryLogStatus, undefined, signal);
  if (row === undefined) {
    throw new CodedError("drivers/no-binlog", "The server writes no binary log", {
      hint: "Start it with log_bin and binlog_format=ROW.",
    });
  }
  return { file: String(row["File"]), offset: Number(row["Position"]), ...(gtidSet === undefined ? {} : { gtidSet }) };
}

async function readGtidSet(session: Session, signal: AbortSignal): Promise<string | undefined> {
  const [row] = await session.query(
    "SELECT @@global.gtid_mode AS mode, @@global.gtid_executed AS executed",
    undefined,
    signal,
  );
  if (row?.["mode"] !== "ON") return undefined;
  return String(row["executed"]).replace(/\s/g, "");
}

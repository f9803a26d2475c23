import type { LogPosition } from "#binlog";
import type { LogStream, Session, Target } from "#engine";
import type { Clock, Log, Redactor, ShardName } from "#kernel";
import { serverFacts, type ServerFacts } from "#schema";
import { type Dsn, parseDsn } from "./dsn.ts";
import { localFreeBytes } from "./free-disk.ts";
import { killOnServer } from "./kill.ts";
import { openLogStream } from "./log-stream.ts";
import { readPosition } from "./position.ts";
import { readServer } from "./server.ts";
import { openSession } from "./session.ts";

const KILL_WITHIN_MS = 10_000;

export interface TargetOptions {
  readonly shard: ShardName;
  readonly dsn: string;
  /** Learns the password, so that no way out prints it. */
  readonly redactor?: Redactor;
  readonly log: Log;
  readonly clock: Clock;
  /** Free bytes where the tables live, when somebody knows better than `localFreeBytes`. */
  readonly freeDiskBytes?: number;
}

/**
 * One shard. Connects when first used; every session and stream is the caller's to close.
 *
 * @throws CodedError `drivers/bad-dsn`
 */
export function openTarget(options: TargetOptions): Target {
  const dsn = parseDsn(options.dsn);
  if (dsn.password !== "") options.redactor?.add(dsn.password);
  return new MysqlTarget(dsn, options);
}

class MysqlTarget implements Target {
  readonly shard: ShardName;
  readonly database: string;
  readonly #dsn: Dsn;
  readonly #options: TargetOptions;

  constructor(dsn: Dsn, options: TargetOptions) {
    this.shard = options.shard;
    this.database = dsn.database;
    this.#dsn = dsn;
    this.#options = options;
  }

  // Asked anew each time: after a failover the same address is another server.
  serverId(signal: AbortSignal): Promise<string> {
    return this.#withSession(signal, async (session) => (await readServer(session, this.#dsn, signal)).id);
  }

  facts(signal: AbortSignal): Promise<ServerFacts> {
    return this.#withSession(signal, async (session) => {
      const { flavour, version } = await readServer(session, this.#dsn, signal);
      return serverFacts(flavour, version);
    });
  }

  open(signal: AbortSignal): Promise<Session> {
    return openSession({ dsn: this.#dsn, database: this.database, clock: this.#options.clock }, signal);
  }

  kill(connectionId: number, what: "query" | "connection"): Promise<boolean> {
    // Killing is cleaning up: it has its own deadline and no caller's signal ends it.
    return killOnServer(this.#dsn, connectionId, what, AbortSignal.timeout(KILL_WITHIN_MS));
  }

  currentPosition(signal: AbortSignal): Promise<LogPosition> {
    return this.#withSession(signal, async (session) => {
      const { flavour, version } = await readServer(session, this.#dsn, signal);
      return readPosition(session, serverFacts(flavour, version), signal);
    });
  }

  openLog(from: LogPosition, signal: AbortSignal): Promise<LogStream> {
    const { clock, log, shard } = this.#options;
    return openLogStream({ dsn: this.#dsn, from, clock, log: log.with({ shard }) }, signal);
  }

  async freeDiskBytes(signal: AbortSignal): Promise<number | undefined> {
    return (
      this.#options.freeDiskBytes ?? (await this.#withSession(signal, (session) => localFreeBytes(session, signal)))
    );
  }

  async #withSession<Result>(signal: AbortSignal, use: (session: Session) => Promise<Result>): Promise<Result> {
    await using session = await this.open(signal);
    return await use(session);
  }
}

import type { LogEvent } from "#binlog";
import { openTarget } from "#drivers";
import type { LogStream, Session, Target } from "#engine";
import { parseShardName, silentLog, systemClock } from "#kernel";

export const signal = AbortSignal.timeout(300_000);

export function targetAt(dsn: string): Target {
  const shard = parseShardName("0");
  if (shard === undefined) throw new TypeError("no shard name");
  return openTarget({ shard, dsn, log: silentLog, clock: systemClock });
}

/** A stream and what has come of it, read in turns by `until`. */
export class Reading {
  readonly #stream: LogStream;
  readonly #events: AsyncIterator<LogEvent>;

  constructor(stream: LogStream) {
    this.#stream = stream;
    this.#events = stream.events()[Symbol.asyncIterator]();
  }

  /** Everything up to and with the insert of a new row into `marks` (which the session's database must have). */
  async untilMark(session: Session, database: string): Promise<LogEvent[]> {
    await session.execute(`INSERT INTO \`${database}\`.marks VALUES (NULL)`);
    const [row] = await session.query("SELECT LAST_INSERT_ID() AS id");
    const key = String(row?.["id"]);
    return this.until((event) => event.type === "rows" && event.table === "marks" && event.keys.includes(key));
  }

  async until(found: (event: LogEvent) => boolean): Promise<LogEvent[]> {
    const seen: LogEvent[] = [];
    for (;;) {
      const next = await this.#events.next();
      if (next.done === true) throw new TypeError("the stream ended");
      if (found(next.value)) return seen;
      if (next.value.type !== "idle") seen.push(next.value);
    }
  }

  get stream(): LogStream {
    return this.#stream;
  }
}

/** All keys of rows events of one table, in order. */
export function keysOf(events: readonly LogEvent[], table: string): string[] {
  return events.flatMap((event) => (event.type === "rows" && event.table === table ? event.keys : []));
}

import { randomBytes } from "node:crypto";
import type { WatchedTable } from "#binlog";
import type { Clock } from "#kernel";
import { OWN_DATABASE } from "../own-tables/own-names.ts";
import type { Session } from "../ports.ts";
import { again } from "../sql/again.ts";
import { quoted } from "../sql/names.ts";
import { SteadySession } from "../sql/steady-session.ts";

export const HEARTBEAT_WATCH: WatchedTable = {
  schema: OWN_DATABASE,
  table: "heartbeat",
  key: [{ name: "token", ordinal: 0, dataType: "bigint", unsigned: true }],
};

const TABLE = `${quoted(OWN_DATABASE)}.heartbeat`;
const TRY_FOR_MS = 60_000;

/**
 * Commits a row of ours with a fresh token as its key. Commits become visible in binlog order
 * (`binlog_order_commits=ON`), so when `beat` has resolved, everything that precedes it in the binlog is visible.
 */
export class Heartbeat implements AsyncDisposable {
  readonly #session: SteadySession;
  readonly #clock: Clock;
  #token: bigint | undefined;

  constructor(open: (signal: AbortSignal) => Promise<Session>, clock: Clock) {
    this.#session = new SteadySession(open);
    this.#clock = clock;
  }

  /** @param announce hears each token before it is sent: its event may come before the server's answer */
  async beat(announce: (token: string) => void, signal: AbortSignal): Promise<void> {
    await again(
      { clock: this.#clock, forMs: TRY_FOR_MS },
      async () => {
        // A lost answer leaves it open whether the last token was committed: each attempt has its own.
        const token = randomBytes(8).readBigUInt64BE() >> 1n;
        announce(token.toString());
        await this.#session.use((session) => this.#write(session, token, signal), signal);
      },
      signal,
    );
  }

  async #write(session: Session, token: bigint, signal: AbortSignal): Promise<void> {
    const last = this.#token;
    this.#token = token;
    if (last !== undefined) {
      const { affectedRows } = await session.execute(
        `UPDATE ${TABLE} SET token = ?, beaten_at = UTC_TIMESTAMP(3) WHERE token = ?`,
        [token, last],
        signal,
      );
      if (affectedRows === 1) return;
    }
    await session.execute(`INSERT INTO ${TABLE} (token, beaten_at) VALUES (?, UTC_TIMESTAMP(3))`, [token], signal);
  }

  /** Takes our row away; best effort, since the whole table may be gone already. */
  async [Symbol.asyncDispose](): Promise<void> {
    const token = this.#token;
    if (token !== undefined) {
      const soon = AbortSignal.timeout(2000);
      await this.#session
        .use((session) => session.execute(`DELETE FROM ${TABLE} WHERE token = ?`, [token], soon), soon)
        .catch(() => undefined);
    }
    await this.#session[Symbol.asyncDispose]();
  }
}

import type { Clock, Log } from "#kernel";
import type { OwnNames } from "../own-tables/own-names.ts";
import type { Store } from "../own-tables/store.ts";
import type { Target } from "../ports.ts";
import type { EngineSettings } from "../runner.ts";
import type { SteadySession } from "../sql/steady-session.ts";
import type { ServerStream } from "../tail/server-stream.ts";

/** What everything that works on one shard of one deployment shares. */
export interface ShardContext {
  readonly target: Target;
  readonly serverId: string;
  readonly names: OwnNames;
  readonly fence: bigint;
  readonly settings: EngineSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Store;
  readonly stream: ServerStream;
  /** For looking at the server: dictionary, metadata locks, transactions. */
  readonly side: SteadySession;
}

import type { WatchedTable } from "#binlog";
import type { Session } from "../ports.ts";
import type { DirtyKeys } from "./dirty-keys.ts";

/** One table of one shard whose changed keys are brought over to another table. */
export interface TailedTable {
  readonly watch: WatchedTable;
  readonly dirty: DirtyKeys;
  /** Whether its keys are wanted yet: nothing has been copied before. */
  isActive: boolean;
  /** Keys that the other table does not take at the moment; they count as not brought over. */
  readonly blocked: ReadonlySet<string>;
  /** Once per session, before anything else. */
  prepare(session: Session, signal: AbortSignal): Promise<void>;
  /**
   * Brings keys over in transactions of its own, under the fence.
   *
   * @returns keys to be tried again soon (their rows conflict with rows whose change is still on its way)
   * @throws CodedError what ends the tail
   */
  flush(session: Session, keys: readonly string[], signal: AbortSignal): Promise<readonly string[]>;
  /** The same under LOCK TABLES with autocommit off, all keys in one transaction of the caller; any trouble throws. */
  drain(session: Session, keys: readonly string[], signal: AbortSignal): Promise<void>;
}

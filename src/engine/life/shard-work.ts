import { ownNames } from "../own-tables/own-names.ts";
import { endOldSealSession } from "../seal/seal-session.ts";
import { claim, install, seenFence } from "../own-tables/install.ts";
import { fenced } from "../own-tables/fence.ts";
import { Store } from "../own-tables/store.ts";
import type { RunnerRequest } from "../runner.ts";
import type { ShardContext } from "../shard/context.ts";
import { TableMeter } from "../shard/shard-progress.ts";
import { changeTables, type ChangeTables } from "../shard/shard-tables.ts";
import type { StagedShard } from "../shard/stage-shard.ts";
import { SteadySession } from "../sql/steady-session.ts";
import type { StreamHub, StreamLoan } from "../tail/stream-hub.ts";
import type { OpenWindow } from "./window.ts";

/** One shard of a runner: what it shares, and which of its tails are open. */
export class ShardWork implements AsyncDisposable {
  readonly context: ShardContext;
  readonly tables: readonly ChangeTables[];
  readonly meters: ReadonlyMap<string, TableMeter>;
  staged: StagedShard | undefined;
  stagedAtMs = 0;
  window: OpenWindow | undefined;
  readonly #loan: StreamLoan;
  readonly #storeSession: SteadySession;
  readonly #guardSession: SteadySession;

  constructor(
    request: RunnerRequest,
    place: { readonly target: RunnerRequest["targets"][number]; readonly serverId: string; readonly isAlone: boolean },
    hub: StreamHub,
  ) {
    const { target, serverId, isAlone } = place;
    const { deployment, fence, settings, clock } = request;
    const names = ownNames(deployment, target.shard, isAlone);
    this.#storeSession = new SteadySession((signal) => target.open(signal));
    this.#guardSession = new SteadySession((signal) => target.open(signal));
    this.#loan = hub.borrow(target, serverId);
    this.context = {
      target,
      serverId,
      names,
      fence,
      settings,
      clock,
      log: request.log.with({ deployment, shard: target.shard }),
      store: new Store(this.#storeSession, this.#guardSession, names, fence),
      stream: this.#loan.stream,
      side: new SteadySession((signal) => target.open(signal)),
    };
    this.tables = changeTables(target, names, request.changes);
    this.meters = new Map(
      request.changes
        .filter(({ kind }) => kind === "copy")
        .map(({ table }) => [table, new TableMeter(target.shard, table)]),
    );
  }

  /**
   * Makes this runner the one that may act on the shard. An older one's transactions fail from here on, and its seal
   * session, which may sit on locks or in a RENAME, is ended.
   *
   * @param mode `install` creates what is ours; `find` only claims what is there
   * @returns false when nothing of the deployment is there
   * @throws CodedError `engine/fenced`
   */
  async claim(mode: "install" | "find", signal: AbortSignal): Promise<boolean> {
    const { side, names, fence } = this.context;
    const seen = await side.use((session) => seenFence(session, names, signal), signal);
    if (typeof seen === "bigint" && seen > fence) throw fenced(names, fence, seen);
    if (seen === "absent" && mode === "find") return false;
    if (seen !== "absent") await endOldSealSession(this.context, signal);
    if (mode === "find") return side.use((session) => claim(session, names, fence, signal), signal);
    await side.use((session) => install(session, names, fence, signal), signal);
    return true;
  }

  async closeTails(): Promise<void> {
    const { staged, window } = this;
    this.staged = undefined;
    this.window = undefined;
    await staged?.tail[Symbol.asyncDispose]();
    await window?.tail[Symbol.asyncDispose]();
  }

  /** Gives the stream back; the shard cannot be tailed by this runner any more. */
  async closeStream(): Promise<void> {
    await this.closeTails();
    await this.#loan[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeStream();
    await this.#storeSession[Symbol.asyncDispose]();
    await this.#guardSession[Symbol.asyncDispose]();
    await this.context.side[Symbol.asyncDispose]();
  }
}

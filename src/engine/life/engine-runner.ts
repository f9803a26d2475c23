import { CodedError, plural, type Reason } from "#kernel";
import { preflightShard } from "../preflight/preflight.ts";
import type {
  CleanReport,
  EngineProgress,
  NamesOwner,
  Runner,
  RunnerRequest,
  SealOutcome,
  StageReport,
} from "../runner.ts";
import { lookAtShard, ownerOfAll, type ShardOwner } from "../seal/names-owner.ts";
import { sealShards } from "../seal/seal-shards.ts";
import type { Direction, SealSide } from "../seal/seal-side.ts";
import { stageShard } from "../shard/stage-shard.ts";
import { cleanAll, type Keep } from "./clean.ts";
import { type Doing, readProgress } from "./progress.ts";
import type { ShardWork } from "./shard-work.ts";
import { openShardWindow } from "./window.ts";

const PROGRESS_EVERY_MS = 250;

/** The life of one deployment over all its shards; see `Runner`. */
export class EngineRunner implements Runner {
  readonly #request: RunnerRequest;
  readonly #shards: readonly ShardWork[];
  readonly #life = new AbortController();
  readonly #failed = Promise.withResolvers<never>();
  readonly #ticking: Promise<void>;
  #doing: Doing = "idle";

  constructor(request: RunnerRequest, shards: readonly ShardWork[]) {
    this.#request = request;
    this.#shards = shards;
    this.#failed.promise.catch(() => undefined);
    this.#ticking = this.#tick();
  }

  async preflight(signal: AbortSignal): Promise<readonly Reason[]> {
    const both = this.#with(signal);
    const perShard = await Promise.all(
      this.#shards.map(({ context, tables }) => preflightShard(context, tables, both)),
    );
    return perShard.flat();
  }

  async stage(signal: AbortSignal): Promise<StageReport> {
    const both = this.#with(signal);
    const { clock } = this.#request;
    const startedMs = clock.monotonicMs();
    await this.#readyToStage(both);
    await this.#during("staging", "ready", () => this.#stageAll(this.#shards, both));
    const meters = this.#shards.flatMap((shard) => [...shard.meters.values()]);
    return {
      rows: meters.reduce((sum, meter) => sum + meter.rowsChecked, 0),
      seconds: (clock.monotonicMs() - startedMs) / 1000,
      checksums: meters.map(({ shard, table, rowsChecked, repaired }) => ({
        shard,
        table,
        rows: rowsChecked,
        repaired,
      })),
    };
  }

  progress(): EngineProgress {
    return readProgress(this.#doing, this.#shards);
  }

  failure(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const stop = (): void => reject(signal.reason as Error);
      signal.addEventListener("abort", stop, { once: true });
      this.#failed.promise.catch((error: unknown) => {
        signal.removeEventListener("abort", stop);
        reject(error as Error);
      });
    });
  }

  async seal(signal: AbortSignal): Promise<SealOutcome> {
    return this.#during("sealing", "ready", () => this.#sealAll(this.#shards, "seal", this.#with(signal)));
  }

  async look(signal: AbortSignal): Promise<NamesOwner> {
    return ownerOfAll(await this.#owners(this.#with(signal)));
  }

  async resolve(signal: AbortSignal): Promise<"original" | "sealed"> {
    const both = this.#with(signal);
    const owners = await this.#owners(both);
    const owner = ownerOfAll(owners);
    if (owner !== "split") return owner === "sealed" ? "sealed" : "original";
    const direction = await this.#lastDirection(both);
    const behind = this.#shards.filter((_, i) => (owners[i] === "sealed") === (direction === "revert"));
    for (const shard of behind) await shard.closeTails();
    if (direction === "seal") await this.#stageAll(behind, both);
    else await this.#openWindows(behind, both);
    const outcome = await this.#sealAll(behind, direction, both);
    if (outcome.at === "sealed") return direction === "seal" ? "sealed" : "original";
    throw new CodedError(
      "engine/split",
      `Some shards are ${direction === "seal" ? "sealed" : "reverted"}, others not yet`,
      {
        hint: outcome.reason.message,
        next: "retry",
        details: { because: outcome.reason.code },
      },
    );
  }

  async openWindow(signal: AbortSignal): Promise<void> {
    const both = this.#with(signal);
    const owner = await this.look(both);
    if (owner !== "sealed") throw wrongState("engine/not-sealed", `The names are ${owner}: there is no window to open`);
    await this.#openWindows(
      this.#shards.filter(({ window }) => window === undefined),
      both,
    );
    this.#doing = "window";
  }

  async revert(signal: AbortSignal): Promise<SealOutcome> {
    const both = this.#with(signal);
    const blocked = await this.#retryBlocked(both);
    if (blocked > 0) {
      return {
        at: "refused",
        blockers: [],
        reason: {
          code: "engine/revert-blocked",
          message: `${plural(blocked, "row")} written since the seal do not fit the old definition`,
          hint: "Mend these rows and revert again; nothing has changed.",
        },
      };
    }
    return this.#during("reverting", "window", () => this.#sealAll(this.#shards, "revert", both));
  }

  async finalise(signal: AbortSignal): Promise<CleanReport> {
    const both = this.#with(signal);
    const owner = await this.#ownerOrGone(both);
    if (owner === "split") throw wrongState("engine/split", "Some shards are sealed, others not");
    if (owner === "original") throw wrongState("engine/not-sealed", "Nothing is sealed: abandon it instead");
    return this.#clean(owner === "reverted" ? "next" : "old", both);
  }

  async abandon(signal: AbortSignal): Promise<CleanReport> {
    const both = this.#with(signal);
    const owner = await this.#ownerOrGone(both);
    if (owner === "split") throw wrongState("engine/split", "Some shards are sealed, others not");
    if (owner === "sealed")
      throw wrongState("engine/sealed", "The new tables have the names: revert or finalise instead");
    return this.#clean(owner === "reverted" ? "next" : "nothing", both);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort(new CodedError("engine/closed", "The runner was closed", { next: "stop" }));
    await this.#ticking;
    await Promise.all(this.#shards.map((shard) => shard[Symbol.asyncDispose]()));
  }

  /** @throws CodedError `engine/refused` with all reasons in its details; `engine/sealed` when it is too late to stage */
  async #readyToStage(signal: AbortSignal): Promise<void> {
    const known = await Promise.all(this.#shards.map((shard) => shard.context.store.shard(signal)));
    if (known.every((row) => row === undefined)) {
      const reasons = await this.preflight(signal);
      const [first] = reasons;
      if (first !== undefined) {
        throw new CodedError("engine/refused", first.message, {
          next: "fix-input",
          details: { reasons },
          ...(first.hint === undefined ? {} : { hint: first.hint }),
        });
      }
    }
    for (const shard of this.#shards) {
      await shard.closeTails();
      await shard.claim("install", signal);
    }
    const owner = ownerOfAll(await this.#owners(signal));
    if (owner !== "original") throw wrongState("engine/sealed", `The names are ${owner}: staging is over`);
  }

  /** The first failure ends the others. */
  async #stageAll(shards: readonly ShardWork[], signal: AbortSignal): Promise<void> {
    await all(
      shards,
      async (shard, one) => {
        const { context, tables, meters } = shard;
        shard.staged = await stageShard({ context, tables, meters, onEnd: this.#onEnd }, one);
        shard.stagedAtMs = context.clock.monotonicMs();
      },
      signal,
    );
  }

  async #openWindows(shards: readonly ShardWork[], signal: AbortSignal): Promise<void> {
    await all(
      shards,
      async (shard, one) => {
        shard.window = await openShardWindow(shard.context, shard.tables, this.#onEnd, one);
        shard.stagedAtMs = shard.context.clock.monotonicMs();
      },
      signal,
    );
  }

  async #sealAll(shards: readonly ShardWork[], direction: Direction, signal: AbortSignal): Promise<SealOutcome> {
    const sides: SealSide[] = shards.map((shard) => {
      const open = direction === "seal" ? shard.staged : shard.window;
      if (open === undefined) {
        throw wrongState("engine/not-ready", direction === "seal" ? "Nothing is staged" : "No window is open");
      }
      const { context, tables, stagedAtMs } = shard;
      return { context, tables, tail: open.tail, tailed: open.tables, writtenAtMs: stagedAtMs };
    });
    const outcome = await sealShards(sides, direction, signal);
    // Where names have moved, or may have, these tails are about the wrong tables.
    if (outcome.at !== "refused") for (const shard of shards) await shard.closeTails();
    return outcome;
  }

  async #owners(signal: AbortSignal): Promise<readonly ShardOwner[]> {
    return Promise.all(
      this.#shards.map(async (shard) => {
        const isThere = await shard.claim("find", signal);
        return isThere ? lookAtShard(shard.context, shard.tables, signal) : "absent";
      }),
    );
  }

  async #ownerOrGone(signal: AbortSignal): Promise<NamesOwner | "gone"> {
    const owners = await this.#owners(signal);
    return owners.every((owner) => owner === "absent") ? "gone" : ownerOfAll(owners);
  }

  /** @param most what stays where the settings say so; after a revert (`next`) never less than what only it holds */
  async #clean(most: "nothing" | "old" | "next", signal: AbortSignal): Promise<CleanReport> {
    const least: Keep = most === "next" ? "own-values" : "nothing";
    const report = await cleanAll(this.#shards, this.#request.settings.keepOld ? most : least, signal);
    this.#doing = "idle";
    return report;
  }

  async #retryBlocked(signal: AbortSignal): Promise<number> {
    let blocked = 0;
    for (const { window } of this.#shards) {
      if (window === undefined) throw wrongState("engine/not-ready", "No window is open");
      for (const table of window.tables) table.retryAtNextFlush();
      await window.tail.flushAll(signal);
      blocked += window.tables.reduce((sum, table) => sum + table.blocked.size, 0);
    }
    return blocked;
  }

  async #lastDirection(signal: AbortSignal): Promise<Direction> {
    const rows = await Promise.all(this.#shards.map((shard) => shard.context.store.shard(signal)));
    return rows.some((row) => row?.intent === "revert") ? "revert" : "seal";
  }

  readonly #onEnd = (error: unknown): void => {
    this.#failed.reject(error);
  };

  async #during<Result>(doing: Doing, after: Doing, work: () => Promise<Result>): Promise<Result> {
    const before = this.#doing;
    this.#doing = doing;
    try {
      const result = await work();
      this.#doing = after;
      return result;
    } catch (error) {
      this.#doing = before;
      throw error;
    }
  }

  async #tick(): Promise<void> {
    const { onProgress, clock } = this.#request;
    if (onProgress === undefined) return;
    let last = "";
    while (!this.#life.signal.aborted) {
      await clock.sleep(PROGRESS_EVERY_MS, this.#life.signal).catch(() => undefined);
      const progress = this.progress();
      const { lagMs: _, ...rest } = progress;
      const text = JSON.stringify(rest);
      if (text !== last) onProgress(progress);
      last = text;
    }
  }

  #with(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#life.signal]);
  }
}

/** All at once; the first failure aborts the others and is the one thrown. */
async function all<Item>(
  items: readonly Item[],
  work: (item: Item, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  await Promise.allSettled(
    items.map(async (item) => {
      try {
        await work(item, both);
      } catch (error) {
        failed.abort(error);
      }
    }),
  );
  signal.throwIfAborted();
  if (failed.signal.aborted) throw failed.signal.reason;
}

function wrongState(code: `engine/${string}`, message: string): CodedError {
  return new CodedError(code, message, { next: "stop" });
}

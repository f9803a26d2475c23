import { insertHead, keyNames, selectList } from "../flow/row-flow.ts";
import { insertRows, RowTroubleError } from "../flow/row-trouble.ts";
import { misfitError } from "../flow/explain-trouble.ts";
import { fencedTransaction } from "../own-tables/fence.ts";
import type { Session } from "../ports.ts";
import type { ShardContext } from "../shard/context.ts";
import { again } from "../sql/again.ts";
import type { KeyLiterals } from "../sql/key-literals.ts";
import { quoted, quotedTable } from "../sql/names.ts";
import { SteadySession } from "../sql/steady-session.ts";
import type { ForwardTable } from "../tail/forward-table.ts";
import { prepareApply } from "../tail/forward-table.ts";
import { type ChunkServo, nextChunk } from "./chunk-servo.ts";
import { type KeyRange, type KeyWalk, lastKey, nextRange, rangeCondition, sameLiterals } from "./key-walk.ts";

/** How long a chunk may keep failing for passing reasons. */
const CHUNK_TRIES_MS = 120_000;
/** With more dirty keys than this the copy waits for the tail. */
const TAIL_FIRST = 100_000;

export interface CopyJob {
  readonly context: ShardContext;
  readonly table: ForwardTable;
  /** Where an earlier runner got to. */
  readonly copiedTo: KeyLiterals | undefined;
  readonly rowsCopied: number;
  /** Brings over what is dirty now, for a chunk that met a row whose change is on its way. */
  readonly flushAll: (signal: AbortSignal) => Promise<void>;
  readonly onRows: (rowsCopied: number) => void;
}

/** A chunk that has been handed out; `done` once its rows are in the shadow for good. */
interface Chunk {
  readonly range: KeyRange;
  done: boolean;
}

/**
 * Fills the shadow chunk by chunk with `copyConnections` in parallel. How far it got is written in the transaction of
 * the chunk. Returns when every row that was there at the beginning is in the shadow; later ones are the tail's.
 *
 * @throws CodedError `engine/data-does-not-fit`, `engine/duplicate`, `engine/fenced`
 */
export async function copyTable(job: CopyJob, signal: AbortSignal): Promise<number> {
  const { context } = job;
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  const copy = new Copy(job);
  const workers = Array.from({ length: Math.max(1, context.settings.copyConnections) }, async () => {
    await using session = new SteadySession(async (openSignal) => {
      const opened = await context.target.open(openSignal);
      await prepareApply(opened, openSignal);
      return opened;
    });
    try {
      await copy.work(session, both);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  });
  const results = await Promise.allSettled(workers);
  signal.throwIfAborted();
  // The first failure aborted the others; its reason is the one to tell.
  if (failed.signal.aborted) throw failed.signal.reason;
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return copy.rowsCopied;
}

class Copy {
  rowsCopied: number;
  readonly #job: CopyJob;
  readonly #walk: KeyWalk;
  #servo: ChunkServo;
  #handedOutTo: KeyLiterals | undefined;
  #end: KeyLiterals | undefined | "unknown" = "unknown";
  /** Handed out and not yet behind the checkpoint, in key order. */
  #chunks: Chunk[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  constructor(job: CopyJob) {
    const { flow } = job.table;
    this.#job = job;
    this.#walk = { table: flow.from, index: flow.fromIndex, key: flow.fromKey };
    this.#servo = { rows: job.context.settings.chunkRows.first };
    this.#handedOutTo = job.copiedTo;
    this.rowsCopied = job.rowsCopied;
  }

  async work(session: SteadySession, signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#giveWay(signal);
      const chunk = await this.#nextChunk(session, signal);
      if (chunk === undefined) return;
      await this.#copyChunk(session, chunk, signal);
    }
  }

  async #giveWay(signal: AbortSignal): Promise<void> {
    while (this.#job.table.dirty.pending > TAIL_FIRST) await this.#job.context.clock.sleep(100, signal);
  }

  /** Chunks are cut one at a time, whichever worker asks. */
  #nextChunk(session: SteadySession, signal: AbortSignal): Promise<Chunk | undefined> {
    const turn = this.#turn.then(() =>
      again(this.#tries(), () => session.use((one) => this.#cut(one, signal), signal), signal),
    );
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #cut(session: Session, signal: AbortSignal): Promise<Chunk | undefined> {
    if (this.#end === "unknown") this.#end = await lastKey(session, this.#walk, signal);
    const end = this.#end;
    if (end === undefined) return undefined;
    const after = this.#handedOutTo;
    if (after !== undefined && sameLiterals(after, end)) return undefined;
    const range = await nextRange(session, this.#walk, { after, end, rows: this.#servo.rows }, signal);
    this.#handedOutTo = range.upTo;
    const chunk: Chunk = { range, done: false };
    this.#chunks.push(chunk);
    return chunk;
  }

  async #copyChunk(session: SteadySession, chunk: Chunk, signal: AbortSignal): Promise<void> {
    const { clock } = this.#job.context;
    for (;;) {
      const trouble = await again(
        this.#tries(),
        () => session.use((one) => this.#try(one, chunk, signal), signal),
        signal,
      );
      if (trouble === undefined) return;
      // The tail brought one of the rows first: its event is behind us, the next look sees it.
      await clock.sleep(5, signal);
      if (trouble === this.#job.table.flow.toIndex) continue;
      await this.#job.flushAll(signal);
    }
  }

  /** Copies one chunk; the name of the key that stood in the way, if one did. */
  async #try(session: Session, chunk: Chunk, signal: AbortSignal): Promise<string | undefined> {
    const { context, table } = this.#job;
    const inFlight = table.dirty.beginChunk();
    const startedMs = context.clock.monotonicMs();
    try {
      const rows = await fencedTransaction(session, context, () => this.#copyRows(session, chunk, signal), signal);
      // Not `+= await`, which reads before it waits: the other connection's rows would be forgotten.
      this.rowsCopied += rows;
    } catch (error) {
      if (!(error instanceof RowTroubleError)) throw error;
      const { trouble } = error;
      if (trouble.kind === "misfit")
        throw await misfitError(session, table.flow, context.target.shard, trouble, signal);
      if (trouble.key !== table.flow.toIndex) await table.conflict(session, trouble, signal);
      return trouble.key ?? "";
    } finally {
      table.dirty.endChunk(inFlight, context.clock.monotonicMs());
    }
    this.#servo = nextChunk(this.#servo, context.clock.monotonicMs() - startedMs, {
      targetMs: context.settings.chunkMs,
      most: context.settings.chunkRows.most,
    });
    chunk.done = true;
    while (this.#chunks[0]?.done === true) this.#chunks.shift();
    this.#job.onRows(this.rowsCopied);
    return undefined;
  }

  async #copyRows(session: Session, chunk: Chunk, signal: AbortSignal): Promise<number> {
    const { context, table } = this.#job;
    const rows = await insertRows(session, this.#chunkSql(chunk.range), signal);
    const copiedTo = this.#checkpointWith(chunk);
    await context.store.saveTableIn(
      session,
      table.flow.from.table,
      {
        rows_copied: this.rowsCopied + rows,
        ...(copiedTo === undefined ? {} : { copied_to: JSON.stringify(copiedTo) }),
      },
      signal,
    );
    return rows;
  }

  /** The key up to which everything is copied once `chunk` has committed; undefined when an earlier one is under way. */
  #checkpointWith(chunk: Chunk): KeyLiterals | undefined {
    let upTo: KeyLiterals | undefined;
    for (const one of this.#chunks) {
      if (!one.done && one !== chunk) break;
      upTo = one.range.upTo;
    }
    return upTo;
  }

  /** The anti-join leaves rows alone that the tail has brought already, so that nothing is ever overwritten. */
  #chunkSql(range: KeyRange): string {
    const { flow } = this.#job.table;
    const names = keyNames(flow.fromKey);
    const same = flow.toKey.map((to, i) => `s.${quoted(to.name)} = o.${quoted(names[i] ?? to.name)}`).join(" AND ");
    return (
      `${insertHead(flow)} SELECT ${selectList(flow, "o.")} FROM ${quotedTable(flow.from)} AS o` +
      ` FORCE INDEX (${quoted(flow.fromIndex)}) WHERE ${rangeCondition(names, range, "o.")}` +
      ` AND NOT EXISTS (SELECT 1 FROM ${quotedTable(flow.to)} AS s WHERE ${same})`
    );
  }

  #tries(): { readonly clock: ShardContext["clock"]; readonly forMs: number } {
    return { clock: this.#job.context.clock, forMs: CHUNK_TRIES_MS };
  }
}

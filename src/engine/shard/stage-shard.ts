import { CodedError } from "#kernel";
import { checkTable } from "../checksum/check-table.ts";
import { copyTable } from "../copy/copy-table.ts";
import { forwardFlow } from "../flow/row-flow.ts";
import type { TablePhase, TableRow } from "../own-tables/store.ts";
import type { Session } from "../ports.ts";
import { quoted, quotedTable } from "../sql/names.ts";
import { SteadySession } from "../sql/steady-session.ts";
import { readShape } from "../sql/table-shape.ts";
import { ForwardTable } from "../tail/forward-table.ts";
import { ShardTail } from "../tail/shard-tail.ts";
import { addIndexes } from "./add-indexes.ts";
import { awaitPreparedXa } from "./await-prepared-xa.ts";
import type { ShardContext } from "./context.ts";
import { estimateRows } from "./estimate-rows.ts";
import { assertNoDrift, driftError } from "./live-table.ts";
import type { TableMeter } from "./shard-progress.ts";
import { type ChangeTables, type CopyTables, identityKey, isCopy } from "./shard-tables.ts";
import { readTableId } from "./table-ids.ts";

export interface StageJob {
  readonly context: ShardContext;
  readonly tables: readonly ChangeTables[];
  readonly meters: ReadonlyMap<string, TableMeter>;
  readonly onEnd: (error: unknown) => void;
}

/** A shard whose shadows are kept current; the tail runs until it is closed. */
export interface StagedShard {
  readonly tail: ShardTail;
  readonly tables: readonly ForwardTable[];
}

/**
 * Brings one shard's changes up to date: shadows created, copied, indexed, caught up and compared, one table after
 * another, smallest first. Goes on from where an earlier runner was.
 *
 * @throws CodedError what makes staging impossible; the tail is closed then
 */
export async function stageShard(job: StageJob, signal: AbortSignal): Promise<StagedShard> {
  const { context } = job;
  await using session = new SteadySession(async (openSignal) => {
    const opened = await context.target.open(openSignal);
    await opened.execute("SET SESSION foreign_key_checks = 0", undefined, openSignal);
    return opened;
  });
  const staging = new Staging(job, session);
  const { tail, tables } = await staging.openTail(signal);
  try {
    await staging.run(tail, tables, signal);
    return { tail, tables };
  } catch (error) {
    await tail[Symbol.asyncDispose]();
    throw error;
  }
}

class Staging {
  readonly #job: StageJob;
  /** For DDL and looking; rows flow on sessions of their own. */
  readonly #session: SteadySession;

  constructor(job: StageJob, session: SteadySession) {
    this.#job = job;
    this.#session = session;
  }

  async openTail(signal: AbortSignal): Promise<StagedShard> {
    const { context, tables, onEnd } = this.#job;
    const before = await context.store.shard(signal);
    const position = before?.applied ?? (await context.target.currentPosition(signal));
    if (before === undefined) {
      await context.store.begin(
        position,
        tables.map(({ change }) => ({ table: change.table, kind: change.kind })),
        signal,
      );
    }
    const rows = await this.#rows(signal);
    const forward: ForwardTable[] = [];
    for (const one of tables) {
      await this.#recognise(one, rows, signal);
      if (isCopy(one)) forward.push(await this.#forwardTable(one, rows, signal));
    }
    const tail = new ShardTail({
      stream: context.stream,
      open: (openSignal) => context.target.open(openSignal),
      tables: forward,
      guarded: tables.filter(({ change }) => change.kind === "drop").map(({ live }) => live),
      ownPrefix: context.names.prefix,
      clock: context.clock,
      log: context.log,
      checkpoint: (applied, saveSignal) => context.store.saveShard({ applied: JSON.stringify(applied) }, saveSignal),
      onEnd,
    });
    try {
      await tail.start(before === undefined ? undefined : position, signal);
      await context.stream.barrier(signal);
      if (tables.every((one) => phaseOf(rows, one) === "creating")) await awaitPreparedXa(context, signal);
      // Between the first look at the definitions and the barrier a change would have gone unseen.
      for (const one of tables) await this.#assertUnchanged(one, signal);
    } catch (error) {
      await tail[Symbol.asyncDispose]();
      throw error;
    }
    return { tail, tables: forward };
  }

  async run(tail: ShardTail, forward: readonly ForwardTable[], signal: AbortSignal): Promise<void> {
    const { tables, context, meters } = this.#job;
    const rows = await this.#rows(signal);
    const waiting = tables.filter(isCopy).filter((one) => phaseOf(rows, one) === "creating");
    await estimateRows(context, waiting, meters, signal);
    for (const one of tables) if (!isCopy(one)) await this.#prepareImmediate(one, rows, signal);
    for (const one of smallestFirst(tables, rows)) {
      const table = forward.find(({ watch }) => watch.table === one.change.table);
      if (table !== undefined) await this.#stageTable(tail, table, one, phaseOf(rows, one), signal);
    }
    await tail.flushAll(signal);
    context.log.info("shard.staged", { tables: tables.length });
  }

  /** The tables that an earlier runner wrote down must still be the same ones. */
  async #recognise(one: ChangeTables, rows: ReadonlyMap<string, TableRow>, signal: AbortSignal): Promise<void> {
    const { context } = this.#job;
    const row = rows.get(one.change.table);
    await this.#assertUnchanged(one, signal);
    if (row === undefined) {
      throw new CodedError("engine/plan-changed", "This deployment was begun with other changes", { next: "stop" });
    }
    if (one.change.kind === "create") return;
    const id = await readTableId(this.#session, one.live, signal);
    if (row.sourceId !== undefined && row.sourceId !== id) {
      throw driftError(context.target.shard, one.change.table, id === undefined);
    }
    if (row.sourceId === undefined && id !== undefined) {
      await context.store.saveTable(one.change.table, { source_id: id }, signal);
    }
  }

  async #assertUnchanged(one: ChangeTables, signal: AbortSignal): Promise<void> {
    if (one.change.kind === "create") return;
    await assertNoDrift(this.#session, this.#job.context.target.shard, one.live, one.change, signal);
  }

  /** Creates the shadow if need be, since its shape is needed, and makes the table that tails it. */
  async #forwardTable(
    one: CopyTables,
    rows: ReadonlyMap<string, TableRow>,
    signal: AbortSignal,
  ): Promise<ForwardTable> {
    const { context, meters } = this.#job;
    const phase = phaseOf(rows, one);
    await this.#createOnce(one, rows, one.change.afterBare, signal);
    const table = new ForwardTable(
      context,
      forwardFlow(one.change, {
        source: one.live,
        sourceShape: await readShape(this.#session, one.live, signal),
        shadow: one.next,
        shadowShape: await readShape(this.#session, one.next, signal),
        key: identityKey(one.change),
      }),
      await readShape(this.#session, one.next, signal),
    );
    // Nothing copied, nothing to keep current: the lane opens when the copy begins.
    table.isActive = phase !== "creating";
    const meter = meters.get(one.change.table);
    const row = rows.get(one.change.table);
    if (meter !== undefined) {
      meter.dirty = table.dirty;
      meter.rowsCopied = row?.rowsCopied ?? 0;
      meter.rowsEstimated = row?.rowsEstimated ?? 0;
      meter.rowsChecked = row?.rowsChecked ?? 0;
      meter.repaired = row?.repaired ?? 0;
    }
    return table;
  }

  async #prepareImmediate(one: ChangeTables, rows: ReadonlyMap<string, TableRow>, signal: AbortSignal): Promise<void> {
    const { change } = one;
    if (change.kind === "create") await this.#createOnce(one, rows, change.after, signal);
    if (phaseOf(rows, one) !== "ready") await this.#enter(change.table, "ready", signal);
    this.#meter(change.table, "equal");
  }

  /** Creates a table of ours that no rows have gone into yet; an earlier attempt's is thrown away. */
  async #createOnce(
    one: ChangeTables,
    rows: ReadonlyMap<string, TableRow>,
    sql: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { context } = this.#job;
    const row = rows.get(one.change.table);
    const id = await readTableId(this.#session, one.next, signal);
    if (row?.shadowId !== undefined) {
      if (row.shadowId === id) return;
      // Our own index build may have been the last thing that happened; a comparison of all rows is still to come.
      if (row.phase === "indexing" && id !== undefined) return;
      throw new CodedError("engine/shadow-lost", `The shadow of ${quoted(one.change.table)} is gone or was replaced`, {
        hint: "Cancel and stage again.",
        next: "stop",
      });
    }
    const create = async (session: Session): Promise<void> => {
      await session.execute(`DROP TABLE IF EXISTS ${quotedTable(one.next)}`, undefined, signal);
      // The canonical text names no database; on a new connection it would mean production's.
      await session.execute(`USE ${quoted(one.next.database)}`, undefined, signal);
      await session.execute(sql, undefined, signal);
    };
    await context.store.guarded(() => this.#session.use(create, signal), signal);
    const created = await readTableId(this.#session, one.next, signal);
    await context.store.saveTable(one.change.table, { shadow_id: created ?? null }, signal);
  }

  async #stageTable(
    tail: ShardTail,
    table: ForwardTable,
    one: CopyTables,
    from: TablePhase,
    signal: AbortSignal,
  ): Promise<void> {
    const name = one.change.table;
    let phase = from;
    if (phase === "creating") {
      await this.#enter(name, "copying", signal);
      table.isActive = true;
      // What was committed before is visible to the first chunk now; what comes after is an event (design D6b).
      await this.#job.context.stream.barrier(signal);
      phase = "copying";
    }
    if (phase === "copying") {
      await this.#copy(tail, table, name, signal);
      phase = "indexing";
      await this.#enter(name, phase, signal);
    }
    if (phase === "indexing") {
      this.#meter(name, "indexing");
      await addIndexes(this.#job.context, this.#session, tail, one, signal);
      phase = "checking";
      await this.#enter(name, phase, signal);
    }
    this.#meter(name, "tailing");
    await tail.flushAll(signal);
    if (phase === "checking") {
      this.#meter(name, "checking");
      await this.#check(tail, table, name, signal);
    }
    this.#meter(name, "equal");
  }

  async #copy(tail: ShardTail, table: ForwardTable, name: string, signal: AbortSignal): Promise<void> {
    this.#meter(name, "copying");
    const row = (await this.#rows(signal)).get(name);
    const meter = this.#job.meters.get(name);
    await copyTable(
      {
        context: this.#job.context,
        table,
        copiedTo: row?.copiedTo,
        rowsCopied: row?.rowsCopied ?? 0,
        flushAll: (flushSignal) => tail.flushAll(flushSignal),
        onRows: (rowsCopied) => {
          if (meter !== undefined) meter.rowsCopied = rowsCopied;
        },
      },
      signal,
    );
  }

  async #check(tail: ShardTail, table: ForwardTable, name: string, signal: AbortSignal): Promise<void> {
    const { context, meters } = this.#job;
    const result = await checkTable(
      {
        context,
        table,
        flushAll: (flushSignal) => tail.flushAll(flushSignal),
        catchUp: (beatSignal) => context.stream.barrier(beatSignal),
      },
      signal,
    );
    const meter = meters.get(name);
    if (meter !== undefined) {
      meter.rowsChecked = result.rows;
      meter.repaired = result.repaired;
    }
    const { rows, repaired } = result;
    await context.store.saveTable(name, { phase: "ready", rows_checked: rows, repaired }, signal);
  }

  async #enter(table: string, phase: TablePhase, signal: AbortSignal): Promise<void> {
    await this.#job.context.store.saveTable(table, { phase }, signal);
    this.#job.context.log.info("table.phase", { table, phase });
  }

  #meter(table: string, state: TableMeter["state"]): void {
    const meter = this.#job.meters.get(table);
    if (meter !== undefined) meter.state = state;
  }

  async #rows(signal: AbortSignal): Promise<ReadonlyMap<string, TableRow>> {
    return new Map((await this.#job.context.store.tables(signal)).map((row) => [row.table, row]));
  }
}

function phaseOf(rows: ReadonlyMap<string, TableRow>, one: ChangeTables): TablePhase {
  return rows.get(one.change.table)?.phase ?? "creating";
}

/** Those already begun first, then by size: a table that is staged early has to be kept current for longer. */
function smallestFirst(tables: readonly ChangeTables[], rows: ReadonlyMap<string, TableRow>): CopyTables[] {
  const begun = (one: ChangeTables): number => (phaseOf(rows, one) === "creating" ? 1 : 0);
  return tables.filter(isCopy).toSorted((a, b) => begun(a) - begun(b) || a.change.cost.rows - b.change.cost.rows);
}

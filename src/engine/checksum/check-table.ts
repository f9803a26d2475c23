import { CodedError, plural } from "#kernel";
import { nextChunk } from "../copy/chunk-servo.ts";
import type { Session } from "../ports.ts";
import type { ShardContext } from "../shard/context.ts";
import { again } from "../sql/again.ts";
import type { KeyLiterals } from "../sql/key-literals.ts";
import { quoted } from "../sql/names.ts";
import { SteadySession } from "../sql/steady-session.ts";
import { batchesOf } from "../flow/apply-forward.ts";
import type { TailedTable } from "../tail/tailed-table.ts";
import type { RowFlow } from "../flow/row-flow.ts";
import { compareKeys, compareRange, inSnapshot, nextCheckRange } from "./compare.ts";

const PASSES = 3;
/** A row that is being written differs for a moment; one that still differs after so many flushes is a divergence. */
const LOOKS = 4;
const TRIES_MS = 120_000;

export interface CheckJob {
  readonly context: ShardContext;
  readonly table: TailedTable & { readonly flow: RowFlow };
  readonly flushAll: (signal: AbortSignal) => Promise<void>;
  /** Resolves when every change that was committed before the call is among the table's dirty keys, or was. */
  readonly catchUp: (signal: AbortSignal) => Promise<unknown>;
}

export interface CheckResult {
  readonly rows: number;
  /** Rows that really differed and were brought over again. */
  readonly repaired: number;
}

/**
 * Compares source and shadow row by row, in snapshots and without a lock, until one full pass finds no true divergence.
 *
 * @throws CodedError `engine/checksum-differs` when repairing does not help
 */
export async function checkTable(job: CheckJob, signal: AbortSignal): Promise<CheckResult> {
  const { context } = job;
  await using session = new SteadySession(async (openSignal) => {
    const opened = await context.target.open(openSignal);
    await opened.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", undefined, openSignal);
    await opened.execute("SET SESSION range_optimizer_max_mem_size = 0", undefined, openSignal);
    return opened;
  });
  let repaired = 0;
  for (let pass = 1; pass <= PASSES; pass += 1) {
    const { rows, mended } = await checkOnce(job, session, signal);
    repaired += mended;
    if (mended === 0) return { rows, repaired };
    context.log.warn("checksum.repaired", { table: job.table.watch.table, rows: mended, pass });
  }
  throw differs(job, repaired);
}

async function checkOnce(
  job: CheckJob,
  session: SteadySession,
  signal: AbortSignal,
): Promise<{ rows: number; mended: number }> {
  const { clock, settings } = job.context;
  const tries = { clock, forMs: TRIES_MS };
  let servo = { rows: settings.chunkRows.first };
  let after: KeyLiterals | undefined;
  let rows = 0;
  let mended = 0;
  for (;;) {
    const at = { after, rows: servo.rows };
    const startedMs = clock.monotonicMs();
    const step = await again(tries, () => session.use((one) => compareNext(job, one, at, signal), signal), signal);
    servo = nextChunk(servo, clock.monotonicMs() - startedMs, {
      targetMs: settings.chunkMs,
      most: settings.chunkRows.most,
    });
    rows += step.rows;
    if (step.differing.length > 0) mended += await mend(job, session, step.differing, signal);
    if (step.upTo === undefined) return { rows, mended };
    after = step.upTo;
  }
}

async function compareNext(
  job: CheckJob,
  session: Session,
  at: { readonly after: KeyLiterals | undefined; readonly rows: number },
  signal: AbortSignal,
): Promise<{ rows: number; differing: readonly string[]; upTo: KeyLiterals | undefined }> {
  const { flow } = job.table;
  return inSnapshot(
    session,
    async () => {
      const range = await nextCheckRange(session, flow, at, signal);
      const compared = await compareRange(session, flow, range, signal);
      return { ...compared, upTo: range.upTo };
    },
    signal,
  );
}

/** Rows may differ because their change is on its way. What differs after several flushes is brought over again. */
async function mend(
  job: CheckJob,
  session: SteadySession,
  suspects: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const stubborn = await stillDiffering(job, session, suspects, signal);
  if (stubborn.length === 0) return 0;
  job.table.dirty.add(stubborn, job.context.clock.monotonicMs());
  const hopeless = await stillDiffering(job, session, stubborn, signal);
  if (hopeless.length > 0) throw differs(job, hopeless.length);
  return stubborn.length;
}

async function stillDiffering(
  job: CheckJob,
  session: SteadySession,
  suspects: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  let differing = suspects;
  for (let look = 0; look < LOOKS && differing.length > 0; look += 1) {
    const moving = job.table.dirty.watch();
    try {
      await job.flushAll(signal);
      differing = await compareAgain(job, session, differing, signal);
      if (look < LOOKS - 1 || differing.length === 0) continue;
      // A row that is written all the time never holds still for a comparison: it is the tail's, like every dirty key.
      await job.catchUp(signal);
      differing = differing.filter((key) => !moving.seen.has(key));
    } finally {
      moving.stop();
    }
  }
  return differing;
}

function compareAgain(
  job: CheckJob,
  session: SteadySession,
  suspects: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const compareAll = (one: Session): Promise<readonly string[]> =>
    inSnapshot(
      one,
      async () => {
        const left: string[] = [];
        for (const batch of batchesOf(suspects)) {
          left.push(...(await compareKeys(one, job.table.flow, batch, signal)));
        }
        return left;
      },
      signal,
    );
  return again({ clock: job.context.clock, forMs: TRIES_MS }, () => session.use(compareAll, signal), signal);
}

function differs(job: CheckJob, rows: number): CodedError {
  const { shard } = job.context.target;
  const { table } = job.table.watch;
  return new CodedError(
    "engine/checksum-differs",
    `${plural(rows, "row")} of ${quoted(table)} on shard ${shard} differ from the shadow even after being copied again`,
    {
      hint: "Production is untouched. Cancel; this is a defect or a write that left no trace in the binary log.",
      next: "ask-human",
      details: { shard, table, rows },
    },
  );
}

import { CodedError } from "#kernel";
import { cellText } from "../sql/cell.ts";
import type { ShardContext } from "./context.ts";

const WAIT_MS = 10_000;

/**
 * Waits for XA transactions that may have been prepared before the stream began: their rows are in the log before its
 * start, and their commit brings none. To be called once the stream runs and before the first chunk, so that what they
 * commit is read by the copy.
 *
 * @throws CodedError `engine/xa-prepared` when one stays prepared
 */
export async function awaitPreparedXa(context: ShardContext, signal: AbortSignal): Promise<void> {
  const { clock, side, target } = context;
  const prepared = async (): Promise<Set<string>> =>
    new Set((await side.query("XA RECOVER CONVERT XID", undefined, signal)).map((row) => cellText(row["data"]) ?? ""));
  const deadline = clock.monotonicMs() + WAIT_MS;
  const awaited = await prepared();
  while (awaited.size > 0) {
    if (clock.monotonicMs() > deadline) {
      throw new CodedError("engine/xa-prepared", `Shard ${target.shard}: there are prepared XA transactions`, {
        hint: "Wait for their commit or rollback; XA RECOVER lists them. Then stage again.",
        next: "retry",
      });
    }
    await clock.sleep(100, signal);
    const now = await prepared();
    for (const xid of awaited) if (!now.has(xid)) awaited.delete(xid);
  }
}

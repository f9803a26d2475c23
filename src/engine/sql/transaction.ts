import type { Session } from "../ports.ts";

/**
 * Runs `work` in one transaction of `session`.
 *
 * A lost answer to COMMIT rejects as any lost statement does: the work may have taken effect.
 */
export async function inTransaction<Result>(
  session: Session,
  work: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  await session.execute("START TRANSACTION", undefined, signal);
  try {
    const result = await work();
    await session.execute("COMMIT", undefined, signal);
    return result;
  } catch (error) {
    // On a lost connection the server rolls back by itself.
    await session.execute("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

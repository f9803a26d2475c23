import { CodedError } from "#kernel";
import type { Session } from "../ports.ts";
import { isMissing } from "../sql/errors.ts";
import { inTransaction } from "../sql/transaction.ts";
import { fenceTable, type OwnNames } from "./own-names.ts";

/**
 * Checks inside the caller's transaction that no newer runner has claimed this deployment, and keeps it so until the
 * transaction ends: a claim has to wait for the shared lock.
 *
 * @throws CodedError `engine/fenced`
 */
async function holdFence(session: Session, names: OwnNames, fence: bigint, signal?: AbortSignal): Promise<void> {
  await check(session, `SELECT fence FROM ${fenceTable(names)} WHERE one = 1 FOR SHARE`, names, fence, signal);
}

/** The same check for a session that has the fence table under LOCK TABLES. */
export async function readFence(session: Session, names: OwnNames, fence: bigint, signal?: AbortSignal): Promise<void> {
  await check(session, `SELECT fence FROM ${fenceTable(names)} WHERE one = 1`, names, fence, signal);
}

/** One transaction that holds the fence from its first statement on: what a runner that was replaced wrote never lands. */
export async function fencedTransaction<Result>(
  session: Session,
  { names, fence }: { readonly names: OwnNames; readonly fence: bigint },
  work: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  return inTransaction(
    session,
    async () => {
      await holdFence(session, names, fence, signal);
      return work();
    },
    signal,
  );
}

async function check(
  session: Session,
  sql: string,
  names: OwnNames,
  fence: bigint,
  signal: AbortSignal | undefined,
): Promise<void> {
  const seen = await read(session, sql, signal);
  if (seen === fence) return;
  throw fenced(names, fence, seen);
}

async function read(session: Session, sql: string, signal: AbortSignal | undefined): Promise<bigint | undefined> {
  try {
    const [row] = await session.query(sql, undefined, signal);
    return row === undefined ? undefined : BigInt(String(row["fence"]));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export function fenced(names: OwnNames, mine: bigint, seen: bigint | undefined): CodedError {
  const message =
    seen === undefined
      ? `Deployment ${names.deployment} is no longer on shard ${names.shard}`
      : `Another runner has taken over deployment ${names.deployment} on shard ${names.shard}`;
  return new CodedError("engine/fenced", message, {
    next: "stop",
    details: { mine: mine.toString(), seen: seen?.toString() },
  });
}

import { CodedError } from "#kernel";
import type { Session } from "../ports.ts";

const LOCK = "sluice_own_tables";
const WAIT_SECONDS = 60;

/** One at a time per server: creating our database meets dropping it otherwise. */
export async function withOwnLock<Result>(
  session: Session,
  work: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  const [row] = await session.query(`SELECT GET_LOCK('${LOCK}', ${WAIT_SECONDS}) AS got`, undefined, signal);
  if (Number(row?.["got"]) !== 1) {
    throw new CodedError("engine/own-lock", "Somebody else is setting up Sluice's own tables on this server", {
      next: "retry",
    });
  }
  try {
    return await work();
  } finally {
    await session.query(`SELECT RELEASE_LOCK('${LOCK}')`).catch(() => undefined);
  }
}

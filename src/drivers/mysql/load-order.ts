import type { Session } from "#engine";
import { CodedError } from "#kernel";
import type { AuthoredStatement } from "#schema";
import { errnoOf } from "./sql-error.ts";

/** What must be there first. Within one rank the given order stays. */
const RANK: Readonly<Record<AuthoredStatement["kind"], number>> = {
  sequence: 0,
  table: 0,
  "alter-table": 1,
  "create-index": 1,
  function: 2,
  procedure: 2,
  view: 3,
  trigger: 4,
  event: 5,
};

/** No such table, routine or column yet: another statement may still bring it. */
const MAY_COME = new Set([1146, 1305, 1054, 1824]);

export interface Loadable {
  readonly kind: AuthoredStatement["kind"];
  readonly name: string;
  readonly sql: string;
}

export interface Refused<Statement> {
  readonly statement: Statement;
  readonly error: CodedError;
}

/**
 * Runs statements tables first; those that miss something are tried again after the others, until none gets further.
 *
 * @param limitMs for one statement
 * @returns what the server refused
 * @throws the signal's reason; CodedError `drivers/connection-lost`
 */
export async function load<Statement extends Loadable>(
  session: Session,
  statements: readonly Statement[],
  limitMs: number,
  signal: AbortSignal,
): Promise<readonly Refused<Statement>[]> {
  let open: readonly Statement[] = statements.toSorted((a, b) => RANK[a.kind] - RANK[b.kind]);
  for (;;) {
    const refused: Refused<Statement>[] = [];
    for (const statement of open) {
      const error = await runLimited(session, statement.sql, limitMs, signal);
      if (error !== undefined) refused.push({ statement, error });
    }
    const again = refused.some(({ error }) => MAY_COME.has(errnoOf(error) ?? 0));
    if (!again || refused.length === open.length) return refused;
    open = refused.map(({ statement }) => statement);
  }
}

/** The server's refusal, or undefined. A statement over its time is refused with `drivers/too-slow`. */
export async function runLimited(
  session: Session,
  sql: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<CodedError | undefined> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    await session.execute(sql, undefined, AbortSignal.any([signal, limit]));
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted && !(error instanceof CodedError)) {
      return new CodedError("drivers/too-slow", `The statement took longer than ${limitMs / 1000} s`, {
        next: "fix-input",
      });
    }
    if (error instanceof CodedError && error.code === "drivers/sql") return error;
    throw error;
  }
}

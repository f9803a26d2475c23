import type { Session, Target } from "#engine";

/** The target, with something happening as soon as a statement that matches has been answered. */
export function afterStatement(target: Target, statement: RegExp, then: () => Promise<unknown>): Target {
  const heard = async <Answer>(sql: string, answer: Promise<Answer>): Promise<Answer> => {
    const given = await answer;
    if (statement.test(sql)) await then();
    return given;
  };
  const hooked = (session: Session): Session => ({
    connectionId: session.connectionId,
    query: (sql, values, signal) => heard(sql, session.query(sql, values, signal)),
    execute: (sql, values, signal) => heard(sql, session.execute(sql, values, signal)),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  });
  return {
    shard: target.shard,
    database: target.database,
    serverId: (signal) => target.serverId(signal),
    facts: (signal) => target.facts(signal),
    kill: (id, what) => target.kill(id, what),
    currentPosition: (signal) => target.currentPosition(signal),
    openLog: (from, signal) => target.openLog(from, signal),
    freeDiskBytes: (signal) => target.freeDiskBytes(signal),
    open: async (signal) => hooked(await target.open(signal)),
  };
}

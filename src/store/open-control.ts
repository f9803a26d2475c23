import type { Control } from "#deploy";
import type { Clock, Log } from "#kernel";
import { createCommandLog } from "./command-log.ts";
import { createDeployments } from "./deployments.ts";
import { createEventStore } from "./event-store.ts";
import { createInbox } from "./inbox.ts";
import { createLeases } from "./leases.ts";
import { createOutbox } from "./outbox.ts";
import { createProposals } from "./proposals.ts";
import { createPublications } from "./publications.ts";
import { createSources } from "./sources.ts";
import { Database } from "./sql.ts";

/**
 * The control database, whose tables are there already (see `bringControlDatabaseUp`). Nothing in it is a secret.
 *
 * @param options.dsn `mysql://…`, resolved; not kept in any error or log
 * @throws CodedError `store/bad-dsn`, `store/unreachable`
 */
export async function openControl(options: {
  readonly dsn: string;
  readonly clock: Clock;
  readonly log: Log;
  /** A statement without an answer is given up after this, milliseconds. Default 25 s. */
  readonly answerWithinMs?: number;
}): Promise<Control & AsyncDisposable> {
  const database = new Database(options.dsn, options.clock, options.answerWithinMs);
  try {
    await database.rows("SELECT 1 FROM `meta` LIMIT 1");
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
  return {
    events: createEventStore(database),
    deployments: createDeployments(database),
    sources: createSources(database),
    proposals: createProposals(database),
    leases: createLeases(database),
    inbox: createInbox(database),
    outbox: createOutbox(database),
    publications: createPublications(database),
    commands: createCommandLog(database),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

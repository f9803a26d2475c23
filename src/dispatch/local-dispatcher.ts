import type { Dispatcher } from "#deploy";
import { type Clock, CodedError, type DeploymentId, type Log } from "#kernel";
import { Alarms } from "./alarms.ts";
import { Slices, type Work } from "./slices.ts";

export interface LocalDispatcherOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Deployments worked on at the same time in this process. */
  readonly concurrency: number;
}

/**
 * Wake-ups inside one process, for a machine without Redis. Wishes made before `start` are kept; those that come while
 * a deployment is worked on lead to another call after it.
 */
export function createLocalDispatcher(options: LocalDispatcherOptions): Dispatcher & AsyncDisposable {
  const { clock, log, concurrency } = options;
  const due = new Set<DeploymentId>();
  let slices: Slices | undefined;
  let stopped = false;
  const alarms = new Alarms(clock, (id) => {
    due.add(id);
    pump();
  });
  const pump = (): void => {
    if (slices === undefined || stopped) return;
    for (const id of due) {
      if (!slices.hasRoomFor(id)) continue;
      due.delete(id);
      void runOne(slices, id);
    }
  };
  const runOne = async (on: Slices, id: DeploymentId): Promise<void> => {
    const outcome = await on.run(id);
    if (outcome.at === "ran" && outcome.againMs !== undefined) dispatcher.wake(id, outcome.againMs);
    pump();
  };
  const dispatcher: Dispatcher & AsyncDisposable = {
    wake: (id, afterMs = 0) => {
      if (!stopped) alarms.set(id, afterMs);
    },
    start: (work: Work) => {
      if (slices !== undefined || stopped) return Promise.reject(startedAlready());
      slices = new Slices(work, log, concurrency);
      pump();
      return Promise.resolve();
    },
    stop: async () => {
      stopped = true;
      alarms.drain();
      due.clear();
      await slices?.stop();
    },
    [Symbol.asyncDispose]: () => dispatcher.stop(),
  };
  return dispatcher;
}

export function startedAlready(): CodedError {
  return new CodedError("dispatch/started-already", "A dispatcher starts once", { next: "stop" });
}

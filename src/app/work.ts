import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { createDeploymentHost, reconcileDeployments } from "#deploy";
import { openRunner, StreamHub } from "#engine";
import { loop } from "./loop.ts";
import type { Sluice } from "./compose.ts";

export interface WorkOptions {
  readonly sluice: Sluice;
  /** Unfinished deployments are woken this often, milliseconds: the safety net under lost wake-ups. Default 15 s. */
  readonly reconcileMs?: number;
  readonly sliceMs?: number;
  readonly leaseMs?: number;
}

/** Drives deployments until it is closed; closing leaves the targets as they are for the next worker. */
export async function startWork(options: WorkOptions): Promise<AsyncDisposable> {
  const { deps } = options.sluice;
  const ending = new AbortController();
  // One binlog stream per server feeds every deployment of this process (design D6).
  const hub = new StreamHub({ clock: deps.clock, log: deps.log });
  const host = createDeploymentHost(deps, {
    // A lease belongs to a name, so a name belongs to one start of one process.
    holder: `${hostname()}:${process.pid}:${randomBytes(4).toString("hex")}`,
    openRunner: (request, signal) => openRunner(request, signal, { hub }),
    ...(options.sliceMs === undefined ? {} : { sliceMs: options.sliceMs }),
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
  });
  await deps.dispatcher.start((id, signal) => host.work(id, signal));
  const { clock, log } = deps;
  const timer = loop(
    { name: "reconcile-deployments", everyMs: options.reconcileMs ?? 15_000, clock, log },
    () => reconcileDeployments(deps),
    ending.signal,
  );
  log.info("work.started");
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await timer;
      await deps.dispatcher.stop();
      await host[Symbol.asyncDispose]();
      log.info("work.ended");
    },
  };
}

import type { Runner, RunnerRequest } from "#engine";
import { CodedError, reasonOf, type DeploymentId } from "#kernel";
import type { DeployDeps } from "./deps.ts";
import { driveDeployment } from "./drive-deployment.ts";
import { Drive } from "./drive/drive.ts";
import { moveUp, takeTurn } from "./drive/turn.ts";
import { viewOfKnown, type Known } from "./fold.ts";
import { recall, record } from "./record.ts";
import { isOver } from "./render-view.ts";
import { SiteLeases } from "./site-leases.ts";

export interface DeploymentHostOptions {
  /** Names this process; unique to its start, since a lease belongs to a name. */
  readonly holder: string;
  readonly openRunner: (request: RunnerRequest, signal: AbortSignal) => Promise<Runner>;
  /** `work` returns after this, milliseconds; the driver goes on by itself. Default 20 s. */
  readonly sliceMs?: number;
  /** How long closing waits for a seal or revert under way, milliseconds. Default 30 s. */
  readonly graceMs?: number;
  /** A process that dies is replaced after this, milliseconds. Default 10 s. */
  readonly leaseMs?: number;
}

/** Drives deployments in this process; `work` is what the dispatcher calls. */
export interface DeploymentHost extends AsyncDisposable {
  /** Resolves after a slice or when there is nothing more to do; `againMs` asks to be called again. */
  work(id: DeploymentId, signal: AbortSignal): Promise<{ readonly againMs?: number }>;
}

/** How long until the next look, milliseconds: a driver at work or at rest, a lease that another process holds, a queue. */
const AGAIN = { driving: 1000, resting: 5000, elsewhere: 1000, queued: 5000, failed: 2000, lastLook: 1 } as const;

/** How long servers have to say who they are, milliseconds. */
const ASK_MS = 15_000;

interface Driver {
  readonly done: Promise<{ readonly againMs?: number }>;
  drive: Drive | undefined;
  /** Told when it begins to rest. */
  readonly listeners: Set<() => void>;
}

/**
 * One driver per deployment, under the leases of its servers. A slice of `work` ends without closing anything: runner,
 * streams and leases are kept until the deployment rests, a lease is lost or the host is closed.
 */
export function createDeploymentHost(deps: DeployDeps, options: DeploymentHostOptions): DeploymentHost {
  const { holder, openRunner, sliceMs = 20_000, leaseMs = 10_000, graceMs = 30_000 } = options;
  const { clock, log, control } = deps;
  const site = new SiteLeases({ leases: control.leases, holder, leaseMs, clock, log });
  const closing = new AbortController();
  const overdue = new AbortController();
  const drivers = new Map<DeploymentId, Driver>();

  function driverOf(id: DeploymentId): Driver {
    const running = drivers.get(id);
    if (running !== undefined) return running;
    const driver: Driver = {
      drive: undefined,
      listeners: new Set(),
      done: Promise.resolve().then(() => run(id, driver)),
    };
    drivers.set(id, driver);
    return driver;
  }

  async function run(id: DeploymentId, driver: Driver): Promise<{ readonly againMs?: number }> {
    try {
      return await take(id, driver);
    } catch (error) {
      if (closing.signal.aborted) return {};
      log.warn("driver.ended", { deployment: id, code: reasonOf(error, "deploy/unexpected").code });
      return { againMs: AGAIN.failed };
    } finally {
      drivers.delete(id);
    }
  }

  async function take(id: DeploymentId, driver: Driver): Promise<{ readonly againMs?: number }> {
    const known = await readyToDrive(deps, await recall(control, id));
    if (known === undefined) return {};
    if (known.state.at === "queued") return { againMs: AGAIN.queued };
    const servers = await serversOf(known);
    if (servers === undefined) return { againMs: AGAIN.queued };
    const hold = await site.hold(servers);
    if (hold === undefined) return { againMs: AGAIN.elsewhere };
    try {
      const signal = AbortSignal.any([closing.signal, hold.signal]);
      const onRest = (): void => {
        for (const tell of driver.listeners) tell();
      };
      const critical = AbortSignal.any([overdue.signal, hold.signal]);
      await using drive = new Drive({ deps, known, fence: hold.fence, critical, openRunner, onRest });
      driver.drive = drive;
      await driveDeployment(drive, signal);
      const { state } = drive.known;
      if (isOver(state.at) || state.at === "blocked") await moveUp(deps, viewOfKnown(drive.known));
      return state.at === "queued" ? { againMs: AGAIN.lastLook } : {};
    } finally {
      driver.drive = undefined;
      await hold.release();
    }
  }

  /** Undefined while they cannot be asked who they are; people are told why. */
  async function serversOf(known: Known): Promise<readonly string[] | undefined> {
    try {
      const targets = await deps.access.targets(known.state.body.database);
      // A server that hangs is as far away as one that is gone.
      const asking = AbortSignal.any([closing.signal, AbortSignal.timeout(ASK_MS)]);
      return await Promise.all(targets.map((target) => target.serverId(asking)));
    } catch (error) {
      const reason = reasonOf(error, "deploy/unreachable");
      log.warn("site.unreachable", { deployment: known.state.body.id, code: reason.code });
      const told = known.state.body.reasons.some((one) => one.code === reason.code);
      const event = { type: "hindered", at: clock.now().toISOString(), reasons: [reason] } as const;
      if (!told && known.state.at !== "sealing") await record(control, known, event);
      return undefined;
    }
  }

  return {
    async work(id, signal) {
      if (closing.signal.aborted) return {};
      const joined = drivers.has(id);
      const driver = driverOf(id);
      driver.drive?.poke();
      const slice = new AbortController();
      const sleep = clock.sleep(sliceMs, AbortSignal.any([signal, closing.signal, slice.signal]));
      try {
        const next = await Promise.race([driver.done, sleep.then(again, again), rests(driver, slice.signal)]);
        // What woke us may have come after that driver's last look.
        return joined && next.againMs === undefined ? { againMs: AGAIN.lastLook } : next;
      } finally {
        slice.abort(new CodedError("deploy/slice-ended", "The slice is over"));
      }
    },
    async [Symbol.asyncDispose]() {
      const reason = new CodedError("deploy/host-closed", "The deployment host is closing");
      closing.abort(reason);
      const ended = new AbortController();
      const grace = clock.sleep(graceMs, ended.signal).then(
        () => overdue.abort(reason),
        () => undefined,
      );
      await Promise.all([...drivers.values()].map((driver) => driver.done));
      ended.abort(reason);
      await grace;
      await site[Symbol.asyncDispose]();
    },
  };
}

/** A driver at rest goes on by itself and keeps no slot of the dispatcher. */
function rests(driver: Driver, until: AbortSignal): Promise<{ readonly againMs: number }> {
  return new Promise((resolve) => {
    const tell = (): void => resolve({ againMs: AGAIN.resting });
    driver.listeners.add(tell);
    until.addEventListener("abort", () => driver.listeners.delete(tell), { once: true });
    if (driver.drive?.resting === true) tell();
  });
}

function again(): { readonly againMs: number } {
  return { againMs: AGAIN.driving };
}

/** What needs no server is done first: taking the turn, and cancelling what never touched one. */
async function readyToDrive(deps: DeployDeps, known: Known | undefined): Promise<Known | undefined> {
  if (known === undefined) return undefined;
  const { state } = known;
  if (isOver(state.at) || state.at === "blocked") return undefined;
  if (state.at === "queued") return (await takeTurn(deps, known)) ?? known;
  if (state.at === "cancelling" && !state.touched) {
    const after = await record(deps.control, known, { type: "cancelled", at: deps.clock.now().toISOString() });
    if (after !== undefined) await moveUp(deps, viewOfKnown(after));
    return after === undefined ? known : undefined;
  }
  return known;
}

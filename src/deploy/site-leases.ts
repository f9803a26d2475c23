import { CodedError, type Clock, type Log } from "#kernel";
import type { Leases } from "./ports.ts";

/** Servers held by this process for one driver. `signal` aborts as soon as one of them may be somebody else's. */
export interface SiteHold {
  /** Grows with every new holder of any of the servers: the runner's fencing token. */
  readonly fence: bigint;
  readonly signal: AbortSignal;
  release(): Promise<void>;
}

interface ServerLease {
  readonly fence: bigint;
  readonly lost: AbortController;
  users: number;
  /** Monotonic time of the last renewal's start: the server may think no later of it than this. */
  renewedAt: number;
}

/** A lease counts as lost when it could not be renewed for this share of its time: its end must never surprise us. */
const TRUSTED_SHARE = 0.8;

/**
 * Keeps one lease per server that this process works on (design D3b): deployments on the same servers meet in the same
 * process, which holds the servers' streams. All servers of a deployment are taken together or not at all. Leases are
 * renewed three times in their life; a lost one aborts every driver on that server at once.
 */
export class SiteLeases implements AsyncDisposable {
  readonly #options: {
    readonly leases: Leases;
    readonly holder: string;
    readonly leaseMs: number;
    readonly clock: Clock;
    readonly log: Log;
  };
  readonly #held = new Map<string, ServerLease>();
  readonly #closing = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();
  #renewing: Promise<void> | undefined;

  constructor(options: {
    readonly leases: Leases;
    readonly holder: string;
    readonly leaseMs: number;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#options = options;
  }

  /** Undefined when another process holds one of the servers. */
  hold(serverIds: readonly string[]): Promise<SiteHold | undefined> {
    return this.#inTurn(() => this.#holdAll([...new Set(serverIds)].sort()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new CodedError("deploy/host-closed", "The deployment host is closing"));
    await this.#renewing;
    await this.#inTurn(async () => {
      for (const [name, lease] of this.#held) await this.#giveBack(name, lease);
    });
  }

  async #holdAll(names: readonly string[]): Promise<SiteHold | undefined> {
    const taken: string[] = [];
    try {
      for (const name of names) {
        if (!(await this.#takeOne(name))) break;
        taken.push(name);
      }
    } finally {
      // All or none, also when the control database failed half-way: what nobody uses would be renewed for ever.
      if (taken.length < names.length) await this.#leave(taken);
    }
    if (taken.length < names.length) return undefined;
    const leases = names.map((name) => this.#held.get(name)).filter((lease) => lease !== undefined);
    this.#renewing ??= this.#renewUntilClosed();
    let released = false;
    return {
      fence: leases.reduce((most, lease) => (lease.fence > most ? lease.fence : most), 0n),
      signal: AbortSignal.any(leases.map((lease) => lease.lost.signal)),
      release: async () => {
        if (released) return;
        released = true;
        await this.#inTurn(() => this.#leave(names, leases));
      },
    };
  }

  async #takeOne(name: string): Promise<boolean> {
    const known = this.#held.get(name);
    if (known !== undefined) {
      known.users += 1;
      return true;
    }
    const { leases, holder, leaseMs, clock } = this.#options;
    const renewedAt = clock.monotonicMs();
    const taken = await leases.take(leaseName(name), holder, leaseMs);
    if (taken === undefined) return false;
    this.#held.set(name, { fence: taken.fence, lost: new AbortController(), users: 1, renewedAt });
    return true;
  }

  /** `only`: the leases as they were held; one that was lost and taken anew meanwhile is not ours to leave. */
  async #leave(names: readonly string[], only?: readonly ServerLease[]): Promise<void> {
    for (const name of names) {
      const lease = this.#held.get(name);
      if (lease === undefined || only?.includes(lease) === false) continue;
      lease.users -= 1;
      if (lease.users === 0) await this.#giveBack(name, lease);
    }
  }

  async #giveBack(name: string, lease: ServerLease): Promise<void> {
    this.#held.delete(name);
    const { leases, holder, log } = this.#options;
    try {
      await leases.release(leaseName(name), holder, lease.fence);
    } catch {
      // It ends by itself; until then others wait.
      log.warn("site.release-failed", { server: name });
    }
  }

  async #renewUntilClosed(): Promise<void> {
    const { clock, leaseMs } = this.#options;
    try {
      for (;;) {
        await clock.sleep(leaseMs / 3, this.#closing.signal);
        await Promise.all([...this.#held].map(([name, lease]) => this.#renewOne(name, lease)));
      }
    } catch (error) {
      if (!this.#closing.signal.aborted) throw error;
    }
  }

  async #renewOne(name: string, lease: ServerLease): Promise<void> {
    const { leases, holder, leaseMs, clock } = this.#options;
    const startedAt = clock.monotonicMs();
    const kept = await Promise.race([
      leases.renew(leaseName(name), holder, lease.fence, leaseMs).catch(() => undefined),
      // A hanging control database must not hide that the time is up.
      clock.sleep(leaseMs / 4, this.#closing.signal).catch(() => undefined),
    ]);
    if (kept === true) lease.renewedAt = startedAt;
    else if (kept === false || clock.monotonicMs() - lease.renewedAt > leaseMs * (TRUSTED_SHARE - 1 / 3)) {
      this.#lose(name, lease);
    }
  }

  #lose(name: string, lease: ServerLease): void {
    if (this.#held.get(name) === lease) this.#held.delete(name);
    this.#options.log.warn("site.lease-lost", { server: name, holder: this.#options.holder });
    lease.lost.abort(new CodedError("deploy/lease-lost", `The lease of server ${name} was lost`, { next: "retry" }));
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work, work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

function leaseName(serverId: string): string {
  return `server:${serverId}`;
}

import type { CleanReport, EngineProgress, NamesOwner, Runner, RunnerRequest, SealOutcome } from "#engine";
import { CodedError, systemClock, type DeploymentId, type Reason } from "#kernel";
import { sealReport, staged } from "./deploy-states.ts";

export type Method =
  "preflight" | "stage" | "seal" | "look" | "resolve" | "openWindow" | "revert" | "finalise" | "abandon";

/** What one deployment left on the pretended servers; it outlives runners and hosts, as servers do. */
export interface Pretended {
  names: NamesOwner;
  /** Something of ours is there. */
  ours: boolean;
  highestFence: bigint;
  readonly calls: Method[];
  opened: number;
  closed: number;
}

/** What happens at a call: it hangs until aborted (before or after its effect), throws, or is refused. */
export type Fault =
  | { readonly at: "hang"; readonly effect: "done" | "none" }
  | { readonly at: "throw"; readonly error: CodedError; readonly effect?: "done" }
  | { readonly at: "slow"; readonly ms: number }
  | { readonly at: "refuse"; readonly reason: Reason }
  | { readonly at: "unsure"; readonly effect: "done" | "none" };

/**
 * Runners that pretend servers: they obey the contract's rules (fences, what may follow what) and keep state per
 * deployment, for tests of the flow of states only. The real engine is tested on real servers.
 */
export class PretendedServers {
  readonly byDeployment = new Map<DeploymentId, Pretended>();
  /** Consumed call by call. */
  readonly faults: Partial<Record<Method, Fault[]>> = {};
  /** Ends the tail of every open runner. */
  readonly #tails = new Set<(error: CodedError) => void>();

  of(id: DeploymentId): Pretended {
    const known = this.byDeployment.get(id);
    if (known !== undefined) return known;
    const fresh: Pretended = { names: "original", ours: false, highestFence: 0n, calls: [], opened: 0, closed: 0 };
    this.byDeployment.set(id, fresh);
    return fresh;
  }

  /** How often a method was called for a deployment. */
  count(id: DeploymentId, method: Method): number {
    return this.of(id).calls.filter((call) => call === method).length;
  }

  endTails(error: CodedError): void {
    for (const end of this.#tails) end(error);
  }

  readonly openRunner = (request: RunnerRequest, signal: AbortSignal): Promise<Runner> => {
    signal.throwIfAborted();
    const there = this.of(request.deployment);
    if (request.fence < there.highestFence) throw new CodedError("engine/fenced", "an older runner", { next: "stop" });
    there.highestFence = request.fence;
    there.opened += 1;
    return Promise.resolve(this.#runner(request, there));
  };

  #runner(request: RunnerRequest, there: Pretended): Runner {
    let armed: "no" | "staged" | "inverse" = "no";
    let open = true;
    const tails = this.#tails;
    const mine = new Set<(error: CodedError) => void>();
    const progress = (): EngineProgress => ({ phase: "ready", tables: [], lagMs: 0, blockedKeys: 0 });
    const call = async (method: Method, signal: AbortSignal, effect: () => void): Promise<Fault | undefined> => {
      if (!open) throw new CodedError("test/closed", `${method} on a closed runner`, { next: "stop" });
      if (request.fence < there.highestFence) throw new CodedError("engine/fenced", "fenced", { next: "stop" });
      signal.throwIfAborted();
      there.calls.push(method);
      request.onProgress?.(progress());
      await Promise.resolve();
      const fault = this.faults[method]?.shift();
      if (fault?.at === "refuse") return fault;
      if (fault?.at === "slow") await systemClock.sleep(fault.ms, signal);
      if (fault === undefined || fault.at === "slow" || ("effect" in fault && fault.effect === "done")) effect();
      if (fault?.at === "throw") throw fault.error;
      if (fault?.at === "hang") await aborted(signal);
      return fault;
    };
    const clean = (): CleanReport => ({ dropped: [], kept: [], left: [] });
    const outcomeOf = (fault: Fault | undefined): SealOutcome => {
      if (fault?.at === "refuse") return { at: "refused", reason: fault.reason, blockers: [] };
      if (fault?.at === "unsure") return { at: "unsure", reason: { code: "engine/lost", message: "no answer" } };
      return { at: "sealed", report: sealReport };
    };
    return {
      async preflight(signal) {
        const fault = await call("preflight", signal, () => undefined);
        return fault?.at === "refuse" ? [fault.reason] : [];
      },
      async stage(signal) {
        await call("stage", signal, () => {
          there.ours = true;
          armed = "staged";
        });
        return staged;
      },
      progress,
      failure: (signal) =>
        new Promise((_, reject) => {
          const end = (error: CodedError): void => reject(error);
          tails.add(end);
          mine.add(end);
          signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        }),
      async seal(signal) {
        if (armed !== "staged") throw new CodedError("test/not-staged", "seal without stage", { next: "stop" });
        return outcomeOf(await call("seal", signal, () => (there.names = "sealed")));
      },
      async look(signal) {
        await call("look", signal, () => undefined);
        return there.names;
      },
      async resolve(signal) {
        await call("resolve", signal, () => (there.names = "sealed"));
        return "sealed";
      },
      async openWindow(signal) {
        if (there.names !== "sealed") throw new CodedError("test/not-sealed", "window without seal", { next: "stop" });
        await call("openWindow", signal, () => (armed = "inverse"));
      },
      async revert(signal) {
        if (armed !== "inverse") throw new CodedError("test/no-window", "revert without window", { next: "stop" });
        return outcomeOf(await call("revert", signal, () => (there.names = "reverted")));
      },
      async finalise(signal) {
        await call("finalise", signal, () => (there.ours = false));
        return clean();
      },
      async abandon(signal) {
        if (there.names === "sealed") throw new CodedError("test/sealed", "abandon after the seal", { next: "stop" });
        await call("abandon", signal, () => (there.ours = false));
        return clean();
      },
      [Symbol.asyncDispose]: async () => {
        open = false;
        there.closed += 1;
        for (const end of mine) tails.delete(end);
        await Promise.resolve();
      },
    };
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

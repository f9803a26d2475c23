import type { DatabaseSettings } from "#config";
import type { EngineProgress, Runner, RunnerRequest } from "#engine";
import { CodedError, reasonOf, type DeploymentId, type Reason } from "#kernel";
import type { DeployDeps } from "../deps.ts";
import { streamOf, type DeploymentEvent } from "../deployment-events.ts";
import { databaseOf } from "../fleet-lookup.ts";
import type { Known } from "../fold.ts";
import { recall, record, subjectOf } from "../record.ts";
import { ProgressWriter } from "./progress-writer.ts";
import { runnerSettings } from "./runner-settings.ts";

/** How often the stream's version is asked while waiting; a wake-up in this process is noticed at once. */
const POLL_MS = 300;
/** An error is forgotten when it has not come back for this long. */
const CALM_MS = 5000;

/** An event without its time, member by member. */
type Unstamped<Event> = Event extends unknown ? Omit<Event, "at"> : never;
export type NewEvent = Unstamped<DeploymentEvent>;

/**
 * One deployment being driven by this process: what is known of it, and the runner that works on its servers. Closing
 * it closes the runner, which leaves the servers as they are.
 */
export class Drive implements AsyncDisposable {
  readonly id: DeploymentId;
  readonly deps: DeployDeps;
  /**
   * For a seal or a revert under way: aborts when the lease is lost, but on closing only after a grace, so that a
   * restart of the process does not cut one off.
   */
  readonly critical: AbortSignal;
  /** What the runner in hand has reached in this process; a new runner has to get there again. */
  armed: "no" | "staged" | "inverse" = "no";
  /** The seal round this process has announced and not begun yet; a round is begun once. */
  announcedRound: number | undefined;
  /** Steps in a row that ended in an error. */
  failures = 0;
  /** A window whose tail cannot be kept any more: it is not tried again. */
  windowBroken = false;
  readonly #openRunner: (request: RunnerRequest, signal: AbortSignal) => Promise<Runner>;
  readonly #fence: bigint;
  readonly #progress: ProgressWriter;
  #known: Known;
  #runner: Runner | undefined;
  #poke: () => void = () => undefined;
  /** Events of this process are kept one after another. */
  #saying: Promise<unknown> = Promise.resolve();
  #resting = false;
  readonly #onRest: () => void;

  constructor(options: {
    readonly deps: DeployDeps;
    readonly known: Known;
    readonly fence: bigint;
    readonly critical: AbortSignal;
    /** Called whenever it begins to wait: no slot of the dispatcher needs to be kept for it. */
    readonly onRest: () => void;
    readonly openRunner: (request: RunnerRequest, signal: AbortSignal) => Promise<Runner>;
  }) {
    this.deps = options.deps;
    this.id = options.known.state.body.id;
    this.critical = options.critical;
    this.#known = options.known;
    this.#fence = options.fence;
    this.#openRunner = options.openRunner;
    this.#onRest = options.onRest;
    this.#progress = new ProgressWriter(options.deps, this.id, subjectOf(options.known));
  }

  get known(): Known {
    return this.#known;
  }

  /** @throws CodedError `deploy/unknown-database` */
  get database(): DatabaseSettings {
    return databaseOf(this.deps.fleet, this.#known.state.body.database);
  }

  async reload(): Promise<Known> {
    const known = await recall(this.deps.control, this.id);
    if (known === undefined) throw new CodedError("deploy/unknown-deployment", `No deployment ${this.id}`);
    this.#known = known;
    return known;
  }

  /** Keeps an event; false when somebody else was faster, then nothing was kept and all is to be decided again. */
  say(event: NewEvent): Promise<boolean> {
    const said = this.#saying.then(() => this.#keep(event));
    this.#saying = said.catch(() => undefined);
    return said;
  }

  async #keep(event: NewEvent): Promise<boolean> {
    const at = this.deps.clock.now().toISOString();
    const after = await record(this.deps.control, this.#known, { ...event, at } as DeploymentEvent);
    if (after === undefined) return false;
    this.#known = after;
    this.deps.log.info("deployment.moved", { deployment: this.id, by: event.type, at: after.state.at });
    return true;
  }

  /** Says why it does not go on by itself, once per new reason; where the state has no such word, the log does. */
  async sayHindered(reasons: readonly Reason[]): Promise<void> {
    const codes = reasons.map((reason) => reason.code).join();
    this.deps.log.warn("deployment.hindered", { deployment: this.id, at: this.#known.state.at, codes });
    if (this.#known.state.body.reasons.map((reason) => reason.code).join() === codes) return;
    if (
      ["planning", "staging", "ready", "unsure", "window", "reverting", "finalising", "cancelling"].includes(
        this.#known.state.at,
      )
    ) {
      await this.say({ type: "hindered", reasons });
    }
  }

  /** The runner in hand, or a new one with this process' fence. */
  async runner(signal: AbortSignal): Promise<Runner> {
    if (this.#runner !== undefined) return this.#runner;
    const targets = await this.deps.access.targets(this.#known.state.body.database);
    this.#runner = await this.#openRunner(
      {
        deployment: this.id,
        fence: this.#fence,
        targets,
        changes: this.#known.state.body.plan.changes,
        settings: runnerSettings(this.database),
        clock: this.deps.clock,
        log: this.deps.log,
        onProgress: (progress: EngineProgress) => this.#progress.take(progress),
      },
      signal,
    );
    return this.#runner;
  }

  /** What is known of the servers goes with it; the next runner looks at them anew. */
  async closeRunner(): Promise<void> {
    const runner = this.#runner;
    this.#runner = undefined;
    this.armed = "no";
    if (runner === undefined) return;
    try {
      await runner[Symbol.asyncDispose]();
    } catch (error) {
      this.deps.log.warn("runner.close-failed", { deployment: this.id, code: reasonOf(error).code });
    }
  }

  /** Writes the latest progress now, for the moments people wait for. */
  async showProgress(): Promise<void> {
    if (this.#runner !== undefined) await this.#progress.write(this.#runner.progress());
  }

  /** There may be news: look now rather than at the next poll. */
  poke(): void {
    this.#poke();
  }

  /**
   * Does `work` until it ends or the deployment is told something by somebody else, which aborts it.
   *
   * @returns undefined when news came
   */
  async untilNews<Result>(
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<{ readonly result: Result } | undefined> {
    const news = new AbortController();
    const both = AbortSignal.any([signal, news.signal]);
    const watching = this.#watch(both).then(
      () => news.abort(new CodedError("deploy/news", "The deployment was told something")),
      () => undefined,
    );
    try {
      return { result: await work(both) };
    } catch (error) {
      if (news.signal.aborted && !signal.aborted) return undefined;
      throw error;
    } finally {
      news.abort(new CodedError("deploy/news", "Nobody watches any more"));
      await watching;
    }
  }

  /** It waits for something outside: a person, a deadline, a pause. */
  get resting(): boolean {
    return this.#resting;
  }

  /** When it has gone on for a while after an error, the error is no reason any more. */
  async calmDown(signal: AbortSignal): Promise<void> {
    if (this.#known.state.body.reasons.length === 0) return;
    try {
      await this.deps.clock.sleep(CALM_MS, signal);
      await this.say({ type: "hindered", reasons: [] });
    } catch {
      // It ended earlier, or the next move clears them.
    }
  }

  /** Waits for `ms`, for news, or for the runner's tail to fail, which rejects. */
  async rest(ms: number, signal: AbortSignal, runner?: Runner): Promise<void> {
    this.#resting = true;
    this.#onRest();
    try {
      await this.#wait(ms, signal, runner);
    } finally {
      this.#resting = false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeRunner();
    await this.#progress.settled();
  }

  async #wait(ms: number, signal: AbortSignal, runner: Runner | undefined): Promise<void> {
    await this.untilNews(signal, async (both) => {
      const ended = new AbortController();
      const inner = AbortSignal.any([both, ended.signal]);
      try {
        const waits: Promise<unknown>[] = [this.deps.clock.sleep(ms, inner)];
        if (runner !== undefined) waits.push(runner.failure(inner));
        for (const wait of waits) wait.catch(() => undefined);
        await Promise.race(waits);
      } finally {
        ended.abort(new CodedError("deploy/rested", "The rest is over"));
      }
    });
  }

  /** Resolves when the stream has moved on; rejects when `signal` aborts. */
  async #watch(signal: AbortSignal): Promise<void> {
    const { events } = this.deps.control;
    for (;;) {
      await this.#pokedOrAfter(POLL_MS, signal);
      // A control database that does not answer is the lease's business.
      const version = await events.version(streamOf(this.id)).catch(() => this.#known.version);
      await this.#saying;
      if (version > this.#known.version) return;
    }
  }

  async #pokedOrAfter(ms: number, signal: AbortSignal): Promise<void> {
    const poked = new Promise<void>((resolve) => {
      this.#poke = resolve;
    });
    const over = new AbortController();
    const sleep = this.deps.clock.sleep(ms, AbortSignal.any([signal, over.signal]));
    sleep.catch(() => undefined);
    try {
      await Promise.race([poked, sleep]);
    } finally {
      over.abort(new CodedError("deploy/rested", "The rest is over"));
    }
  }
}

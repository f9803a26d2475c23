import { type Clock, type DeploymentId, type Log, parseDeploymentId } from "#kernel";
import { DelayedError, type Job, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { JobData, Producer } from "./producer.ts";
import type { Slices } from "./slices.ts";

/** How long a slice's end waits for Redis before the next wake-up goes another way. */
const SETTLE_MS = 3000;
const BUSY_AGAIN_MS = 500;
const CLOSE_MS = 3000;

export interface ConsumerOptions {
  readonly redis: Redis;
  readonly queueName: string;
  readonly producer: Producer;
  readonly slices: Slices;
  readonly clock: Clock;
  readonly log: Log;
  readonly concurrency: number;
  readonly lockMs: number;
  /** The way out when the job cannot be put back. */
  readonly wake: (id: DeploymentId, afterMs: number) => void;
  readonly warn: (error: unknown) => void;
}

/** The receiving side: one BullMQ worker whose jobs are slices of work. */
export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #worker: Worker<JobData>;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    const { redis, queueName, concurrency, lockMs, warn } = options;
    this.#worker = new Worker<JobData>(
      queueName,
      // Three parameters, else BullMQ makes no signal.
      (job, token, signal) => this.#process(job, token ?? "", signal),
      {
        connection: redis,
        concurrency,
        lockDuration: lockMs,
        // It takes two looks: one marks what is active, the next takes what is still marked and has no lock.
        stalledInterval: lockMs / 2,
        runRetryDelay: 500,
        autorun: false,
        // A worker that dies is no fault of the deployment, however often.
        maxStalledCount: 1_000_000,
      },
    );
    this.#worker.on("error", warn);
    this.#worker.on("failed", (_job, error) => warn(error));
    // Its lock is gone, so another worker may be on it: stop before the lease says so.
    this.#worker.on("lockRenewalFailed", (jobs) => {
      for (const job of jobs) this.#worker.cancelJob(job, "lock lost");
    });
    this.#worker.on("completed", (job) => void this.#afterLeaving(job));
  }

  /** Resolves when the worker was closed. */
  async run(): Promise<void> {
    await this.#worker.run();
  }

  /** Only after the slices have been stopped. */
  async close(): Promise<void> {
    const { clock, redis, warn } = this.#options;
    const graceful = this.#worker.close().catch(warn);
    await within(clock, CLOSE_MS, graceful).catch(warn);
    redis.disconnect();
  }

  async #process(job: Job<JobData>, token: string, signal: AbortSignal | undefined): Promise<void> {
    const { producer, slices, wake, log } = this.#options;
    const id = parseDeploymentId(String(job.data.deploymentId));
    if (id === undefined) {
      log.warn("dispatch.bad-job", { job: job.id });
      return;
    }
    await producer.wishes.take(id).catch(() => undefined);
    const outcome = await slices.run(id, signal);
    const wished = await producer.wishes.take(id).catch(() => undefined);
    const asked = outcome.at === "busy" ? BUSY_AGAIN_MS : outcome.againMs;
    const next = Math.min(wished ?? Infinity, asked ?? Infinity);
    if (next === Infinity) return;
    if (!(await this.#putBack(job, token, next))) {
      wake(id, next);
      return;
    }
    await this.#hastenWished(id);
    throw new DelayedError();
  }

  /** False when Redis is away or has forgotten the job. */
  async #putBack(job: Job<JobData>, token: string, afterMs: number): Promise<boolean> {
    const { producer, clock } = this.#options;
    if (!producer.isReady) return false;
    try {
      await within(clock, SETTLE_MS, job.moveToDelayed(Math.ceil(clock.now().getTime() + afterMs), token));
      return true;
    } catch {
      return false;
    }
  }

  /** A wish made while the job was being put back found it neither waiting nor delayed. */
  async #hastenWished(id: DeploymentId): Promise<void> {
    const { producer, wake } = this.#options;
    try {
      const late = await producer.wishes.take(id);
      if (late !== undefined) await producer.hasten(id, late);
    } catch {
      wake(id, 0);
    }
  }

  /** The same for a job that was not put back. */
  async #afterLeaving(job: Job<JobData>): Promise<void> {
    const id = parseDeploymentId(String(job.data.deploymentId));
    if (id === undefined) return;
    const late = await this.#options.producer.wishes.take(id).catch(() => undefined);
    if (late !== undefined) this.#options.wake(id, late);
  }
}

/** Rejects when `promise` takes longer; what it does then is no longer waited for. */
async function within<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T> {
  const done = new AbortController();
  try {
    const late = clock
      .sleep(ms, done.signal)
      .then(() => Promise.reject(new DOMException("Took too long", "TimeoutError")));
    return await Promise.race([promise, late]);
  } finally {
    done.abort();
  }
}

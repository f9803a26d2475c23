import { type Clock, CodedError, type DeploymentId } from "#kernel";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { Wishes } from "./wishes.ts";

export interface JobData {
  readonly deploymentId: string;
}

function jobIdOf(id: DeploymentId): string {
  return `dep-${id}`;
}

/** The sending side: never waits for a Redis that is away. */
export class Producer {
  readonly wishes: Wishes;
  readonly #redis: Redis;
  readonly #queueName: string;
  readonly #clock: Clock;
  readonly #warn: (error: unknown) => void;
  /** Made when Redis is there: a queue whose first greeting fails stays broken. */
  #queue: Queue<JobData> | undefined;

  constructor(redis: Redis, queueName: string, clock: Clock, warn: (error: unknown) => void) {
    this.#redis = redis;
    this.#queueName = queueName;
    this.#clock = clock;
    this.#warn = warn;
    this.wishes = new Wishes(redis, queueName, clock);
  }

  get isReady(): boolean {
    return this.#redis.status === "ready";
  }

  /** @throws whatever Redis says, at once, when it cannot be reached */
  async send(id: DeploymentId, afterMs: number): Promise<void> {
    if (!this.isReady) throw new CodedError("dispatch/redis-away", "Redis cannot be reached", { next: "retry" });
    await this.wishes.put(id, afterMs);
    await this.#open().add(
      "deployment",
      { deploymentId: id },
      { jobId: jobIdOf(id), delay: Math.round(afterMs), removeOnComplete: true, removeOnFail: true },
    );
    await this.hasten(id, afterMs);
  }

  /** A job that was there before keeps its own, perhaps longer pause: shorten it. */
  async hasten(id: DeploymentId, afterMs: number): Promise<void> {
    const left = await this.#delayLeft(id);
    if (left === undefined || left <= afterMs) return;
    const job = await this.#open().getJob(jobIdOf(id));
    try {
      await (afterMs <= 0 ? job?.promote() : job?.changeDelay(Math.round(afterMs)));
    } catch (error) {
      // It went on by itself between the look and the step, which is what was wished.
      if ((await this.#delayLeft(id)) !== undefined) throw error;
    }
  }

  async close(): Promise<void> {
    await this.#queue?.close().catch(this.#warn);
  }

  /** Undefined when the job is not waiting for its time. BullMQ keeps the time in the score's upper bits. */
  async #delayLeft(id: DeploymentId): Promise<number | undefined> {
    const score = await this.#redis.zscore(this.#open().toKey("delayed"), jobIdOf(id));
    return score === null ? undefined : Math.floor(Number(score) / 0x1000) - this.#clock.now().getTime();
  }

  #open(): Queue<JobData> {
    if (this.#queue === undefined) {
      this.#queue = new Queue<JobData>(this.#queueName, { connection: this.#redis, skipWaitingForReady: true });
      this.#queue.on("error", this.#warn);
    }
    return this.#queue;
  }
}

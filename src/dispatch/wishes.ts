import type { Clock, DeploymentId } from "#kernel";
import type { Redis } from "ioredis";

/** Longer than any slice; a wish that nobody took is recovered by the reconciler. */
const KEPT_MS = 600_000;
const KEEP_EARLIEST =
  "local d = redis.call('GET', KEYS[1]) if (not d) or tonumber(ARGV[1]) < tonumber(d) then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end";
const TAKE = "local d = redis.call('GET', KEYS[1]) redis.call('DEL', KEYS[1]) return d";

/**
 * Wake-ups that BullMQ would lose: adding a job whose id is being worked on does nothing. The wish is written before
 * the job is added and taken after the job has left, so that one of the two always sees it.
 */
export class Wishes {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #clock: Clock;

  constructor(redis: Redis, queueName: string, clock: Clock) {
    this.#redis = redis;
    this.#prefix = `sluice:${queueName}:wish:`;
    this.#clock = clock;
  }

  async put(id: DeploymentId, afterMs: number): Promise<void> {
    const due = Math.round(this.#clock.now().getTime() + afterMs);
    await this.#redis.eval(KEEP_EARLIEST, 1, this.#prefix + id, due, KEPT_MS + Math.round(afterMs));
  }

  /** Milliseconds until the earliest wish, which is spent by this; undefined when there is none. */
  async take(id: DeploymentId): Promise<number | undefined> {
    const due = await this.#redis.eval(TAKE, 1, this.#prefix + id);
    return due === null ? undefined : Math.max(Number(due) - this.#clock.now().getTime(), 0);
  }
}

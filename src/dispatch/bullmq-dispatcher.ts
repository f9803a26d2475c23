import type { Dispatcher } from "#deploy";
import { type Clock, type DeploymentId, reasonOf } from "#kernel";
import type { Redis } from "ioredis";
import { Alarms } from "./alarms.ts";
import { Consumer } from "./consumer.ts";
import { type LocalDispatcherOptions, startedAlready } from "./local-dispatcher.ts";
import { Producer } from "./producer.ts";
import { openFailFastRedis, openPatientRedis } from "./redis.ts";
import { Slices } from "./slices.ts";

const DEFAULT_QUEUE = "sluice-deployments";
/** As long as a lease: a job that stays with the dead keeps the living from taking the lease over. */
const DEFAULT_LOCK_MS = 10_000;
const BUSY_AGAIN_MS = 1000;
const FIRST_ANSWER_MS = 1000;

export interface BullmqDispatcherOptions extends LocalDispatcherOptions {
  /** redis://, rediss:// or unix:///path. */
  readonly redisUrl: string;
  readonly queueName?: string;
  /** How long a worker that fell silent keeps its jobs, milliseconds. Default 10 s. */
  readonly lockMs?: number;
}

/**
 * Wake-ups over Redis, for several processes. Redis holds nothing that matters: while it is away, wake-ups of this
 * process are answered in this process (leases keep two workers apart), and those of a process that does no work are
 * sent when it is back.
 *
 * @throws CodedError `dispatch/bad-redis-url`
 */
export function createBullmqDispatcher(options: BullmqDispatcherOptions): Dispatcher & AsyncDisposable {
  const { redisUrl, clock, log, concurrency, queueName = DEFAULT_QUEUE, lockMs = DEFAULT_LOCK_MS } = options;
  const sending = openFailFastRedis(redisUrl);
  const inFlight = new Set<Promise<void>>();
  let isAway = false;
  let slices: Slices | undefined;
  let consumer: Consumer | undefined;
  let stopped = false;

  const warn = (error: unknown): void => {
    if (!isAway && !stopped) log.warn("dispatch.redis-trouble", { ...reasonOf(error, "dispatch/redis-away") });
    isAway = true;
    workWithoutRedis();
  };
  const producer = new Producer(sending, queueName, clock, warn);
  const send = (id: DeploymentId, afterMs: number, failed: (error: unknown) => void): void => {
    const sent = producer.send(id, afterMs).then(() => {
      // A Redis that refused (out of memory, say) without hanging up is back when it takes one.
      if (isAway && !stopped) back();
    }, failed);
    inFlight.add(sent);
    void sent.then(() => inFlight.delete(sent));
  };
  const wake = (id: DeploymentId, afterMs = 0): void => {
    if (stopped) return;
    if (!producer.isReady) {
      fallback.set(id, afterMs);
      return;
    }
    send(id, afterMs, (error) => {
      if (!stopped) fallback.set(id, afterMs);
      warn(error);
    });
  };

  // Wake-ups that Redis did not take. They are held while it is still being connected to, then answered here; a
  // process that does no work keeps them until Redis is back.
  const waiting = new Set<DeploymentId>();
  const fallback = new Alarms(clock, (id) => {
    waiting.add(id);
    workWithoutRedis();
  });
  const workWithoutRedis = (): void => {
    if (slices === undefined || stopped || !isAway) return;
    for (const id of waiting) {
      if (!slices.hasRoomFor(id)) continue;
      waiting.delete(id);
      void workOnce(slices, id);
    }
  };
  const workOnce = async (on: Slices, id: DeploymentId): Promise<void> => {
    const outcome = await on.run(id);
    const againMs = outcome.at === "busy" ? BUSY_AGAIN_MS : outcome.againMs;
    if (againMs !== undefined) (stopped ? handOver : wake)(id, againMs);
    workWithoutRedis();
  };
  /** For another process to go on with, if Redis will take it. */
  const handOver = (id: DeploymentId, afterMs: number): void => send(id, afterMs, () => undefined);

  const back = (): void => {
    if (isAway) log.info("dispatch.redis-back");
    isAway = false;
    const held = [...[...waiting].map((id) => [id, 0] as const), ...fallback.drain()];
    waiting.clear();
    for (const [id, afterMs] of held) wake(id, afterMs);
  };

  sending.on("error", warn);
  sending.on("ready", back);

  const dispatcher: Dispatcher & AsyncDisposable = {
    wake,
    start: (work) => {
      if (slices !== undefined || stopped) return Promise.reject(startedAlready());
      slices = new Slices(work, log, concurrency);
      const redis = openPatientRedis(redisUrl);
      redis.on("error", warn);
      consumer = new Consumer({ redis, queueName, producer, slices, clock, log, concurrency, lockMs, wake, warn });
      void consumer.run().catch(warn);
      workWithoutRedis();
      return Promise.resolve();
    },
    stop: async () => {
      if (stopped) return;
      stopped = true;
      const held = [...[...waiting].map((id) => [id, 0] as const), ...fallback.drain()];
      // A command line that ends right after its one wake-up may still be connecting.
      if (held.length > 0 && !producer.isReady && !isAway) await firstAnswer(sending, clock);
      for (const [id, afterMs] of held) handOver(id, afterMs);
      await slices?.stop();
      await consumer?.close();
      await Promise.all(inFlight);
      await producer.close();
      sending.disconnect();
    },
    [Symbol.asyncDispose]: () => dispatcher.stop(),
  };
  return dispatcher;
}

/** Resolves when Redis has answered or refused, or not answered for a second. */
async function firstAnswer(redis: Redis, clock: Clock): Promise<void> {
  const done = new AbortController();
  redis.once("ready", () => done.abort());
  redis.once("error", () => done.abort());
  await clock.sleep(FIRST_ANSWER_MS, done.signal).catch(() => undefined);
}

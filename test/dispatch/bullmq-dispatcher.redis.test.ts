import { createBullmqDispatcher } from "#dispatch";
import { silentLog, systemClock } from "#kernel";
import { type RedisServer, startRedis } from "#sandbox";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dispatcherContract, eventually, idOf, type Opened, pause, recorderOf } from "./dispatcher.contract.ts";

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis({ label: "dispatch" });
});
afterAll(() => redis[Symbol.asyncDispose]());

let queues = 0;
function open(queueName = `q${(queues += 1)}`): Opened {
  const redisUrl = `unix://${redis.socketPath}`;
  return createBullmqDispatcher({
    redisUrl,
    clock: systemClock,
    log: silentLog,
    concurrency: 2,
    queueName,
    lockMs: 1500,
  });
}

async function flush(): Promise<void> {
  const client = new Redis(redis.socketPath);
  await client.flushall();
  client.disconnect();
}

describe("BullMQ dispatcher", () => {
  dispatcherContract(() => open());

  test("a wake-up reaches work in another process's dispatcher", async () => {
    await using sender = open("apart");
    await using worker = open("apart");
    const recorder = recorderOf();
    await worker.start(recorder.work);
    sender.wake(idOf("dddd1"));
    await eventually(() => recorder.calls("dddd1") === 1);
    expect(recorder.mostOfAll()).toBe(1);
  });

  test("a wake-up just before the end of a process that was still connecting arrives", async () => {
    await using worker = open("short");
    const recorder = recorderOf();
    await worker.start(recorder.work);
    const sender = open("short");
    sender.wake(idOf("dddd4"));
    await sender.stop();
    await eventually(() => recorder.calls("dddd4") === 1);
    expect(recorder.mostOfAll()).toBe(1);
  });

  test("a wake-up from outside during work leads to another call after it", async () => {
    await using sender = open("outside");
    await using worker = open("outside");
    const recorder = recorderOf({ lastsMs: 200, again: (call) => (call === 1 ? 60_000 : undefined) });
    await worker.start(recorder.work);
    sender.wake(idOf("dddd2"));
    await eventually(() => recorder.running() === 1);
    await pause(50);
    sender.wake(idOf("dddd2"));
    await eventually(() => recorder.calls("dddd2") === 2, 3000);
    expect(recorder.mostAtOnce("dddd2")).toBe(1);
  });

  test("work that was stopped in one process goes on in another", async () => {
    await using first = open("handover");
    await using second = open("handover");
    const recorder = recorderOf({ lastsMs: 60_000 });
    const other = recorderOf();
    await first.start(recorder.work);
    first.wake(idOf("dddd3"));
    await eventually(() => recorder.running() === 1);
    await second.start(other.work);
    await first.stop();
    await eventually(() => other.calls("dddd3") === 1);
    expect(recorder.calls("dddd3")).toBe(1);
  });

  test("FLUSHALL in the middle loses nothing", async () => {
    await using dispatcher = open();
    const names = ["eeee1", "eeee2", "eeee3", "eeee4"];
    const recorder = recorderOf({ lastsMs: 60, again: (call) => (call < 8 ? 20 : undefined) });
    await dispatcher.start(recorder.work);
    const unfinished = (): string[] => names.filter((name) => recorder.calls(name) < 8);
    for (const name of names) dispatcher.wake(idOf(name));
    // What stood in Redis between two slices is gone; the reconciler of the worker wakes it again.
    const reconciler = setInterval(() => {
      for (const name of unfinished()) dispatcher.wake(idOf(name));
    }, 500);
    try {
      await eventually(() => recorder.calls("eeee1") >= 2);
      await flush();
      await eventually(() => recorder.calls("eeee3") >= 3);
      await flush();
      await eventually(() => unfinished().length === 0, 15_000);
    } finally {
      clearInterval(reconciler);
    }
    expect(names.map((name) => recorder.mostAtOnce(name))).toEqual([1, 1, 1, 1]);
  });

  test("a running slice whose job was flushed away comes again without any reconciler", async () => {
    await using dispatcher = open();
    const recorder = recorderOf({ lastsMs: 400, again: (call) => (call < 3 ? 20 : undefined) });
    await dispatcher.start(recorder.work);
    dispatcher.wake(idOf("eeee5"));
    await eventually(() => recorder.running() === 1);
    await flush();
    await eventually(() => recorder.calls("eeee5") === 3);
    expect(recorder.mostAtOnce("eeee5")).toBe(1);
  });

  test("while Redis is killed, wake-ups are answered in this process, and by Redis again afterwards", async () => {
    await using sender = open("killed");
    await using worker = open("killed");
    const recorder = recorderOf({
      lastsMs: 300,
      again: (call, name) => (name === "ffff1" && call < 12 ? 50 : undefined),
    });
    await worker.start(recorder.work);
    worker.wake(idOf("ffff1"));
    await eventually(() => recorder.running() === 1);
    await redis.kill("SIGKILL");
    const before = recorder.calls("ffff1");
    const asked = systemClock.monotonicMs();
    worker.wake(idOf("ffff2"));
    sender.wake(idOf("ffff3"));
    expect(systemClock.monotonicMs() - asked).toBeLessThan(50);
    await eventually(() => recorder.calls("ffff2") === 1 && recorder.calls("ffff1") >= before + 2);
    expect(recorder.calls("ffff3")).toBe(0);
    await redis.restart();
    await eventually(() => recorder.calls("ffff3") >= 1 && recorder.calls("ffff1") >= 12, 20_000);
    expect([recorder.mostAtOnce("ffff1"), recorder.mostAtOnce("ffff2")]).toEqual([1, 1]);
    sender.wake(idOf("ffff4"));
    await eventually(() => recorder.calls("ffff4") === 1);
  });

  test("what a Redis without memory refused is sent when it takes wake-ups again, on the same connection", async () => {
    await using sender = open("full");
    await using worker = open("full");
    const recorder = recorderOf();
    await worker.start(recorder.work);
    sender.wake(idOf("hhhh1"));
    await eventually(() => recorder.calls("hhhh1") === 1);
    const client = new Redis(redis.socketPath);
    try {
      await client.config("SET", "maxmemory", "1");
      sender.wake(idOf("hhhh2"));
      await pause(300);
    } finally {
      await client.config("SET", "maxmemory", "0");
      client.disconnect();
    }
    expect(recorder.calls("hhhh2")).toBe(0);
    sender.wake(idOf("hhhh3"));
    await eventually(() => recorder.calls("hhhh2") >= 1 && recorder.calls("hhhh3") >= 1);
    expect(recorder.mostAtOnce("hhhh2")).toBe(1);
  });

  test("a Redis that was never there is no reason to hang or to fall", async () => {
    const redisUrl = `unix://${redis.socketPath}.nowhere`;
    await using dispatcher = createBullmqDispatcher({ redisUrl, clock: systemClock, log: silentLog, concurrency: 2 });
    const recorder = recorderOf({ again: (call) => (call < 3 ? 10 : undefined) });
    await dispatcher.start(recorder.work);
    dispatcher.wake(idOf("gggg1"));
    await eventually(() => recorder.calls("gggg1") === 3);
    const before = systemClock.monotonicMs();
    await dispatcher.stop();
    expect(systemClock.monotonicMs() - before).toBeLessThan(7000);
  });

  test.each(["localhost:6379", "http://x", "unix://host", ""])(
    "%s is no Redis URL, and it is not repeated",
    (redisUrl) => {
      expect(() => createBullmqDispatcher({ redisUrl, clock: systemClock, log: silentLog, concurrency: 1 })).toThrow(
        expect.objectContaining({ code: "dispatch/bad-redis-url", message: "Not a Redis URL" }),
      );
    },
  );
});

import type { Dispatcher } from "#deploy";
import { type DeploymentId, parseDeploymentId, systemClock } from "#kernel";
import { afterEach, assert, expect, test } from "vitest";

export type Opened = Dispatcher & AsyncDisposable;

/** What every dispatcher must do; `open` gives one with room for two deployments at a time. */
export function dispatcherContract(open: () => Opened): void {
  const opened: Opened[] = [];
  const fresh = (): Opened => {
    const dispatcher = open();
    opened.push(dispatcher);
    return dispatcher;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((dispatcher) => dispatcher.stop()));
  });

  test("work is called for a woken deployment", async () => {
    const dispatcher = fresh();
    const recorder = recorderOf();
    await dispatcher.start(recorder.work);
    dispatcher.wake(idOf("aaaa1"));
    await eventually(() => recorder.calls("aaaa1") === 1);
    expect(recorder.mostOfAll()).toBe(1);
  });

  test("wake-ups made before the start are kept", async () => {
    const dispatcher = fresh();
    const recorder = recorderOf();
    dispatcher.wake(idOf("aaaa2"));
    await pause(50);
    await dispatcher.start(recorder.work);
    await eventually(() => recorder.calls("aaaa2") === 1);
    expect(recorder.mostOfAll()).toBe(1);
  });

  test("a doubled wake-up never makes two calls at a time", async () => {
    const dispatcher = fresh();
    const recorder = recorderOf({ lastsMs: 60 });
    await dispatcher.start(recorder.work);
    for (let times = 0; times < 20; times += 1) {
      dispatcher.wake(idOf("aaaa3"));
      await pause(5);
    }
    await eventually(() => recorder.calls("aaaa3") >= 2 && recorder.running() === 0);
    expect(recorder.mostAtOnce("aaaa3")).toBe(1);
  });

  test("a wake-up during work leads to another call after it", async () => {
    const dispatcher = fresh();
    const recorder = recorderOf({ lastsMs: 150 });
    await dispatcher.start(recorder.work);
    dispatcher.wake(idOf("aaaa4"));
    await eventually(() => recorder.running() === 1);
    dispatcher.wake(idOf("aaaa4"));
    await eventually(() => recorder.calls("aaaa4") === 2);
    await pause(400);
    expect(recorder.calls("aaaa4")).toBe(2);
  });

  test("work that asks for another slice gets it", async () => {
    const dispatcher = fresh();
    const recorder = recorderOf({ again: (call) => (call < 4 ? 10 : undefined) });
    await dispatcher.start(recorder.work);
    dispatcher.wake(idOf("aaaa5"));
    await eventually(() => recorder.calls("aaaa5") === 4);
    await pause(150);
    expect(recorder.calls("aaaa5")).toBe(4);
  });

  test("a later wish does not put an earlier one off, and an earlier one shortens a pause", async () => {
    const dispatcher = fresh();
    const recorder = recorderOf({ again: (call) => (call === 1 ? 60_000 : undefined) });
    await dispatcher.start(recorder.work);
    dispatcher.wake(idOf("aaaa6"));
    await eventually(() => recorder.calls("aaaa6") === 1 && recorder.running() === 0);
    await pause(100);
    dispatcher.wake(idOf("aaaa6"), 30_000);
    dispatcher.wake(idOf("aaaa6"), 200);
    dispatcher.wake(idOf("aaaa6"), 90_000);
    await eventually(() => recorder.calls("aaaa6") === 2);
    expect(recorder.mostAtOnce("aaaa6")).toBe(1);
  });

  test("a pause is kept", async () => {
    const dispatcher = fresh();
    const recorder = recorderOf();
    await dispatcher.start(recorder.work);
    const before = systemClock.monotonicMs();
    dispatcher.wake(idOf("aaaa7"), 300);
    await eventually(() => recorder.calls("aaaa7") === 1);
    expect(systemClock.monotonicMs() - before).toBeGreaterThan(280);
  });

  test("deployments are worked on side by side, no more than there is room for", async () => {
    const dispatcher = fresh();
    const recorder = recorderOf({ lastsMs: 80 });
    await dispatcher.start(recorder.work);
    const names = ["bbbb1", "bbbb2", "bbbb3", "bbbb4", "bbbb5"];
    for (const name of names) dispatcher.wake(idOf(name));
    await eventually(() => names.every((name) => recorder.calls(name) === 1));
    expect(recorder.mostOfAll()).toBe(2);
  });

  test("work that throws is called again and disturbs nobody", async () => {
    const dispatcher = fresh();
    const recorder = recorderOf({
      again: (call, name) => {
        if (name === "aaaa8" && call === 1) throw new RangeError("planted");
        return undefined;
      },
    });
    await dispatcher.start(recorder.work);
    dispatcher.wake(idOf("aaaa8"));
    dispatcher.wake(idOf("aaaa9"));
    await eventually(() => recorder.calls("aaaa9") === 1 && recorder.calls("aaaa8") === 2);
    expect(recorder.mostAtOnce("aaaa8")).toBe(1);
  });

  test("stop aborts what runs, waits for its end, and nothing is called after it", async () => {
    const dispatcher = fresh();
    const recorder = recorderOf({ lastsMs: 60_000 });
    await dispatcher.start(recorder.work);
    dispatcher.wake(idOf("aaab1"));
    await eventually(() => recorder.running() === 1);
    await dispatcher.stop();
    expect(recorder.running()).toBe(0);
    dispatcher.wake(idOf("aaab2"));
    await pause(100);
    expect(recorder.calls("aaab1") + recorder.calls("aaab2")).toBe(1);
  });

  test("it starts once", async () => {
    const dispatcher = fresh();
    await dispatcher.start(recorderOf().work);
    await expect(dispatcher.start(recorderOf().work)).rejects.toMatchObject({ code: "dispatch/started-already" });
  });

  test.each([
    ["dropped", (wake: Wake, id: DeploymentId, at: number) => (at % 3 === 0 ? undefined : wake(id))],
    ["doubled", (wake: Wake, id: DeploymentId) => [wake(id), wake(id), wake(id, 20)]],
    ["delayed out of order", (wake: Wake, id: DeploymentId, at: number) => wake(id, (at * 37) % 120)],
  ])("six jobs of five slices end though wake-ups are %s, given a reconciler", async (_what, faulty) => {
    const dispatcher = fresh();
    const jobs = new Map(["cccc1", "cccc2", "cccc3", "cccc4", "cccc5", "cccc6"].map((name) => [idOf(name), 0]));
    const running = new Set<DeploymentId>();
    let twoAtOnce = 0;
    let calls = 0;
    await dispatcher.start(async (id) => {
      if (running.has(id)) twoAtOnce += 1;
      running.add(id);
      await pause(5);
      const slice = (jobs.get(id) ?? 0) + 1;
      jobs.set(id, slice);
      running.delete(id);
      if (slice < 5) faulty((which, afterMs) => dispatcher.wake(which, afterMs), id, (calls += 1));
      return {};
    });
    const reconcile = (): void => {
      for (const [id, slice] of jobs) if (slice < 5) dispatcher.wake(id);
    };
    reconcile();
    const timer = setInterval(reconcile, 200);
    try {
      await eventually(() => [...jobs.values()].every((slice) => slice >= 5));
    } finally {
      clearInterval(timer);
    }
    expect(twoAtOnce).toBe(0);
  });
}

type Wake = (id: DeploymentId, afterMs?: number) => void;

export function idOf(name: string): DeploymentId {
  const id = parseDeploymentId(name);
  assert(id !== undefined);
  return id;
}

export interface Recorder {
  readonly work: Parameters<Dispatcher["start"]>[0];
  calls(name: string): number;
  running(): number;
  mostAtOnce(name: string): number;
  mostOfAll(): number;
}

export function recorderOf(
  options: { readonly lastsMs?: number; readonly again?: (call: number, name: string) => number | undefined } = {},
): Recorder {
  const calls = new Map<string, number>();
  const running = new Map<string, number>();
  const most = new Map<string, number>();
  let mostOfAll = 0;
  const total = (): number => [...running.values()].reduce((sum, count) => sum + count, 0);
  return {
    work: async (id, signal) => {
      const call = (calls.get(id) ?? 0) + 1;
      calls.set(id, call);
      running.set(id, (running.get(id) ?? 0) + 1);
      most.set(id, Math.max(most.get(id) ?? 0, running.get(id) ?? 0));
      mostOfAll = Math.max(mostOfAll, total());
      try {
        await systemClock.sleep(options.lastsMs ?? 1, signal).catch(() => undefined);
        const againMs = options.again?.(call, id);
        return againMs === undefined ? {} : { againMs };
      } finally {
        running.set(id, (running.get(id) ?? 1) - 1);
      }
    },
    calls: (name) => calls.get(name) ?? 0,
    running: total,
    mostAtOnce: (name) => most.get(name) ?? 0,
    mostOfAll: () => mostOfAll,
  };
}

export function pause(ms: number): Promise<void> {
  return systemClock.sleep(ms, new AbortController().signal);
}

/** Looks every 10 ms; fails after `withinMs`. */
export async function eventually(holds: () => boolean, withinMs = 8000): Promise<void> {
  const deadline = systemClock.monotonicMs() + withinMs;
  while (!holds()) {
    assert(systemClock.monotonicMs() < deadline, `Did not come true within ${withinMs} ms: ${holds.toString()}`);
    await pause(10);
  }
}

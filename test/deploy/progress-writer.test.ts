import type { EngineProgress } from "#engine";
import { newDeploymentId, silentLog, systemClock } from "#kernel";
import { expect, test } from "vitest";
import { ProgressWriter } from "../../src/deploy/drive/progress-writer.ts";
import type { DeployDeps } from "../../src/deploy/deps.ts";

const SUBJECT = { repository: { owner: "acme", name: "shop" }, pull: 7 };

/** Time that runs a thousand times as fast. */
const clock: DeployDeps["clock"] = {
  now: () => systemClock.now(),
  monotonicMs: () => systemClock.monotonicMs() * 1000,
  sleep: (ms, signal) => systemClock.sleep(ms / 1000, signal),
};

const at = (lagMs: number): EngineProgress => ({ tables: [], lagMs }) as unknown as EngineProgress;

function watched(): { writer: ProgressWriter; written: { lagMs: number | undefined; news: boolean }[] } {
  const written: { lagMs: number | undefined; news: boolean }[] = [];
  const deployments = {
    putProgress: async (_id: unknown, progress: EngineProgress, subject?: unknown) => {
      written.push({ lagMs: progress.lagMs, news: subject !== undefined });
    },
  };
  const deps = { control: { deployments }, clock, log: silentLog } as unknown as DeployDeps;
  return { writer: new ProgressWriter(deps, newDeploymentId(), SUBJECT), written };
}

const pause = (ms: number): Promise<void> => clock.sleep(ms, new AbortController().signal);

test("what an engine said before it fell silent is written and told, though it came too soon after the one before", async () => {
  const { writer, written } = watched();
  for (const lag of [1, 2, 3]) writer.take(at(lag));
  await pause(20_000);
  expect(written[0]).toEqual({ lagMs: expect.any(Number) as number, news: true });
  expect(written.at(-1)).toEqual({ lagMs: 3, news: true });
  expect(written.length).toBeLessThanOrEqual(3);
  await writer.settled();
});

test("after the end nothing is written any more", async () => {
  const { writer, written } = watched();
  writer.take(at(1));
  writer.take(at(2));
  await writer.settled();
  const count = written.length;
  await pause(20_000);
  expect(written).toHaveLength(count);
});

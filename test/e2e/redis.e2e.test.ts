import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { deploymentAt, picture, planned, rows, story } from "../support/e2e-steps.ts";
import { type World, startWorld, underFolder } from "../support/e2e.ts";

/** One command on the world's own Redis. */
async function flush(world: World): Promise<number> {
  const redis = new Redis(world.redis?.socketPath ?? "", { lazyConnect: true });
  try {
    await redis.connect();
    const keys = await redis.dbsize();
    await redis.flushall();
    return keys;
  } finally {
    redis.disconnect();
  }
}

async function copied(world: World): Promise<number> {
  const sums = await Promise.all(
    world.dsns.map((dsn) => rows(dsn, "SELECT SUM(rows_copied) AS n FROM _sluice.progress").catch(() => [])),
  );
  return sums.reduce((sum, [row]) => sum + Number(row?.["n"] ?? 0), 0);
}

test(
  "Redis flushed before the work, flushed in the middle of it, killed and started again: nothing is lost",
  { timeout: 200_000 },
  async () => {
    await using world = await startWorld({
      dispatcher: "bullmq",
      worker: false,
      rows: 30_000,
      work: { reconcileMs: 1000 },
    });
    const pull = await world.openChange("coupons");
    expect(await planned(world, pull)).toBe("success");
    await world.repository.merge(pull, "ana");
    await deploymentAt(world, pull, ["queued"]);
    // The wake-up was all there was in Redis, and nobody has seen it.
    await world.until("a wake-up in Redis", async () => ((await flush(world)) > 0 ? true : undefined));
    await world.startWork();

    await world.until("a copy under way", async () => ((await copied(world)) > 0 ? true : undefined));
    await flush(world);
    await world.redis?.kill("SIGKILL");
    await deploymentAt(world, pull, ["ready"]);
    // Without Redis people decide and are obeyed all the same.
    await world.repository.comment(pull, "ben", "/apply");
    await deploymentAt(world, pull, ["window"]);

    await world.redis?.restart();
    await world.until("Redis seen again", () =>
      world.logLines.some((line) => line.includes("dispatch.redis-back")) ? true : undefined,
    );
    await flush(world);
    await world.repository.comment(pull, "ben", "/finalize");
    const view = await deploymentAt(world, pull, ["finalised"]);
    expect(story(view).filter((what) => what === "sealed")).toHaveLength(1);
    for (const dsn of world.dsns) expect((await picture(dsn))["carts"]).toContain("coupon_code");

    // And afterwards it is as if nothing had been.
    const next = await world.openChange(
      "after",
      underFolder({ "after.sql": "CREATE TABLE `after` (id INT PRIMARY KEY);\n" }),
    );
    expect(await planned(world, next)).toBe("success");
    await world.repository.merge(next, "ana");
    await deploymentAt(world, next, ["ready"]);
    expect((await flush(world)) > 0).toBe(true);
    await world.repository.comment(next, "ana", "/cancel");
    await deploymentAt(world, next, ["cancelled"]);
    world.github.assertNoViolations();
  },
);

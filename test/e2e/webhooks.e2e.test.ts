import { seededFaults } from "#sandbox";
import { expect, test } from "vitest";
import { type World, startWorld } from "../support/e2e.ts";

const TIMING = { reconcileMs: 1500, graceMs: 300 };

/** Opens, merges, applies and finalises, whatever happens to the webhooks, and returns where it ended. */
async function theWholeWay(world: World, branch: string): Promise<string> {
  const pull = await world.openChange(branch);
  const { head } = world.repository.pullRequest(pull);
  await world.until("the plan check", async () =>
    (await world.check(head.sha, "sluice / plan"))?.conclusion === "success" ? true : undefined,
  );
  const mergeSha = await world.repository.merge(pull, "ana");
  await world.until("ready", async () => {
    const run = await world.check(mergeSha, "sluice / seal (prod)");
    return run?.conclusion === "action_required" ? run : undefined;
  });
  await world.repository.comment(pull, "ben", "/apply");
  await world.until("sealed", async () => ((await world.deployment(pull))?.at === "window" ? true : undefined));
  await world.repository.comment(pull, "ben", "/finalize");
  await world.until("finalised", async () => ((await world.deployment(pull))?.at === "finalised" ? true : undefined));
  const views = await world.sluice.deps.control.deployments.list({
    subject: { repository: { owner: "acme", name: "shop" }, pull },
  });
  const plans = world.comments(pull).filter((one) => one.body.includes("sluice:plan"));
  const pings = world.comments(pull).filter((one) => one.body.includes("sluice:ping:"));
  return `${views.length} deployment, ${views[0]?.votes.length} vote, ${plans.length} plan, ${pings.length} ping`;
}

test.each([
  ["doubled, late and in any order", { double: 0.5, reorder: 0.5, delayMs: 400 }],
  ["lost, doubled, late and in any order", { drop: 0.4, double: 0.3, reorder: 0.3, delayMs: 300 }],
  ["all lost", { drop: 1 }],
])("webhooks that are %s lead to the same end", { timeout: 240_000 }, async (_why, rates) => {
  await using world = await startWorld({ shards: 1, rows: 300, timing: TIMING });
  Object.assign(world.github.faults, seededFaults({ seed: 7, ...rates }));
  expect(await theWholeWay(world, "chaos")).toBe("1 deployment, 1 vote, 1 plan, 1 ping");
  world.github.assertNoViolations();
});

import { startShopClients } from "#sandbox";
import { describe, expect, test } from "vitest";
import { type World, startWorld } from "../support/e2e.ts";

describe.each(["bullmq", "local"] as const)("the whole way, woken by %s", (dispatcher) => {
  test(
    "plan, merge, staged, applied, written to and reverted, under load, with nothing lost",
    { timeout: 240_000 },
    async () => {
      await using world = await startWorld({ dispatcher, rows: 6000 });
      const ending = new AbortController();
      const clients = await startShopClients({
        shards: world.dsns,
        filled: world.filled,
        signal: ending.signal,
        writersPerShard: 2,
      });
      try {
        const pull = await world.openChange("coupons");
        const { head } = world.repository.pullRequest(pull);
        const plan = await checkAt(world, head.sha, "sluice / plan", (run) => run.status === "completed");
        expect(plan.conclusion).toBe("success");

        const mergeSha = await world.repository.merge(pull, "ana");
        const ready = await checkAt(
          world,
          mergeSha,
          "sluice / seal (prod)",
          (run) => run.conclusion === "action_required",
        );
        expect(ready.actions.map((action) => action.identifier)).toEqual(["apply", "cancel"]);
        await checkAt(world, head.sha, "sluice / seal (prod)", (run) => run.title === ready.title);
        await world.until("the comment that notifies", () =>
          world.comments(pull).find((one) => one.body.includes("is staged and in sync")),
        );

        await refused(world, pull, "mallory", "/apply", "deploy/not-in-role");
        await refused(world, pull, "ana", "/apply", "deploy/not-in-role");
        await refused(world, pull, "ben", "/apply @000000", "deploy/pin-mismatch");
        expect((await world.deployment(pull))?.at).toBe("ready");

        await world.repository.comment(pull, "ben", "/apply");
        const sealed = await checkAt(
          world,
          mergeSha,
          "sluice / seal (prod)",
          (run) => run.title?.startsWith("Sealed") ?? false,
        );
        expect(sealed).toMatchObject({ conclusion: "success" });
        expect(sealed.actions.map((action) => action.identifier)).toEqual(["revert", "finalize"]);
        const view = await world.deployment(pull);
        expect(view?.sealed?.shards).toHaveLength(2);
        await world.until("the figures of the seal", () =>
          world.comments(pull).find((one) => one.body.includes("Longest a client can have waited")),
        );

        const before = clients.written();
        await world.until("writes after the seal", () => (clients.written() > before + 100 ? true : undefined));
        clients.expect("out");
        await world.repository.comment(pull, "ana", '/revert "the test says so"');
        const reverted = await checkAt(
          world,
          mergeSha,
          "sluice / seal (prod)",
          (run) => run.title?.startsWith("Reverted") ?? false,
        );
        expect(reverted.conclusion).toBe("failure");
        const after = clients.written();
        await world.until("writes after the revert", () => (clients.written() > after + 50 ? true : undefined));

        const report = await clients.stop();
        expect(report).toMatchObject({ rowsLost: 0, rowsDifferent: 0, clientErrors: 0, mixedReads: 0, incidents: [] });
        world.github.assertNoViolations();
      } finally {
        ending.abort();
      }
    },
  );
});

type Check = NonNullable<Awaited<ReturnType<World["check"]>>>;

function checkAt(world: World, sha: string, name: string, is: (run: Check) => boolean): Promise<Check> {
  const look = async (): Promise<Check | undefined> => {
    const run = await world.check(sha, name);
    return run !== undefined && is(run) ? run : undefined;
  };
  return world.until(`${name} as expected`, look, 120_000);
}

async function refused(world: World, pull: number, login: string, body: string, code: string): Promise<void> {
  const { id } = await world.repository.comment(pull, login, body);
  const reply = await world.until(`the answer to ${body}`, () =>
    world.comments(pull).find((one) => one.body.includes(`sluice:reply:${id} `)),
  );
  expect(reply.body).toContain(code);
}

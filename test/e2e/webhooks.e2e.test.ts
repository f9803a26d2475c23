import { seededFaults } from "#sandbox";
import { expect, test } from "vitest";
import { deploymentAt, leftovers, picture, planned, story } from "../support/e2e-steps.ts";
import { type World, startWorld, underFolder } from "../support/e2e.ts";

const SEAL = "sluice / seal (prod)";
/** Sweeps every half second: what takes a minute in production takes moments here. */
const TIMING = { reconcileMs: 500, graceMs: 400 } as const;
const RATES = { drop: 0.3, double: 0.4, reorder: 0.4, delayMs: 300 } as const;

/** What is left of one pull request's life once it is over, without names and times. */
interface End {
  readonly at: string;
  readonly story: readonly string[];
  readonly votes: readonly string[];
  readonly check: string | undefined;
  readonly comments: readonly string[];
  readonly reactions: readonly (readonly string[])[];
  readonly deployments: number;
}

/** Does one step of the story; what else goes on around it is its own business. */
type Around = <T>(step: () => Promise<T>) => Promise<T>;
const calmly: Around = (step) => step();

/** Opened, pushed to, merged, applied, finalised: every step is told by a webhook that may not come, or come twice. */
async function live(world: World, name: string, around: Around = calmly): Promise<End> {
  const file = (columns: string): Readonly<Record<string, string>> =>
    underFolder({ [`${name}.sql`]: `CREATE TABLE ${name} (\n  id INT NOT NULL,\n${columns}  PRIMARY KEY (id)\n);\n` });
  const pull = await around(() => world.openChange(name, file("")));
  await world.repository.commitFiles({ branch: name, files: file("  body VARCHAR(20) NOT NULL,\n"), author: "ana" });
  expect(await planned(world, pull)).toBe("success");
  const mergeSha = await around(() => world.repository.merge(pull, "ana"));
  await deploymentAt(world, pull, ["ready"]);
  // People decide when they are told that it is time.
  await world.until("the news", () => world.comments(pull).find(({ body }) => body.includes("is staged and in sync")));
  const apply = await around(() => world.repository.comment(pull, "ben", "/apply"));
  await deploymentAt(world, pull, ["window"]);
  const stranger = await world.repository.comment(pull, "mallory", "/revert");
  await world.until("the answer to mallory", () =>
    world.repository.comments(pull).find(({ id, reactions }) => id === stranger.id && reactions.length === 2),
  );
  const finalize = await world.repository.comment(pull, "ben", "/finalize");
  const view = await deploymentAt(world, pull, ["finalised"]);
  const commands = [apply, stranger, finalize].map(({ id }) => id);
  const reactionsOf = (): readonly (readonly string[])[] =>
    commands.map((id) =>
      (world.repository.comments(pull).find((one) => one.id === id)?.reactions ?? []).map((one) => one.content).sort(),
    );
  await world.until("all answers", () => (reactionsOf().every((some) => some.length === 2) ? true : undefined));
  const run = await world.until("the last word of the check", async () => {
    const found = await world.check(mergeSha, SEAL);
    return found?.title?.includes("finalised") === true ? found : undefined;
  });
  // Nothing that is still on its way may change any of it.
  await world.github.settle();
  const list = await world.sluice.deps.control.deployments.list({ database: "shop-prod" });
  return {
    at: view.at,
    story: story(view),
    votes: view.votes.map(({ actor }) => actor),
    check: run.title,
    comments: world.comments(pull).map(({ body }) => /<!-- (sluice:[a-z-]+)/.exec(body)?.[1] ?? body),
    reactions: reactionsOf(),
    deployments: list.filter((one) => one.origin?.pull === pull).length,
  };
}

function sorted(end: End): End {
  return { ...end, comments: [...end.comments].sort() };
}

test(
  "webhooks dropped, doubled, late and out of order, and a serve that restarts, lead to the same end as none of it",
  { timeout: 240_000 },
  async () => {
    await using world = await startWorld({ shards: 1, rows: 100, timing: TIMING });
    const quiet = sorted(await live(world, "quiet"));
    expect(quiet).toMatchObject({ at: "finalised", votes: ["ben"], deployments: 1 });
    expect(quiet.story).toEqual(
      expect.arrayContaining(["started", "planned", "staged", "voted", "sealed", "finalised"]),
    );

    const restart = async (): Promise<void> => {
      await world.stopServe();
      await world.startServe();
    };
    const restarting: Around = async (step) => {
      const [done] = await Promise.all([step(), restart()]);
      return done;
    };
    for (const [seed, around] of [
      [1, calmly],
      [2, calmly],
      [3, restarting],
    ] as const) {
      Object.assign(world.github.faults, seededFaults({ seed, ...RATES }));
      expect(sorted(await live(world, `seed_${seed}`, around))).toEqual(quiet);
    }
    Object.assign(world.github.faults, { drop: undefined, double: undefined, reorder: undefined, delayMs: undefined });

    // While serve is away, what happens is told to nobody: not even GitHub's own list of failed deliveries names it.
    const unheard: Around = async (step) => {
      await world.stopServe();
      world.github.setWebhookUrl(undefined);
      const done = await step();
      await world.github.settle();
      await world.startServe();
      return done;
    };
    expect(sorted(await live(world, "unheard", unheard))).toEqual(quiet);

    const tables = Object.keys(await picture(world.dsns[0] ?? ""));
    expect(tables).toEqual(expect.arrayContaining(["quiet", "unheard", "seed_1", "seed_2", "seed_3"]));
    expect(await leftovers(world.dsns[0] ?? "")).toEqual([]);
    const sent = world.github.deliveries();
    expect(sent.filter((one) => one.statusCode === 504 && !one.redelivery).length).toBeGreaterThan(5);
    expect(sent.some((one) => one.redelivery)).toBe(true);
    world.github.assertNoViolations();
  },
);

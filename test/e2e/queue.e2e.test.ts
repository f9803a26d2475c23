import { shortFingerprint } from "#kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkAt, deploymentAt, leftovers, picture, planned, rows, say, story } from "../support/e2e-steps.ts";
import { type World, startWorld, underFolder } from "../support/e2e.ts";

let world: World;
let shop: string;

beforeAll(async () => {
  world = await startWorld({ shards: 1, rows: 300, window: "1h" });
  [shop = ""] = world.dsns;
});

afterAll(async () => {
  try {
    world.github.assertNoViolations();
  } finally {
    await world[Symbol.asyncDispose]();
  }
});

const table = (name: string): Readonly<Record<string, string>> =>
  underFolder({ [`${name}.sql`]: `CREATE TABLE ${name} (\n  id INT NOT NULL,\n  PRIMARY KEY (id)\n);\n` });

async function opened(branch: string, files?: Readonly<Record<string, string>>): Promise<number> {
  const pull = await world.openChange(branch, files);
  expect(await planned(world, pull)).toBe("success");
  return pull;
}

/** What `/status` says of shop-prod, cell by cell. */
async function statusRow(pull: number): Promise<readonly string[]> {
  const { reply = "" } = await say(world, pull, "ana", "/status");
  const row = reply.split("\n").find((line) => line.includes("shop-prod")) ?? reply;
  return row.split("|").map((cell) => cell.trim());
}

const tablesOf = async (): Promise<readonly string[]> => Object.keys(await picture(shop));

test("one deployment at a time, in merge order; those behind show their place and are planned anew at their turn", async () => {
  const first = await opened("first", table("aa"));
  const second = await opened("second", table("bb"));
  const third = await opened("third", table("cc"));
  // Merged in another order than they were opened.
  await world.repository.merge(second, "ana");
  await deploymentAt(world, second, ["ready"]);
  await world.repository.merge(third, "ana");
  await deploymentAt(world, third, ["queued"]);
  // GitHub tells the time of a merge in whole seconds.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await world.repository.merge(first, "ana");
  await deploymentAt(world, first, ["queued"]);

  expect(await statusRow(third)).toEqual(expect.arrayContaining(["2", expect.stringContaining("queued behind 1")]));
  expect(await statusRow(first)).toEqual(expect.arrayContaining(["3", expect.stringContaining("queued behind 2")]));
  expect((await say(world, third, "ben", "/apply")).reply).toContain("deploy/not-ready");

  // The first is still in its revert window: that holds the lane, too.
  await say(world, second, "ben", "/apply");
  await deploymentAt(world, second, ["window"]);
  expect((await world.deployment(third))?.at).toBe("queued");
  await say(world, second, "ben", "/finalize");
  await deploymentAt(world, second, ["finalised"]);

  // Its turn: the reviewed change alone is left to do.
  const view = await deploymentAt(world, third, ["ready"]);
  expect(view.plan.changes.map((change) => change.table)).toEqual(["cc"]);
  expect(await statusRow(first)).toEqual(expect.arrayContaining(["2", expect.stringContaining("queued behind 1")]));
  await say(world, third, "ben", "/apply");
  await deploymentAt(world, third, ["window"]);
  await say(world, third, "ben", "/finalize");
  await deploymentAt(world, first, ["ready"]);
  expect((await say(world, first, "ana", "/cancel")).reaction).toBe("rocket");
  await deploymentAt(world, first, ["cancelled"]);
  expect(await tablesOf()).toEqual(expect.arrayContaining(["bb", "cc"]));
  expect(await tablesOf()).not.toContain("aa");
});

test("a plan that is not the reviewed one any more blocks, and goes on only after /plan", async () => {
  // `aa` of the cancelled deployment is on main: the next merge would bring it along, and its reviewers saw that.
  const pull = await opened("drift", table("dd"));
  await rows(shop, "ALTER TABLE stock_movements ADD COLUMN by_hand INT NULL");
  const mergeSha = await world.repository.merge(pull, "ana");
  const blocked = await deploymentAt(world, pull, ["blocked"]);
  expect(blocked.reasons.map((reason) => reason.code)).toContain("deploy/plan-changed");
  expect(blocked.plan.fingerprint).not.toBe(blocked.reviewedFingerprint);
  const check = await checkAt(world, mergeSha, "sluice / seal (prod)", (run) => run.conclusion === "failure");
  expect(check.title).toContain("deploy/plan-changed");
  expect((await say(world, pull, "ben", "/apply")).reply).toContain("deploy/not-ready");
  expect(await leftovers(shop)).toEqual([]);

  // A click on what the check shows now gets lost on its way, and meanwhile the plan becomes another one.
  world.github.faults.drop = ({ action }) => action === "requested_action";
  await world.github.clickAction(check.id, "cancel", "ana");
  await world.github.settle();
  world.github.faults.drop = undefined;
  const lost = world.github.deliveries().findLast(({ action }) => action === "requested_action");
  await rows(shop, "ALTER TABLE stock_movements DROP COLUMN by_hand");
  expect((await say(world, pull, "ana", "/plan")).reaction).toBe("rocket");
  const ready = await deploymentAt(world, pull, ["ready"]);
  expect(ready.plan.changes.map((change) => change.table).sort()).toEqual(["aa", "dd"]);
  await world.github.redeliver(lost?.id ?? 0);
  const answer = await world.until("the answer to the stale click", () =>
    world.comments(pull).find(({ body }) => body.includes("clicked **cancel**")),
  );
  expect(answer.body).toContain("deploy/pin-mismatch");
  expect(answer.body).toContain(`@${shortFingerprint(ready.plan.fingerprint)}`);

  expect((await say(world, pull, "ben", `/apply @${blocked.plan.fingerprint.slice(0, 8)}`)).reply).toContain(
    "deploy/pin-mismatch",
  );
  expect((await say(world, pull, "ben", `/apply @${shortFingerprint(ready.plan.fingerprint)}`)).reaction).toBe(
    "rocket",
  );
  await deploymentAt(world, pull, ["window"]);
  await say(world, pull, "ben", "/finalize");
  await deploymentAt(world, pull, ["finalised"]);
});

test("a table altered by hand while it is staged ends the deployment with production as that hand left it", async () => {
  const pull = await opened("coupons");
  await world.repository.merge(pull, "ana");
  await deploymentAt(world, pull, ["ready"]);
  await rows(shop, "ALTER TABLE reviews COMMENT = 'by hand'");
  const view = await deploymentAt(world, pull, ["failed", "blocked"]);
  expect(view.reasons.map((reason) => reason.code)).toContain("engine/ddl-seen");
  expect(story(view)).not.toContain("sealed");
  expect(await leftovers(shop)).toEqual([]);
  const after = await picture(shop);
  expect(after["reviews"]).toContain("COMMENT='by hand'");
  expect(after["reviews"]).toContain("`title` varchar(80)");
  expect((await say(world, pull, "ben", "/apply")).reply).toMatch(/deploy\/(over|not-ready)/);
});

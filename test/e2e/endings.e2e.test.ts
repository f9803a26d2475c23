import { afterAll, beforeAll, expect, test } from "vitest";
import { checkAt, deploymentAt, leftovers, picture, planned, rows, say, story } from "../support/e2e-steps.ts";
import { type World, startWorld, underFolder } from "../support/e2e.ts";

const SEAL = "sluice / seal (prod)";
const NOTES = "CREATE TABLE notes (\n  id INT NOT NULL,\n  body VARCHAR(20) NOT NULL,\n  PRIMARY KEY (id)\n)";
const LONGER_NOTES = `${NOTES.replace("VARCHAR(20)", "VARCHAR(200)")};\n`;

/** A schema folder of its own, sealed without asking, on the same server. */
const group = (name: string, window: string): string => `  ${name}:
    repository: acme/shop
    path: schemas/${name}
    channels:
      prod: { branch: main, seal: auto }
    databases:
      - name: ${name}-prod
        channel: prod
        revert: { window: ${window} }
        shards:
          - { id: "0", dsn: "env:${name.toUpperCase()}" }
`;

let world: World;
let shop: string;

beforeAll(async () => {
  world = await startWorld({
    shards: 1,
    rows: 400,
    groups: group("zero", "0s") + group("short", "3s"),
    variables: async ({ shards: [server] }) => {
      const dsn = (name?: string): string => server?.dsn(name) ?? "";
      for (const name of ["zero", "short"]) {
        await rows(dsn(), `CREATE DATABASE ${name}`);
        await rows(dsn(name), NOTES);
        await rows(dsn(name), "INSERT INTO notes VALUES (1, 'one'), (2, 'two')");
      }
      return { ZERO: dsn("zero"), SHORT: dsn("short") };
    },
  });
  [shop = ""] = world.dsns;
});

afterAll(async () => {
  try {
    world.github.assertNoViolations();
  } finally {
    await world[Symbol.asyncDispose]();
  }
});

async function merged(branch: string, files?: Readonly<Record<string, string>>): Promise<[number, string]> {
  const pull = await world.openChange(branch, files);
  expect(await planned(world, pull)).toBe("success");
  return [pull, await world.repository.merge(pull, "ana")];
}

const extra = (name: string): Readonly<Record<string, string>> =>
  underFolder({ [`${name}.sql`]: `CREATE TABLE ${name} (\n  id INT NOT NULL,\n  PRIMARY KEY (id)\n);\n` });

async function refused(pull: number, login: string, body: string, ...words: readonly string[]): Promise<void> {
  const { reaction, reply } = await say(world, pull, login, body);
  expect({ body, reaction }).toEqual({ body, reaction: "confused" });
  for (const word of words) expect({ body, reply }).toEqual({ body, reply: expect.stringContaining(word) });
}

test("/cancel before the seal leaves production as it was, and nothing of Sluice's behind", async () => {
  const before = await picture(shop);
  const [pull, mergeSha] = await merged("cancelled");
  const { id } = await deploymentAt(world, pull, ["ready"]);
  expect(await leftovers(shop)).toContain(`_sluice_${id}_new`);

  await refused(pull, "ben", "/revert", "deploy/not-sealed", "/cancel db:shop-prod");
  await refused(pull, "ben", "/finalize", "deploy/not-sealed", "/apply @");
  await refused(pull, "ben", "/apply db:shop-dev", "github/unknown-database", "/apply db:shop-prod");
  await refused(pull, "mallory", "/cancel", "deploy/not-in-role");

  expect(await say(world, pull, "ana", '/cancel "not today"')).toEqual({ reaction: "rocket", reply: undefined });
  await deploymentAt(world, pull, ["cancelled"]);
  expect(await picture(shop)).toEqual(before);
  expect(await leftovers(shop)).toEqual([]);
  const check = await checkAt(world, mergeSha, SEAL, (run) => run.conclusion === "cancelled");
  expect(check).toMatchObject({ title: "Cancelled, production untouched", actions: [] });
  for (const verb of ["apply", "cancel", "revert", "finalize"]) {
    await refused(pull, "ben", `/${verb}`, "deploy/over", "it was cancelled");
  }
});

test("buttons do what the comments do, for those who may, and a revert keeps what was written", async () => {
  const before = await picture(shop);
  const [pull, mergeSha] = await merged("buttons", extra("extra_one"));
  const ready = await checkAt(world, mergeSha, SEAL, (run) => run.conclusion === "action_required");
  await world.github.clickAction(ready.id, "apply", "ana");
  await world.until("the answer to ana's click", () =>
    world.comments(pull).find(({ body }) => body.includes("clicked **apply**") && body.includes("deploy/not-in-role")),
  );
  expect((await world.deployment(pull))?.at).toBe("ready");

  await world.github.clickAction(ready.id, "apply", "ben");
  const sealed = await checkAt(world, mergeSha, SEAL, (run) => run.title?.startsWith("Sealed") ?? false);
  expect(await picture(shop)).not.toEqual(before);
  await refused(pull, "ben", "/apply", "deploy/already-sealed");
  await refused(pull, "ben", "/cancel", "deploy/already-sealed", "/revert db:shop-prod");

  await rows(shop, "UPDATE reviews SET helpful = helpful + 1 WHERE id = 1");
  await world.github.clickAction(sealed.id, "revert", "ana");
  const view = await deploymentAt(world, pull, ["reverted"]);
  const { reviews, ...others } = await picture(shop);
  const { reviews: old, ...same } = before;
  expect(others).toEqual(same);
  expect(reviews?.split(" ").slice(0, -1)).toEqual(old?.split(" ").slice(0, -1));
  expect(reviews).not.toBe(old);
  expect(await leftovers(shop)).toEqual([]);
  await refused(pull, "ben", "/revert", "deploy/over", "it was reverted");
  const voters = view.history.filter(({ what }) => what === "voted" || what === "revert-asked");
  expect(voters.map(({ actor }) => actor)).toEqual(["ben", "ana"]);
});

test("/finalize ends the window for good, and takes the role that sealing takes", async () => {
  const [pull, mergeSha] = await merged("finalised", extra("extra_two"));
  await deploymentAt(world, pull, ["ready"]);
  expect((await say(world, pull, "ben", "/apply")).reaction).toBe("rocket");
  const sealed = await checkAt(world, mergeSha, SEAL, (run) => run.title?.startsWith("Sealed") ?? false);
  await refused(pull, "ana", "/finalize", "deploy/not-in-role");
  await world.github.clickAction(sealed.id, "finalize", "ben");
  await deploymentAt(world, pull, ["finalised"]);
  const check = await checkAt(world, mergeSha, SEAL, (run) => run.title?.includes("finalised") ?? false);
  expect(check).toMatchObject({ conclusion: "success", actions: [] });
  expect(Object.keys(await picture(shop))).toEqual(expect.arrayContaining(["coupons", "extra_one", "extra_two"]));
  expect(await leftovers(shop)).toEqual([]);
  await refused(pull, "ben", "/revert", "deploy/over", "it is finalised");
});

test("a window of 0 finalises at once", async () => {
  const dsn = world.shards[0]?.dsn("zero") ?? "";
  const [pull] = await merged("zero", { "schemas/zero/notes.sql": LONGER_NOTES });
  const view = await deploymentAt(world, pull, ["finalised"], { database: "zero-prod" });
  expect(story(view)).not.toContain("window-opened");
  expect((await picture(dsn))["notes"]).toContain("varchar(200)");
  expect(await leftovers(dsn)).toEqual([]);
  expect(await world.sluice.deps.control.deployments.list({ database: "shop-prod", open: true })).toEqual([]);
});

test("a window that runs out finalises by itself", async () => {
  const dsn = world.shards[0]?.dsn("short") ?? "";
  const [pull] = await merged("short", { "schemas/short/notes.sql": LONGER_NOTES });
  const view = await deploymentAt(world, pull, ["finalised"], { database: "short-prod" });
  expect(story(view)).toEqual(expect.arrayContaining(["sealed", "window-opened", "window-ended", "finalised"]));
  expect(await rows(dsn, "SELECT id, body FROM notes ORDER BY id")).toEqual([
    { id: 1, body: "one" },
    { id: 2, body: "two" },
  ]);
  expect(await leftovers(dsn)).toEqual([]);
});

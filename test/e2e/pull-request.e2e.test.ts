import { changeShop, shopFiles } from "#sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type World, startWorld, underFolder } from "../support/e2e.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({ shards: 1, rows: 100, worker: false });
});

afterAll(async () => {
  try {
    world.github.assertNoViolations();
  } finally {
    await world[Symbol.asyncDispose]();
  }
});

const planCheck = (pull: number) => {
  const { head } = world.repository.pullRequest(pull);
  return world.until(`the plan check of #${pull}`, async () => {
    const run = await world.check(head.sha, "sluice / plan");
    return run?.status === "completed" ? run : undefined;
  });
};
const planComment = (pull: number) =>
  world.until(`the plan comment on #${pull}`, () =>
    world.comments(pull).find((one) => one.body.includes("sluice:plan")),
  );
const answerTo = async (pull: number, login: string, body: string) => {
  const { id } = await world.repository.comment(pull, login, body);
  return world.until(`the answer to ${body}`, () => {
    const reactions = world.repository
      .comments(pull)
      .find((one) => one.id === id)
      ?.reactions.map((one) => one.content);
    if (reactions?.includes("rocket")) return { reaction: "rocket", reply: reply(pull, id) };
    const said = reply(pull, id);
    return reactions?.includes("confused") && said !== undefined ? { reaction: "confused", reply: said } : undefined;
  });
};
const reply = (pull: number, id: number): string | undefined =>
  world.comments(pull).find((one) => one.body.includes(`sluice:reply:${id} `))?.body;

test("a pull request gets one plan comment and a passing check, and both follow the next push", async () => {
  const pull = await world.openChange("coupons");
  const check = await planCheck(pull);
  expect(check).toMatchObject({ conclusion: "success", title: "4 changes" });
  const comment = await planComment(pull);
  for (const table of ["carts", "reviews", "stock_movements", "coupons"])
    expect(comment.body).toContain(`\`${table}\``);
  expect(comment.body).toContain("Replayed on MySQL");

  const before = world.repository.pullRequest(pull).head.sha;
  await world.repository.commitFiles({ branch: "coupons", files: underFolder({ "coupons.sql": null }), author: "ana" });
  expect(world.repository.pullRequest(pull).head.sha).not.toBe(before);
  expect(await planCheck(pull)).toMatchObject({ conclusion: "success", title: "3 changes" });
  await world.until("the comment to follow", () => {
    const now = world.comments(pull).find((one) => one.id === comment.id);
    return now?.body.includes("coupons.sql") === false && !now.body.includes("`coupons`") ? now : undefined;
  });
  expect(world.comments(pull).filter((one) => one.body.includes("sluice:plan"))).toHaveLength(1);
});

test("bad SQL fails the check at its line, and says so in the comment", async () => {
  const pull = await world.openChange(
    "typo",
    underFolder({ "extra.sql": "CREATE TABLE extra (\n  id INT PRIMARY KEY,\n  x INTT\n);\n" }),
  );
  expect(await planCheck(pull)).toMatchObject({ conclusion: "failure" });
  expect((await planComment(pull)).body).toContain("`extra.sql:");
});

test("a pull request that touches no schema file passes without a comment", async () => {
  const pull = await world.openChange("readme", { "README.md": "# the shop\n" });
  expect(await planCheck(pull)).toMatchObject({ conclusion: "success", title: "No schema changes" });
  expect(world.comments(pull)).toEqual([]);
});

test("commands are refused with a reason and the next line to paste, by people who may not and before their time", async () => {
  const pull = await world.openChange("early");
  await planCheck(pull);
  expect(await answerTo(pull, "ben", "/apply")).toMatchObject({
    reaction: "confused",
    reply: expect.stringContaining("github/not-merged"),
  });
  expect(await answerTo(pull, "mallory", "/plan")).toMatchObject({
    reaction: "confused",
    reply: expect.stringContaining("github/no-permission"),
  });
  expect(await answerTo(pull, "ana", "/plann")).toMatchObject({
    reply: expect.stringContaining("Did you mean /plan?"),
  });
  expect(await answerTo(pull, "mallory", "/help")).toMatchObject({
    reaction: "rocket",
    reply: expect.stringContaining("/revert"),
  });
  expect(await answerTo(pull, "ana", "/plan")).toMatchObject({ reaction: "rocket", reply: undefined });
});

test("an edited comment, a quoted command and a bot's own words act on nothing", async () => {
  const pull = await world.openChange("quiet");
  await planCheck(pull);
  const { id } = await world.repository.comment(pull, "ana", "hello");
  await world.repository.editComment(id, "ana", "/help");
  await world.repository.comment(pull, "ana", "> /help");
  await answerTo(pull, "ana", "/status");
  await world.github.settle();
  expect(world.comments(pull).filter((one) => one.body.includes("sluice:reply"))).toHaveLength(1);
});

test("a fork's change is looked at but never run, and waits for a maintainer", async () => {
  const fork = await world.repository.fork("eve");
  await fork.commitFiles({ branch: "evil", files: underFolder(changeShop(shopFiles())), author: "eve" });
  const { number } = await world.repository.openPullRequest({ title: "Evil", head: "eve:evil", author: "eve" });
  expect(await planCheck(number)).toMatchObject({ conclusion: "action_required" });
  expect((await planComment(number)).body).toContain("github/fork");
});

test("a merge group is planned for real", async () => {
  const pull = await world.openChange("grouped");
  await planCheck(pull);
  const { headSha } = await world.repository.queueMergeGroup([pull]);
  const run = await world.until("the merge group's check", async () => {
    const found = await world.check(headSha, "sluice / plan");
    return found?.status === "completed" ? found : undefined;
  });
  expect(run).toMatchObject({ conclusion: "success", title: "4 changes" });
});

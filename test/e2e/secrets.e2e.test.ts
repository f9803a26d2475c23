import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runSluice } from "../cli/sluice-process.ts";
import { checkAt, deploymentAt, planned, rows, say } from "../support/e2e-steps.ts";
import { type World, startWorld, underFolder } from "../support/e2e.ts";

/** As people make them: with characters that URLs, shells and JSON write in other ways. */
const PASSWORD = `pw-${randomBytes(6).toString("hex")}/+%"'é`;
const VALUE = `canary-${randomBytes(6).toString("hex")}`;

let world: World;
const outputs: string[] = [];

beforeAll(async () => {
  world = await startWorld({ shards: 1, rows: 60, password: PASSWORD, logLevel: "debug" });
  const [shop = ""] = world.dsns;
  await rows(shop, "UPDATE reviews SET author = ?, title = ?, body = ? WHERE id <= 20", [VALUE, VALUE, VALUE]);
  await rows(shop, "UPDATE stock_movements SET note = ?", [VALUE]);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** Every way a value may be written down. */
function forms(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  return [
    ...new Set([
      value,
      json,
      JSON.stringify(json).slice(1, -1),
      encodeURIComponent(value),
      encodeURI(value),
      Buffer.from(value).toString("base64"),
      Buffer.from(value).toString("hex"),
    ]),
  ];
}

/** Everything that people or other machines can read of what Sluice wrote. */
async function written(): Promise<Readonly<Record<string, string>>> {
  const control = world.home.dsn("sluice");
  const tables = (await rows(control, "SHOW TABLES")).map((row) => String(Object.values(row)[0]));
  const stored: Record<string, string> = {};
  for (const table of tables) {
    stored[`control.${table}`] = JSON.stringify(await rows(control, `SELECT * FROM \`${table}\``));
  }
  const pulls = [1, 2, 3, 4];
  const shas = pulls.flatMap((pull) => {
    const view = world.repository.pullRequest(pull);
    return [view.head.sha, view.mergeCommitSha ?? view.head.sha];
  });
  const checks = await Promise.all([...new Set(shas)].map((sha) => world.repository.checkRuns(sha)));
  const page = async (path: string): Promise<string> => (await fetch(`${world.serve.url}${path}`)).text();
  const list = await world.sluice.deps.control.deployments.list({});
  return {
    ...stored,
    log: world.logLines.join(""),
    comments: JSON.stringify(pulls.map((pull) => world.comments(pull))),
    checks: JSON.stringify(checks),
    pages: [
      await page("/"),
      await page("/metrics"),
      ...(await Promise.all(list.map(({ id }) => page(`/deployments/${id}`)))),
    ].join(),
    cli: outputs.join(),
  };
}

test("passwords, keys and values of rows are nowhere in logs, comments, checks, pages, events or the CLI's words", async () => {
  const [shop = ""] = world.dsns;
  // One that goes all the way and back.
  const whole = await world.openChange("coupons");
  expect(await planned(world, whole)).toBe("success");
  await world.repository.merge(whole, "ana");
  await deploymentAt(world, whole, ["ready"]);
  for (const args of [["status"], ["status", "--json"]]) {
    const ended = await runSluice(args, world.processEnv);
    expect(ended).toMatchObject({ code: 0 });
    outputs.push(ended.stdout, ended.stderr);
  }
  await say(world, whole, "ben", "/apply");
  await deploymentAt(world, whole, ["window"]);
  await world.until("the window's tail", async () =>
    (await world.deployment(whole))?.history.some((line) => line.what === "window-opened") ? true : undefined,
  );
  // A row that does not fit into the old shape: the revert has to say so, and not what is in it.
  await rows(shop, "UPDATE reviews SET title = ? WHERE id = 1", [`${VALUE} ${"long ".repeat(30)}`]);
  await say(world, whole, "ana", "/revert");
  await world.until("the revert to be refused", async () => {
    const view = await world.deployment(whole);
    return view?.reasons.some((reason) => reason.code === "engine/revert-blocked") === true ? true : undefined;
  });
  await rows(shop, "UPDATE reviews SET title = 'short' WHERE id = 1");
  await world.until("a revert that is not refused", async () => {
    await say(world, whole, "ana", "/revert");
    return (await world.deployment(whole))?.at === "window" ? undefined : true;
  });
  await deploymentAt(world, whole, ["reverted"]);

  // One whose rows cannot take the new shape: every row has the same note.
  const unique = await world.openChange(
    "unique",
    underFolder({
      "stock_movements.sql": (
        (await world.repository.readFile("main", "schemas/shop/stock_movements.sql")) ?? ""
      ).replace("  KEY stock_movements_product", "  UNIQUE KEY one_note (note),\n  KEY stock_movements_product"),
    }),
  );
  await planned(world, unique);
  await world.repository.merge(unique, "ana");
  const refused = await deploymentAt(world, unique, ["blocked"]);
  expect(refused.reasons.map((reason) => reason.code)).toEqual(["engine/duplicate"]);
  await say(world, unique, "ana", "/cancel");

  // One that the server refuses with a message that quotes what it was given.
  const broken = await world.openChange(
    "broken",
    underFolder({ "broken.sql": "CREATE TABLE broken (id INT PRIMARY KEY, x INTT);\n" }),
  );
  expect(await planned(world, broken)).toBe("failure");

  // And one while the target does not know the account any more.
  await rows(world.shards[0]?.dsn() ?? "", "ALTER USER sluice@'%' IDENTIFIED BY 'another'");
  const locked = await world.openChange(
    "locked",
    underFolder({ "locked.sql": "CREATE TABLE locked (id INT PRIMARY KEY);\n" }),
  );
  const check = await checkAt(
    world,
    world.repository.pullRequest(locked).head.sha,
    "sluice / plan",
    (run) => run.status === "completed",
  );
  expect(check.conclusion).not.toBe("success");
  const tried = await runSluice(
    ["alter", "--dsn", "env:SHOP_0", "--table", "reviews", "--alter", "ADD COLUMN x INT", "--json"],
    world.processEnv,
  );
  expect(tried).toMatchObject({ code: 4, stdout: expect.stringContaining("drivers/cannot-connect") });
  outputs.push(tried.stdout, tried.stderr);
  await world.github.settle();

  const places = await written();
  expect(Object.keys(places).length).toBeGreaterThan(12);
  for (const text of Object.values(places)) expect(text.length).toBeGreaterThan(0);
  expect(places["log"]).toContain("deployment.moved");
  const secrets = {
    password: PASSWORD,
    value: VALUE,
    "webhook secret": world.github.webhookSecret,
    "private key": world.github.privateKey.split("\n")[1] ?? "",
  };
  expect(Object.values(secrets).every((secret) => secret.length > 10)).toBe(true);
  const found = Object.entries(secrets).flatMap(([what, secret]) =>
    Object.entries(places)
      .filter(([, text]) => forms(secret).some((form) => text.includes(form)))
      .map(([place]) => `${what} in ${place}`),
  );
  expect(found).toEqual([]);
});

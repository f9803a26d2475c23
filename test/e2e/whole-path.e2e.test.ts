import type { DeploymentView } from "#deploy";
import { requiredGrants } from "#engine";
import { createShop, fillShop, shopFiles } from "#sandbox";
import { type Connection, type RowDataPacket, createConnection } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runSluice } from "../cli/sluice-process.ts";
import { checkAt, deploymentAt, picture, planned, rows, say } from "../support/e2e-steps.ts";
import { type World, startWorld, underFolder } from "../support/e2e.ts";

const SEAL = "sluice / seal (prod)";
const BOTH = ["shop-prod", "shop-eu"] as const;

/** A second database of shop's channel. */
const SECOND = `      - name: shop-eu
        channel: prod
        shards:
          - { id: "0", dsn: "env:SHOP_EU" }
`;

const group = (name: string): string => `  ${name}:
    repository: acme/shop
    path: schemas/${name}
    channels:
      prod: { branch: main, seal: auto }
    databases:
      - name: ${name}-prod
        channel: prod
        shards:
          - { id: "0", dsn: "env:${name.toUpperCase()}" }
`;

/** Objects beside plain tables, as they are and as a pull request wants them. */
const ODD = {
  "items.sql": "CREATE TABLE items (\n  id INT NOT NULL,\n  price INT NOT NULL,\n  PRIMARY KEY (id)\n)",
  "cheap.sql": "CREATE VIEW cheap AS SELECT id FROM items WHERE price < 10",
  "floor.sql": "CREATE TRIGGER price_floor BEFORE INSERT ON items FOR EACH ROW SET NEW.price = GREATEST(NEW.price, 0)",
  "visits.sql":
    "CREATE TABLE visits (\n  id INT NOT NULL,\n  PRIMARY KEY (id)\n)\nPARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (1000))",
};
const NOTES = "CREATE TABLE notes (\n  id INT NOT NULL,\n  body VARCHAR(20) NOT NULL,\n  PRIMARY KEY (id)\n)";

let world: World;
let root: Connection;

beforeAll(async () => {
  world = await startWorld({
    shards: 1,
    rows: 6000,
    groups: SECOND + group("odd") + group("limited"),
    variables: async ({ shards: [server] }) => {
      const dsn = (name?: string): string => server?.dsn(name) ?? "";
      await createShop(dsn("shop_eu"));
      await fillShop({ shards: [dsn("shop_eu")], rows: 300 });
      for (const name of ["odd", "limited"]) await rows(dsn(), `CREATE DATABASE ${name}`);
      for (const sql of Object.values(ODD)) await rows(dsn("odd"), sql);
      await rows(dsn("limited"), NOTES);
      await rows(dsn(), "CREATE USER limited@'%' IDENTIFIED BY 'no-secret'");
      for (const grant of requiredGrants("limited", "limited@%")) {
        await rows(dsn(), grant.replace(/LOCK TABLES, (?=TRIGGER)/, ""));
      }
      const limited = new URL(dsn("limited"));
      [limited.username, limited.password] = ["limited", "no-secret"];
      return { SHOP_EU: dsn("shop_eu"), ODD: dsn("odd"), LIMITED: limited.href };
    },
  });
  root = await createConnection(world.dsns[0] ?? "");
  world.repository.requireChecks("main", ["sluice / plan"]);
});

afterAll(async () => {
  try {
    world.github.assertNoViolations();
  } finally {
    root.destroy();
    await world[Symbol.asyncDispose]();
  }
});

const commentWith = (pull: number, marker: string, ...words: readonly string[]): Promise<string> =>
  world.until(
    `a comment on #${pull} with ${words.join(", ")}`,
    () =>
      world.comments(pull).find(({ body }) => body.includes(marker) && words.every((word) => body.includes(word)))
        ?.body,
  );

/** The plan check says no, and GitHub lets nobody merge; returns the comment that says why. */
async function cannotMerge(pull: number): Promise<string> {
  expect(await planned(world, pull)).toMatch(/^(failure|action_required)$/);
  // What the API answers with 405.
  await expect(world.repository.merge(pull, "ana")).rejects.toMatchObject({ code: "sandbox/not-mergeable" });
  expect(world.repository.pullRequest(pull).merged).toBe(false);
  return commentWith(pull, "sluice:plan");
}

test.each([
  ["view", "cheap.sql", "price < 10", "price < 20", "cheap"],
  ["trigger", "floor.sql", "GREATEST(NEW.price, 0)", "GREATEST(NEW.price, 1)", "price_floor"],
  ["partition", "visits.sql", "LESS THAN (1000)", "LESS THAN (2000)", "visits"],
] as const)("a changed %s is named as not handled, and cannot be merged", async (what, file, from, to, name) => {
  const wanted = { ...ODD, [file]: ODD[file].replace(from, to) };
  const files = Object.fromEntries(Object.entries(wanted).map(([path, sql]) => [path, `${sql};\n`]));
  const pull = await world.openChange(`odd-${what}`, underFolder(files, "schemas/odd"));
  const comment = await cannotMerge(pull);
  expect(comment).toMatch(/`odd-prod` .*in the way/);
  expect(comment).toMatch(new RegExp(`\\| \`${name}\` \\|.*\\| not handled \\|`));
});

test("a change of a table with a foreign key is refused by name, and cannot be merged", async () => {
  const orders = shopFiles()["orders.sql"]?.replace("total DECIMAL(12, 2)", "total DECIMAL(14, 2)") ?? "";
  const pull = await world.openChange("foreign-key", underFolder({ "orders.sql": orders }));
  const comment = await cannotMerge(pull);
  for (const word of ["`orders`", "engine/not-yet", "orders\\_customer\\_fk", "order\\_lines\\_order\\_fk"]) {
    expect(comment).toContain(word);
  }
});

test("a missing privilege blocks with the exact grants, and /plan goes on once they were given", async () => {
  const files = { "schemas/limited/notes.sql": `${NOTES.replace("VARCHAR(20)", "VARCHAR(200)")};\n` };
  const pull = await world.openChange("limited", files);
  expect(await planned(world, pull)).toBe("success");
  const mergeSha = await world.repository.merge(pull, "ana");
  const view = await deploymentAt(world, pull, ["blocked"], { database: "limited-prod" });
  const [reason] = view.reasons;
  expect(reason?.code).toBe("engine/privileges");
  expect(reason?.message).toMatch(/lacks LOCK TABLES on limited$/);
  const grants = requiredGrants("limited", "limited@%");
  await commentWith(pull, "sluice:deploy", "engine/privileges", ...grants);
  const check = await checkAt(world, mergeSha, SEAL, (run) => run.conclusion === "failure");
  expect(check.title).toContain("engine/privileges");

  for (const grant of grants) await root.query(grant);
  expect((await say(world, pull, "ana", "/plan")).reaction).toBe("rocket");
  await deploymentAt(world, pull, ["window"], { database: "limited-prod" });
  expect((await picture(world.shards[0]?.dsn("limited") ?? ""))["notes"]).toContain("varchar(200)");
});

let pull: number;
let mergeSha: string;

/** What `sluice status --json` says of a deployment. */
async function statusOf(id: string): Promise<DeploymentView> {
  const ended = await runSluice(["status", id, "--json"], world.processEnv);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return JSON.parse(ended.stdout) as DeploymentView;
}

const PERCENT = /Staging (\d+) %/;

test("a merge stages every database of the channel, and its progress is seen on the check, in the comment and in the CLI", async () => {
  pull = await world.openChange("coupons");
  expect(await planned(world, pull)).toBe("success");
  await commentWith(pull, "sluice:plan", ...BOTH.map((name) => `\`${name}\``));
  // Somebody's own lock holds up the last table's copy, so that there is a middle to look at.
  await root.query("LOCK TABLES carts WRITE");
  mergeSha = await world.repository.merge(pull, "ana");
  const prod = `sluice / db / shop-prod`;
  const shares: number[] = [];
  await checkAt(world, mergeSha, prod, (run) => {
    const share = Number(PERCENT.exec(run.title ?? "")?.[1] ?? Number.NaN);
    if (!Number.isNaN(share) && share !== shares.at(-1)) shares.push(share);
    return share > 0;
  });
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBeLessThan(100);
  await commentWith(pull, "sluice:deploy", "`shop-prod` · ⏳ **staging ", "of everything");
  const view = await deploymentAt(world, pull, ["staging"]);
  const shown = await statusOf(view.id);
  expect(shown).toMatchObject({ id: view.id, at: "staging", database: "shop-prod" });
  const copied = shown.progress?.tables.map(({ table, rowsCopied }) => [table, rowsCopied]) ?? [];
  expect(Object.fromEntries(copied)).toMatchObject({ carts: 0, stock_movements: world.filled["stock_movements"] });

  // The other database need not wait; the check of the channel does.
  await checkAt(world, mergeSha, "sluice / db / shop-eu", (run) => run.conclusion === "action_required");
  await checkAt(world, mergeSha, SEAL, (run) => /^Staging \d+ %.*\(1 of 2 databases\)$/.test(run.title ?? ""));
  await root.query("UNLOCK TABLES");
  for (const database of BOTH) await deploymentAt(world, pull, ["ready"], { database });
  const check = await checkAt(world, mergeSha, SEAL, (run) => run.conclusion === "action_required");
  expect(check.title).toMatch(/^Ready to seal · /);
  expect(check.title).not.toContain("of 2");
  expect((await statusOf(view.id)).at).toBe("ready");
});

test("who is in the seal role but has lost write access is refused at that moment", async () => {
  world.repository.setPermission("ben", "read");
  const check = await world.check(mergeSha, SEAL);
  // GitHub shows buttons to writers only.
  await expect(world.github.clickAction(check?.id ?? 0, "apply", "ben")).rejects.toMatchObject({
    code: "sandbox/forbidden",
  });
  const answer = await say(world, pull, "ben", "/apply db:shop-prod");
  world.repository.setPermission("ben", "write");
  expect(answer).toMatchObject({ reaction: "confused", reply: expect.stringContaining("no-permission") });
  expect(answer.reply).toContain("write");
  for (const database of BOTH) expect(await world.deployment(pull, database)).toMatchObject({ at: "ready", votes: [] });
});

test("one database is sealed by a comment, the other by `sluice apply`; every check tells the truth in between", async () => {
  expect((await say(world, pull, "ben", "/apply db:shop-eu")).reaction).toBe("rocket");
  await checkAt(world, mergeSha, "sluice / db / shop-eu", (run) => run.title?.startsWith("Sealed ·") ?? false);
  const half = await checkAt(world, mergeSha, SEAL, (run) => run.title?.endsWith("(1 of 2 databases)") ?? false);
  expect(half).toMatchObject({ conclusion: "action_required", title: expect.stringMatching(/^Ready to seal/) });
  expect(await world.check(mergeSha, "sluice / db / shop-prod")).toMatchObject({ conclusion: "action_required" });
  expect((await world.deployment(pull))?.at).toBe("ready");

  const view = await deploymentAt(world, pull, ["ready"]);
  const client = await hammer(world.dsns[0] ?? "");
  const from = performance.now();
  const args = ["apply", view.id, "--as", "ben", "--pin", view.plan.fingerprint.slice(0, 12), "--wait", "--json"];
  const ended = await runSluice(args, world.processEnv);
  const wallMs = performance.now() - from;
  const client1 = await client.stop();
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  const sealed = await deploymentAt(world, pull, ["window"]);
  expect(sealed.votes).toMatchObject([{ actor: "ben", via: "cli" }]);
  for (const name of [SEAL, ...BOTH.map((database) => `sluice / db / ${database}`)]) {
    const run = await checkAt(world, mergeSha, name, ({ title }) => /^Sealed · [^(]*$/.test(title ?? ""));
    expect(run.conclusion).toBe("success");
  }

  // What is reported, against what this client saw.
  const { sealed: report } = sealed;
  const [shard] = report?.shards ?? [];
  const figures = [shard?.lockWaitMs, shard?.drainMs, shard?.renameMs, shard?.lockHeldMs, report?.lockHeldMs];
  for (const figure of figures) expect(figure).toBeGreaterThanOrEqual(0);
  for (const figure of figures) expect(figure).toBeLessThanOrEqual(wallMs);
  expect(report).toMatchObject({ tables: 4, shards: [{ shard: "0" }] });
  expect(shard?.lockHeldMs).toBeGreaterThan((shard?.drainMs ?? 0) + (shard?.renameMs ?? 0) - 1);
  expect(client1.errors).toEqual([]);
  expect(client1.writes).toBeGreaterThan(20);
  // A wait of two cores with much to do comes on top of ours.
  expect(client1.longestMs).toBeLessThan((shard?.lockWaitMs ?? 0) + (shard?.lockHeldMs ?? 0) + 1000);
  await commentWith(pull, "sluice:deploy", "Lock wait", "Drain", "Longest a client can have waited", "locks held");
});

test("one /finalize, and one /apply of the next change, hold for all databases of the channel", async () => {
  expect((await say(world, pull, "ben", "/finalize")).reaction).toBe("rocket");
  for (const database of BOTH) await deploymentAt(world, pull, ["finalised"], { database });
  await checkAt(world, mergeSha, SEAL, ({ title }) => title === "Sealed and finalised · 2 databases");
  const table = underFolder({ "gifts.sql": "CREATE TABLE gifts (\n  id INT NOT NULL,\n  PRIMARY KEY (id)\n);\n" });
  const next = await world.openChange("gifts", table);
  expect(await planned(world, next)).toBe("success");
  await world.repository.merge(next, "ana");
  for (const database of BOTH) await deploymentAt(world, next, ["ready"], { database });
  expect((await say(world, next, "ben", "/apply")).reaction).toBe("rocket");
  for (const database of BOTH) await deploymentAt(world, next, ["window"], { database });
  for (const dsn of [world.dsns[0] ?? "", world.shards[0]?.dsn("shop_eu") ?? ""]) {
    expect(Object.keys(await picture(dsn))).toContain("gifts");
  }
});

interface Hammer {
  stop(): Promise<{ readonly writes: number; readonly longestMs: number; readonly errors: readonly string[] }>;
}

/** One client that writes one changed table again and again, and measures how long each write took. */
async function hammer(dsn: string): Promise<Hammer> {
  const connection = await createConnection(dsn);
  const [[first]] = await connection.query<RowDataPacket[]>("SELECT MIN(id) AS id FROM carts");
  const seen = { writes: 0, longestMs: 0, errors: [] as string[], isOver: false };
  const running = (async () => {
    while (!seen.isOver) {
      const from = performance.now();
      await connection
        .query("UPDATE carts SET item_count = DEFAULT, total = total + 1 WHERE id = ?", [first?.["id"]])
        .then(() => (seen.writes += 1))
        .catch((error: unknown) => seen.errors.push(String(error)));
      seen.longestMs = Math.max(seen.longestMs, performance.now() - from);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return {
    stop: async () => {
      seen.isOver = true;
      await running;
      connection.destroy();
      return seen;
    },
  };
}

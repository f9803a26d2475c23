import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startMysql, type MysqlServer, type SandboxRepository } from "#sandbox";
import { type World, startWorld, underFolder } from "../support/e2e.ts";

// One Sluice, two repositories: acme/shop on shop-prod, and bob/blog on blog-prod, which seals by itself.
const BLOG = `  blog:
    repository: bob/blog
    path: db
    channels:
      live: { branch: main, seal: auto }
    databases:
      - name: blog-prod
        channel: live
        revert: { window: 0 }
        shards: [{ id: "0", dsn: "env:BLOG" }]`;
const POSTS = "CREATE TABLE posts (\n  id INT NOT NULL PRIMARY KEY,\n  title VARCHAR(80) NOT NULL\n);\n";

let world: World;
let blogServer: MysqlServer;
let blog: SandboxRepository;

beforeAll(async () => {
  blogServer = await startMysql({ label: "blog" });
  await ask(blogServer.dsn(), "CREATE DATABASE blog");
  await ask(blogServer.dsn("blog"), POSTS.replace(");", ") DEFAULT CHARSET utf8mb4;"));
  await ask(blogServer.dsn("blog"), "INSERT INTO posts VALUES (1, 'one'), (2, 'two')");
  world = await startWorld({
    shards: 1,
    rows: 600,
    groups: BLOG,
    variables: () => Promise.resolve({ BLOG: blogServer.dsn("blog") }),
  });
  blog = await world.github.createRepository({
    owner: "bob",
    name: "blog",
    files: { "db/posts.sql": POSTS },
    collaborators: { ana: "write", ben: "write" },
  });
});

afterAll(async () => {
  try {
    world.github.assertNoViolations();
  } finally {
    await world[Symbol.asyncDispose]();
    await blogServer[Symbol.asyncDispose]();
  }
});

async function ask(dsn: string, sql: string): Promise<readonly RowDataPacket[]> {
  const connection = await createConnection({ uri: dsn });
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows;
  } finally {
    await connection.end();
  }
}

const shard = (): MysqlServer => {
  const [first] = world.shards;
  if (first === undefined) throw new Error("no shard");
  return first;
};

/** Databases and rows of ours that are left on shop-prod. */
async function ours(): Promise<readonly string[]> {
  const databases = await ask(shard().dsn(), "SHOW DATABASES LIKE '\\_sluice\\_d%'");
  return databases.map((row) => String(Object.values(row)[0]));
}

async function columns(table: string): Promise<readonly string[]> {
  const rows = await ask(shard().dsn("shop"), `SHOW COLUMNS FROM \`${table}\``);
  return rows.map((row) => String(row["Field"]));
}

async function readyCheck(mergeSha: string) {
  return world.until("ready to seal", async () => {
    const run = await world.check(mergeSha, "sluice / seal (prod)");
    return run?.conclusion === "action_required" ? run : undefined;
  });
}

const addColumn = (name: string): Record<string, string> =>
  underFolder({
    "notes.sql": `CREATE TABLE notes (\n  id INT NOT NULL PRIMARY KEY,\n  ${name} VARCHAR(20) NOT NULL\n);\n`,
  });

test("cancelled before the seal it leaves production untouched and nothing of ours behind", async () => {
  const pull = await world.openChange("cancelled");
  const mergeSha = await world.repository.merge(pull, "ana");
  await readyCheck(mergeSha);
  expect(await ours()).not.toEqual([]);
  await world.repository.comment(pull, "ana", '/cancel "changed our minds"');
  const run = await world.until("cancelled", async () => {
    const found = await world.check(mergeSha, "sluice / seal (prod)");
    return found?.conclusion === "cancelled" ? found : undefined;
  });
  expect(run.actions).toEqual([]);
  expect(await ours()).toEqual([]);
  expect(await columns("carts")).not.toContain("coupon_code");
  expect(world.comments(pull).some((one) => one.body.includes("changed our minds"))).toBe(true);
});

test("a button is a vote of the one who clicked: refused to one, taken from the other, then finalised", async () => {
  // The branch still holds what was cancelled, so this merge brings it along: the plan said so.
  const pull = await world.openChange("buttons", addColumn("word"));
  await world.until("the plan", () => world.comments(pull).find((one) => one.body.includes("`notes`")));
  const mergeSha = await world.repository.merge(pull, "ana");
  const ready = await readyCheck(mergeSha);

  await world.github.clickAction(ready.id, "apply", "ana");
  const refusal = await world.until("the refusal", () =>
    world.comments(pull).find((one) => one.body.includes("clicked **apply**")),
  );
  expect(refusal.body).toContain("deploy/not-in-role");
  expect((await world.deployment(pull))?.at).toBe("ready");

  await world.github.clickAction(ready.id, "apply", "ben");
  const sealed = await world.until("sealed", async () => {
    const run = await world.check(mergeSha, "sluice / seal (prod)");
    return run?.actions.some((action) => action.identifier === "finalize") === true ? run : undefined;
  });
  expect((await world.deployment(pull))?.votes).toMatchObject([{ actor: "ben", via: "button" }]);
  expect(await columns("carts")).toContain("coupon_code");

  await world.github.clickAction(sealed.id, "finalize", "ben");
  await world.until("finalised", async () => ((await world.deployment(pull))?.at === "finalised" ? true : undefined));
  expect(await ours()).toEqual([]);
});

test("two merges wait for each other in merge order, /status tells the place, and drift blocks until it is mended", async () => {
  const first = await world.openChange("first", addColumn("first_word"));
  await world.until("the first plan", () =>
    world.comments(first).find((one) => one.body.includes("first\\_word") || one.body.includes("`first_word`")),
  );
  const firstSha = await world.repository.merge(first, "ana");
  await readyCheck(firstSha);
  const second = await world.openChange(
    "second",
    underFolder({ "second.sql": "CREATE TABLE second (id INT NOT NULL PRIMARY KEY);\n" }),
  );
  await world.until("the second plan", () => world.comments(second).find((one) => one.body.includes("sluice:plan")));
  const secondSha = await world.repository.merge(second, "ana");
  await world.until("queued", async () => {
    const run = await world.check(secondSha, "sluice / seal (prod)");
    return run?.title === "Queued behind 1" ? run : undefined;
  });
  const { id } = await world.repository.comment(second, "mallory", "/status");
  const reply = await world.until("the status", () =>
    world.comments(second).find((one) => one.body.includes(`sluice:reply:${id} `)),
  );
  expect(reply.body).toMatch(/queued behind 1 \| 2 \|/);

  await world.repository.comment(first, "ben", "/apply");
  await world.until("the first sealed", async () =>
    (await world.deployment(first))?.at === "window" ? true : undefined,
  );
  // Somebody alters the database by hand: what would be done now is not what was reviewed.
  await ask(shard().dsn("shop"), "ALTER TABLE carts ADD COLUMN rogue INT");
  await world.repository.comment(first, "ben", "/finalize");
  const blocked = await world.until("the second blocked", async () => {
    const run = await world.check(secondSha, "sluice / seal (prod)");
    return run?.conclusion === "failure" ? run : undefined;
  });
  expect(blocked.title).toBe("Blocked: deploy/plan-changed");
  await ask(shard().dsn("shop"), "ALTER TABLE carts DROP COLUMN rogue");
  await world.repository.comment(second, "ana", "/plan");
  await readyCheck(secondSha);
  await world.repository.comment(second, "ana", "/cancel");
  await world.until("cancelled", async () => ((await world.deployment(second))?.at === "cancelled" ? true : undefined));
});

test("a repository reaches its own database only, whatever its files and commands name", async () => {
  await blog.commitFiles({
    branch: "longer",
    files: {
      "db/posts.sql": POSTS.replace("VARCHAR(80)", "VARCHAR(120)"),
      "schemas/shop/carts.sql": "CREATE TABLE carts (id INT PRIMARY KEY);\n",
    },
    author: "ana",
  });
  const { number } = await blog.openPullRequest({ title: "Longer titles", head: "longer", author: "ana" });
  const plan = await world.until("the plan", () =>
    blog.comments(number).find((one) => one.author === world.github.botLogin && one.body.includes("sluice:plan")),
  );
  expect(plan.body).toContain("`blog-prod`");
  expect(plan.body).not.toContain("carts");
  expect(plan.body).not.toContain("shop-prod");

  const mergeSha = await blog.merge(number, "ana");
  await world.until("sealed by itself and finalised", async () => {
    const run = (await blog.checkRuns(mergeSha)).find((one) => one.name === "sluice / seal (live)");
    return run?.title?.startsWith("Sealed and finalised") === true ? run : undefined;
  });
  const [posts] = await ask(blogServer.dsn("blog"), "SHOW CREATE TABLE posts");
  expect(String(posts?.["Create Table"])).toContain("varchar(120)");
  expect(await ask(blogServer.dsn("blog"), "SELECT COUNT(*) AS n FROM posts")).toMatchObject([{ n: 2 }]);

  const { id } = await blog.comment(number, "ben", "/cancel db:shop-prod");
  const reply = await world.until("the refusal", () =>
    blog.comments(number).find((one) => one.body.includes(`sluice:reply:${id} `)),
  );
  expect(reply.body).toContain("github/unknown-database");
  const deployments = await world.sluice.deps.control.deployments.list({
    subject: { repository: { owner: "bob", name: "blog" }, pull: number },
  });
  expect(deployments.map((view) => view.database)).toEqual(["blog-prod"]);
});

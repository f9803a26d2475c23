import { createShop, shopFiles, type SandboxRepository } from "#sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkAt, deploymentAt, leftovers, picture, planned } from "../support/e2e-steps.ts";
import { type World, startWorld, underFolder } from "../support/e2e.ts";

/** A second group for another repository, on the same server, with a branch and a channel of the same names. */
const BOOKS = `  books:
    repository: acme/books
    path: schemas/shop
    channels:
      prod: { branch: main, seal: manual }
    databases:
      - name: books-prod
        channel: prod
        shards:
          - { id: "0", dsn: "env:BOOKS" }
`;
/** All that a repository could wish to say about databases. */
const GREEDY = `version: 1
repository: acme/shop
groups: { shop: { repository: acme/books } }
databases: [{ name: shop-prod, dsn: "env:SHOP_0" }]
`;
const TABLE = "CREATE TABLE claims (\n  id INT NOT NULL,\n  PRIMARY KEY (id)\n);\n";

let world: World;
let books: SandboxRepository;
let booksDsn: string;

beforeAll(async () => {
  world = await startWorld({
    shards: 1,
    rows: 60,
    groups: BOOKS,
    repositories: [
      {
        owner: "acme",
        name: "books",
        files: { "README.md": "# books\n", ...underFolder(shopFiles()) },
        collaborators: { ana: "write", ben: "write" },
      },
    ],
    variables: async ({ shards: [server] }) => {
      booksDsn = server?.dsn("books") ?? "";
      await createShop(booksDsn);
      return { BOOKS: booksDsn };
    },
  });
  books = world.github.repository("acme", "books");
});

afterAll(async () => {
  try {
    world.github.assertNoViolations();
  } finally {
    await world[Symbol.asyncDispose]();
  }
});

const said = (pull: number): readonly string[] =>
  books
    .comments(pull)
    .filter((one) => one.author === world.github.botLogin)
    .map((one) => one.body);

async function inBooks(branch: string, files: Readonly<Record<string, string>>): Promise<number> {
  await books.commitFiles({ branch, files, message: branch, author: "ana" });
  return (await books.openPullRequest({ title: branch, head: branch, author: "ana" })).number;
}

const checkOf = (sha: string, name: string) =>
  world.until(`${name} in books`, async () =>
    (await books.checkRuns(sha)).find((run) => run.name === name && run.status === "completed"),
  );

async function answer(pull: number, login: string, body: string): Promise<string> {
  const { id } = await books.comment(pull, login, body);
  return world.until(`the answer to ${body}`, () => said(pull).find((text) => text.includes(`sluice:reply:${id} `)));
}

const booksDeployments = () => world.sluice.deps.control.deployments.list({ group: "books" });
const shopDeployments = () => world.sluice.deps.control.deployments.list({ group: "shop" });

test("a repository's own settings cannot name a database: they stop its plan and reach nothing", async () => {
  const pull = await inBooks("greedy-settings", { ".github/sluice.yml": GREEDY });
  await checkOf(books.pullRequest(pull).head.sha, "sluice / plan");
  await books.merge(pull, "ana");
  const next = await inBooks("after-greed", underFolder({ "claims.sql": TABLE }));
  const check = await checkOf(books.pullRequest(next).head.sha, "sluice / plan");
  expect(check.conclusion).toBe("failure");
  const comment = await world.until("the plan comment", () => said(next).find((text) => text.includes("sluice:plan")));
  expect(comment).toContain("sluice.yml");
  expect(comment).not.toContain("shop-prod");
  await books.closePullRequest(next, "ana");
  await books.commitFiles({ branch: "main", files: { ".github/sluice.yml": "version: 1\n" }, author: "ana" });
  expect(await shopDeployments()).toEqual([]);
});

test("a pull request of one repository never plans or deploys the other's database", async () => {
  const before = await picture(world.dsns[0] ?? "");
  const pull = await inBooks("claims", underFolder({ "claims.sql": TABLE }));
  expect((await checkOf(books.pullRequest(pull).head.sha, "sluice / plan")).conclusion).toBe("success");
  const comment = await world.until("the plan comment", () => said(pull).find((text) => text.includes("sluice:plan")));
  expect(comment).toContain("books-prod");
  expect(comment).not.toContain("shop-prod");
  const mergeSha = await books.merge(pull, "ana");
  const ready = await checkOf(mergeSha, "sluice / seal (prod)");
  expect(ready.conclusion).toBe("action_required");
  expect((await booksDeployments()).map((view) => [view.database, view.origin?.repository.name])).toEqual([
    ["books-prod", "books"],
  ]);
  expect(await shopDeployments()).toEqual([]);

  for (const verb of ["apply", "cancel", "revert", "finalize"]) {
    const text = await answer(pull, "ben", `/${verb} db:shop-prod`);
    expect(text).toContain("github/unknown-database");
    expect(text).not.toContain("acme/shop");
  }
  await books.comment(pull, "ben", "/apply");
  await world.until("books sealed", async () => ((await booksDeployments())[0]?.at === "window" ? true : undefined));
  expect(Object.keys(await picture(booksDsn))).toContain("claims");
  expect(await picture(world.dsns[0] ?? "")).toEqual(before);
});

test("neither a comment nor a button of one repository decides on the other's deployment", async () => {
  const theirs = (await booksDeployments())[0];
  const pull = await world.openChange("coupons");
  expect(await planned(world, pull)).toBe("success");
  const mergeSha = await world.repository.merge(pull, "ana");
  const view = await deploymentAt(world, pull, ["ready"]);
  const ready = await checkAt(world, mergeSha, "sluice / seal (prod)", (run) => run.conclusion === "action_required");
  expect(ready.externalId).toContain(view.id);

  const booksPull = theirs?.origin?.pull ?? 0;
  const pin = view.plan.fingerprint.slice(0, 12);
  for (const body of [`/apply @${pin} db:shop-prod`, `/cancel db:shop-prod`, `/revert db:${view.id}`]) {
    expect(await answer(booksPull, "ben", body)).toContain("github/unknown-database");
  }
  expect(await answer(booksPull, "ben", `/apply @${pin}`)).toContain("deploy/");

  // The App's own check in the other repository, forged to name this deployment: its button does nothing here.
  const octokit = await world.sluice.github?.clients.of({ owner: "acme", name: "books" });
  const forged = await octokit?.rest.checks.create({
    owner: "acme",
    repo: "books",
    name: "sluice / seal (forged)",
    head_sha: books.pullRequest(booksPull).head.sha,
    external_id: ready.externalId,
    status: "completed",
    conclusion: "action_required",
    completed_at: "2026-01-01T00:00:00Z",
    output: { title: "Ready", summary: "Ready" },
    actions: [{ label: "Apply", description: "Put the staged tables in place", identifier: "apply" }],
  });
  await world.github.clickAction(forged?.data.id ?? 0, "apply", "ben");
  await world.github.settle();
  const click = world.github.deliveries().findLast((one) => one.action === "requested_action");
  expect(click?.statusCode).toBe(202);
  // A command that comes later is answered later: the click was dealt with before it.
  await answer(booksPull, "ben", "/help");
  expect((await world.deployment(pull))?.votes).toEqual([]);
  expect((await world.deployment(pull))?.at).toBe("ready");
  expect(await leftovers(world.dsns[0] ?? "")).toContain(`_sluice_${view.id}_new`);
});

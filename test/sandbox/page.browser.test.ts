import { type Browser, type Page, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SandboxGithub, chromiumPath, startSandboxGithub } from "#sandbox";
import { asInstallation } from "./github-clients.ts";
import { type Scene, setScene } from "./page-scene.ts";

let sandbox: SandboxGithub;
let scene: Scene;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  sandbox = await startSandboxGithub({ webhookSecret: "a secret" });
  scene = await setScene(sandbox);
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox"] });
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
});

afterAll(async () => {
  await browser?.close();
  await sandbox?.[Symbol.asyncDispose]();
});

test("a newcomer finds the pull request, acts as people, comments, clicks the button and merges", async () => {
  await page.goto(sandbox.url);
  await page.getByRole("link", { name: "acme/shop" }).click();
  await page.getByRole("link", { name: "Give invoices a note" }).click();
  await page.getByText("Schema plan ·").waitFor();
  await page.getByText("DDL (2 statements)").click();
  expect(await page.getByText("ADD COLUMN `note` varchar(200) NULL").isVisible()).toBe(true);

  // Carol may only read: she sees the buttons dead.
  await page.getByLabel("Act as").selectOption("carol");
  await page.getByText("Add a comment as carol").waitFor();
  expect(await page.getByRole("button", { name: "Apply" }).isDisabled()).toBe(true);
  expect(await page.getByRole("button", { name: "Merge pull request" }).isDisabled()).toBe(true);

  await page.getByLabel("Act as").selectOption("bob");
  await page.getByText("Add a comment as bob").waitFor();
  await page.getByPlaceholder("Add your comment here").fill("/status of **this**\n<script>alert(1)</script>");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await page.locator(".comment[data-author=bob] strong", { hasText: "this" }).waitFor();
  expect(scene.repo.comments(scene.number).at(-1)).toMatchObject({
    author: "bob",
    body: "/status of **this**\n<script>alert(1)</script>",
  });

  await page.getByRole("button", { name: "Apply" }).click();
  await page.locator(".hooks", { hasText: "check_run.requested_action" }).waitFor();
  expect(sandbox.deliveries().at(-1)?.payload).toMatchObject({
    check_run: { id: scene.checkRunId },
    requested_action: { identifier: "apply" },
    sender: { login: "bob" },
  });

  // What the app answers appears by itself, and an open fold stays open.
  await page.locator(`#check-${scene.checkRunId} summary`).click();
  await page.getByText("checksums equal").waitFor();
  const client = await asInstallation(sandbox, scene.repo.installationId);
  const shop = { owner: "acme", repo: "shop" };
  await client.rest.checks.update({
    ...shop,
    check_run_id: scene.checkRunId,
    conclusion: "success",
    output: { title: "Sealed 3 tables on 2 shards", summary: "Locks were held for **12 ms**." },
    actions: [],
  });
  await client.rest.issues.createComment({ ...shop, issue_number: scene.number, body: "Sealed ✅" });
  await page.locator(".comment", { hasText: "Sealed" }).waitFor();
  await page.getByText("Locks were held for").waitFor({ state: "visible" });
  expect(await page.getByRole("button", { name: "Apply" }).count()).toBe(0);

  await page.getByRole("button", { name: "Merge pull request" }).click();
  await page.locator(".state.merged", { hasText: "Merged" }).waitFor();
  await page.getByRole("link", { name: "Files changed" }).click();
  await page.getByText("`note` varchar(200) NULL,").waitFor();
  expect(await scene.repo.readFile("main", "schemas/shop/invoice.sql")).toContain("`note`");
  await sandbox.settle();
  sandbox.assertNoViolations();
  expect(complaints).toEqual([]);
});

test("pages of branches, files, commits and check runs open, and what is not there is not found", async () => {
  const base = `${sandbox.url}/acme/shop`;
  const main = (await scene.repo.resolve("main")) ?? "";
  const pages: readonly (readonly [path: string, text: string])[] = [
    ["", "invoice-note"],
    ["/tree/main", "schemas/"],
    ["/tree/main/schemas/shop/invoice.sql", "CREATE TABLE"],
    [`/commit/${main}`, "Merge pull request #1"],
    [`/runs/${scene.checkRunId}`, "sluice / seal (prod)"],
  ];
  for (const [path, text] of pages) {
    await page.goto(base + path);
    expect(await page.locator("main").textContent()).toContain(text);
  }
  for (const path of ["/pull/99", "/tree/nowhere", "/runs/1", "x"]) {
    expect((await fetch(base + path)).status).toBe(404);
  }
});

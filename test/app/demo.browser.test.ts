import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { chromiumPath } from "#sandbox";
import { type Sluice, startSluice } from "../cli/sluice-process.ts";

/** The link behind these words, once the demo has printed it. */
async function link(demo: Sluice, words: string): Promise<string> {
  const line = (): string | undefined => demo.lines.find((one) => one.includes(words));
  await expect.poll(line, { timeout: 90_000, message: words }).toBeDefined();
  return /http\S+/.exec(line() ?? "")?.[0] ?? "";
}

test("a newcomer clicks from the printed link to a sealed and reverted shop, and the clients notice nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "demo-clicks-"));
  await using demo = startSluice(["demo", "--rows", "5000"], { TMPDIR: folder });
  await using browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(60_000);

  await page.goto(await link(demo, "The pull request:"));
  await page.getByText("Schema plan ·").first().waitFor();
  await page.getByRole("button", { name: "Merge pull request" }).click();

  await page.goto(await link(demo, "The way to prod:"));
  await page.getByText("Schema plan ·").first().waitFor();
  await page.getByRole("button", { name: "Merge pull request" }).click();
  await page.getByText("Ready to seal ·").first().waitFor();
  await page.getByLabel("Act as").selectOption("ben");
  await page.getByText("Add a comment as ben").waitFor();
  await page.getByRole("button", { name: "Apply" }).first().click();
  await page.getByRole("button", { name: "Revert" }).first().waitFor();

  await page.getByLabel("Act as").selectOption("ana");
  await page.getByText("Add a comment as ana").waitFor();
  await page.getByPlaceholder("Add your comment here").fill('/revert "just looking"');
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await page
    .getByText(/— Reverted/)
    .first()
    .waitFor();

  demo.child.kill("SIGINT");
  expect({ code: await demo.ended(), stderr: demo.stderr() }).toEqual({ code: 0, stderr: "" });
  expect(demo.lines.at(-1)).toContain("0 lost, 0 different");
  const figures = demo.lines.filter((line) => line.includes("clients: ")).at(-1);
  expect(figures).toMatch(/ 0 errors, 0 mixed reads$/);
  await rm(folder, { recursive: true });
});

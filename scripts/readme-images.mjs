// Takes the pictures of README from the local GitHub of the demo, into docs/images.
// usage: node --conditions=source scripts/readme-images.mjs
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { systemClock } from "#kernel";
import { chromiumPath } from "#sandbox";
import { checkNamed, commentWith } from "../src/app/demo/looking.ts";
import { narrator } from "../src/app/demo/narrator.ts";
import { openChange } from "../src/app/demo/story.ts";
import { waitFor } from "../src/app/demo/wait-for.ts";
import { startDemoWorld } from "../src/app/demo/world.ts";

const IMAGES = resolve(import.meta.dirname, "../docs/images");
mkdirSync(IMAGES, { recursive: true });
const ending = new AbortController();
const tell = narrator(process.stdout);
const options = { clock: systemClock, signal: ending.signal };

await using world = await startDemoWorld({ rows: 210_000, port: 0, narrator: tell, ...options });
await using browser = await chromium.launch({
  executablePath: chromiumPath(),
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, deviceScaleFactor: 1.5 });

const first = await openChange(world);
await waitFor("plan", () => commentWith(world, first.number, "sluice:plan"), options);
await world.repository.merge(first.number, "ana");
const pull = await world.repository.openPullRequest({
  title: "Coupons in the cart",
  body: "Carts may carry a coupon. Review titles grow to 200 characters. Stock is looked up by warehouse.",
  head: "dev",
  base: "main",
  author: "ana",
});
await waitFor("plan", () => commentWith(world, pull.number, "sluice:plan"), options);
await waitFor("plan check", async () => (await checkNamed(world, pull.head.sha, "sluice / plan"))?.conclusion, options);
await page.goto(pull.url);
await picture("plan-comment", page.locator(`#issuecomment-${commentWith(world, pull.number, "sluice:plan")?.id}`));

const mergeSha = await world.repository.merge(pull.number, "ana");
await waitFor(
  "ready",
  async () => ((await checkNamed(world, mergeSha, "sluice / seal (prod)"))?.actions.length ? true : undefined),
  options,
);
await waitFor(
  "ready on the pull request",
  async () => ((await checkNamed(world, pull.head.sha, "sluice / seal (prod)"))?.actions.length ? true : undefined),
  options,
);
const run = await checkNamed(world, pull.head.sha, "sluice / seal (prod)");
await page.goto(pull.url);
await page.locator(`#check-${run?.id} > summary`).click();
await picture("ready-check", page.locator(`*:has(> #check-${run?.id})`).last());
ending.abort();

/**
 * The page renews itself under our eyes, which takes elements away in the middle of a picture: then once more.
 * @param {string} name @param {import("playwright-core").Locator} element
 */
async function picture(name, element) {
  for (let left = 9; ; left -= 1) {
    try {
      await element.screenshot({ path: join(IMAGES, `${name}.png`), timeout: 5000 });
      break;
    } catch (error) {
      if (left === 0) throw error;
    }
  }
  tell.say(`docs/images/${name}.png`);
}

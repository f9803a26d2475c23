import { type Clock, formatCount, formatDuration } from "#kernel";
import { changedTables, changeShop, createdTables, type PullRequestView, type ShopReport, shopFiles } from "#sandbox";
import { underSchemaFolder } from "./repository-files.ts";
import { checkNamed, commentWith } from "./looking.ts";
import type { Narrator } from "./narrator.ts";
import { waitFor } from "./wait-for.ts";
import type { DemoWorld } from "./world.ts";

/** What `--json` prints: measured by clients that share no code with the engine. */
export interface DemoResult {
  readonly outcome: "ok" | "failed";
  /** Pull request opened to plan comment seen. */
  readonly planSeconds: number;
  /** Rows in the tables of the change, over all shards, when the copy began. */
  readonly rows: number;
  /** Merged to "ready to seal" seen on the check. */
  readonly copySeconds: number;
  readonly seal: {
    readonly tables: number;
    readonly shards: number;
    /** Per shard: from the first lock granted on any shard to the unlock on this one; the largest is the whole. */
    readonly lockHeldMs: readonly number[];
    readonly clientErrors: number;
    readonly retryable1213: number;
    readonly clientLongestWaitMs: number;
    readonly mixedReads: number;
  };
  readonly revert: {
    readonly rowsWrittenAfterSeal: number;
    readonly rowsLost: number;
    readonly rowsDifferent: number;
  };
  readonly peakRssMb: number;
}

interface Stage {
  readonly world: DemoWorld;
  readonly narrator: Narrator;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const WRITE_ON_MS = 6000;

/** Opens the demo's first pull request, into dev. */
export async function openChange(world: DemoWorld): Promise<PullRequestView> {
  await world.repository.commitFiles({
    branch: "coupons",
    from: "dev",
    files: underSchemaFolder(changeShop(shopFiles())),
    message: "Coupons: a table, a column for the cart, longer review titles, an index by warehouse",
    author: "ana",
  });
  return world.repository.openPullRequest({
    title: "Coupons in the cart",
    body: "Carts may carry a coupon. Review titles grow to 200 characters. Stock is looked up by warehouse.",
    head: "coupons",
    base: "dev",
    author: "ana",
  });
}

/** Opens the second one, which takes to prod what dev has. */
export async function openPromotion(world: DemoWorld): Promise<PullRequestView> {
  return world.repository.openPullRequest({
    title: "Promote to prod: coupons in the cart",
    head: "dev",
    base: "main",
    author: "ana",
  });
}

/** Plays the whole story: dev by itself, then prod staged, refused to a stranger, applied, written to and reverted. */
export async function playStory(stage: Stage): Promise<DemoResult> {
  await devByItself(stage);
  const { pull, planSeconds } = await planForProd(stage);
  const { mergeSha, copySeconds } = await stageProd(stage, pull);
  const seal = await sealProd(stage, pull, mergeSha);
  const revert = await revertProd(stage, pull, mergeSha);
  const ok =
    revert.report.rowsLost === 0 &&
    revert.report.rowsDifferent === 0 &&
    revert.report.clientErrors === 0 &&
    revert.report.mixedReads === 0;
  return {
    outcome: ok ? "ok" : "failed",
    planSeconds,
    rows: stage.world.rows,
    copySeconds,
    seal: {
      tables: changedTables.length + createdTables.length,
      shards: stage.world.prodShards.length,
      lockHeldMs: seal.lockHeldMs,
      clientErrors: revert.report.clientErrors,
      retryable1213: revert.report.retryable1213,
      clientLongestWaitMs: seal.longestWaitMs,
      mixedReads: revert.report.mixedReads,
    },
    revert: {
      rowsWrittenAfterSeal: revert.rowsWritten,
      rowsLost: revert.report.rowsLost,
      rowsDifferent: revert.report.rowsDifferent,
    },
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

async function devByItself(stage: Stage): Promise<void> {
  const { narrator, world } = stage;
  narrator.chapter("1. A pull request into dev");
  const pull = await openChange(world);
  narrator.say(`ana opened ${pull.url}`);
  await seen(stage, "the plan of shop-dev", () => commentWith(world, pull.number, "sluice:plan"));
  narrator.say("Sluice commented with the plan; the check `sluice / plan` is there.");
  const mergeSha = await world.repository.merge(pull.number, "ana");
  narrator.say("ana merged it. The dev channel seals by itself when everything is ready.");
  await seen(stage, "shop-dev sealed", async () => {
    const run = await checkNamed(world, mergeSha, "sluice / seal (dev)");
    return run?.conclusion === "success" ? run : undefined;
  });
  narrator.say("shop-dev has the new tables.");
}

async function planForProd(stage: Stage): Promise<{ pull: PullRequestView; planSeconds: number }> {
  const { narrator, world, clock } = stage;
  narrator.chapter("2. The same change into main, for shop-prod on two shards");
  const from = clock.monotonicMs();
  const pull = await openPromotion(world);
  narrator.say(`ana opened ${pull.url}`);
  await seen(stage, "the plan of shop-prod", () => commentWith(world, pull.number, "sluice:plan"));
  const planSeconds = seconds(clock.monotonicMs() - from);
  await seen(stage, "the plan check", async () => {
    const run = await checkNamed(world, pull.head.sha, "sluice / plan");
    return run?.conclusion === "success" ? run : undefined;
  });
  narrator.say(`The plan was there after ${planSeconds} s: what changes, how, how long, whether it can be undone.`);
  return { pull, planSeconds };
}

async function stageProd(stage: Stage, pull: PullRequestView): Promise<{ mergeSha: string; copySeconds: number }> {
  const { narrator, world, clock } = stage;
  narrator.chapter("3. Merged: staged beside production, under load");
  const from = clock.monotonicMs();
  const mergeSha = await world.repository.merge(pull.number, "ana");
  await seen(stage, "shop-prod ready to seal", async () => {
    const progress = await world.progress("shop-prod");
    narrator.bar("copy ", progress, `${formatCount(world.clients.written())} writes by clients meanwhile`);
    const run = await checkNamed(world, mergeSha, "sluice / seal (prod)");
    return run?.conclusion === "action_required" && run.actions.length > 0 ? run : undefined;
  });
  const copySeconds = seconds(clock.monotonicMs() - from);
  narrator.bar("copy ", 1, `${formatCount(world.rows)} rows in ${copySeconds} s`);
  narrator.say(
    "Ready: shadow tables are equal and kept so. Production is untouched; nothing happens until someone says go.",
  );
  return { mergeSha, copySeconds };
}

async function sealProd(
  stage: Stage,
  pull: PullRequestView,
  mergeSha: string,
): Promise<{ lockHeldMs: readonly number[]; longestWaitMs: number }> {
  const { narrator, world } = stage;
  narrator.chapter("4. Apply");
  await world.repository.comment(pull.number, "mallory", "/apply");
  await seen(stage, "the refusal to mallory", () =>
    world.repository
      .comments(pull.number)
      .find(({ author, body }) => author === world.github.botLogin && body.includes("mallory")),
  );
  narrator.say("mallory said /apply and was refused: no role, no write access.");
  world.clients.takeLongestWaitMs();
  world.probe.takeHeldMs();
  await world.repository.comment(pull.number, "ben", "/apply");
  await seen(stage, "shop-prod sealed", async () => {
    const run = await checkNamed(world, mergeSha, "sluice / seal (prod)");
    return run?.conclusion === "success" ? run : undefined;
  });
  const lockHeldMs = world.probe.takeHeldMs();
  const longestWaitMs = Math.round(world.clients.takeLongestWaitMs());
  narrator.say(
    `ben said /apply: ${changedTables.length + createdTables.length} tables on ${lockHeldMs.length} shards went live behind one barrier.`,
  );
  narrator.say(`Locks held ${lockHeldMs.join(" and ")} ms; the longest any client waited: ${longestWaitMs} ms.`);
  return { lockHeldMs, longestWaitMs };
}

async function revertProd(
  stage: Stage,
  pull: PullRequestView,
  mergeSha: string,
): Promise<{ rowsWritten: number; report: ShopReport }> {
  const { narrator, world, clock, signal } = stage;
  narrator.chapter("5. Writes go on, and then it is taken back");
  const atSeal = world.clients.written();
  await clock.sleep(WRITE_ON_MS, signal);
  world.clients.expect("out");
  const rowsWritten = world.clients.written() - atSeal;
  await world.repository.comment(pull.number, "ana", '/revert "the coupon page shows wrong totals"');
  await seen(stage, "shop-prod reverted", async () => {
    const run = await checkNamed(world, mergeSha, "sluice / seal (prod)");
    return run?.title?.toLowerCase().includes("revert") === true && run.actions.length === 0 ? run : undefined;
  });
  narrator.say(
    `${formatCount(rowsWritten)} rows were written in ${formatDuration(WRITE_ON_MS)} on the new tables; ana said /revert.`,
  );
  const report = await world.clients.stop();
  narrator.say(
    `Looked for every acknowledged row with fresh snapshots: ${report.rowsLost} lost, ${report.rowsDifferent} different, ` +
      `${report.clientErrors} client errors, ${report.mixedReads} mixed reads.`,
  );
  for (const incident of report.incidents) narrator.say(`! ${incident}`);
  return { rowsWritten, report };
}

function seen<T>(stage: Stage, what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  return waitFor(what, look, { clock: stage.clock, signal: stage.signal });
}

function seconds(ms: number): number {
  return Math.round(ms / 10) / 100;
}

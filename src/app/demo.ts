import { parseArgs } from "node:util";
import { CodedError, formatCount, reasonOf, systemClock } from "#kernel";
import { narrator } from "./demo/narrator.ts";
import { openChange, openPromotion, playStory } from "./demo/story.ts";
import { type DemoWorld, startDemoWorld } from "./demo/world.ts";

const USAGE = `npm run demo [-- options]

  (none)      starts everything and prints the link of a pull request to click through; ends with Ctrl-C
  --script    plays the story by itself
  --json      with --script: the last line on standard output is one JSON object; the story goes to standard error
  --rows N    rows in the tables that change, over both shards (default 210000)
  --port N    port of the local GitHub (default: a free one)
`;

/**
 * The main job on real servers: pull request, plan, merge, staged, applied under load, reverted.
 *
 * @returns exit code: 0 done, 1 something was lost, different or in the way of a client, 2 usage
 */
export async function runDemo(args: readonly string[]): Promise<number> {
  let options: DemoArguments;
  try {
    options = demoArguments(args);
  } catch (error) {
    process.stderr.write(`${reasonOf(error).message}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const out = options.json ? process.stderr : process.stdout;
  const tell = narrator(out);
  const ending = new AbortController();
  const interrupt = (): void => ending.abort(new CodedError("app/interrupted", "Interrupted", { next: "stop" }));
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    tell.chapter("0. The stage");
    const { rows, port } = options;
    await using world = await startDemoWorld({ rows, port, narrator: tell, clock: systemClock, signal: ending.signal });
    if (!options.script) return await clickThrough(world, tell, ending.signal);
    const result = await playStory({ world, narrator: tell, clock: systemClock, signal: ending.signal });
    if (result.outcome === "ok") world.forgetLog();
    else tell.say(`What Sluice did is in ${world.logFile}`);
    tell.chapter(result.outcome === "ok" ? "All is well." : "Something is wrong: see the figures.");
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else tell.say(JSON.stringify(result));
    return result.outcome === "ok" ? 0 : 1;
  } finally {
    process.removeListener("SIGINT", interrupt);
    process.removeListener("SIGTERM", interrupt);
  }
}

interface DemoArguments {
  readonly script: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly rows: number;
  readonly port: number;
}

function demoArguments(args: readonly string[]): DemoArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      script: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false, short: "h" },
      rows: { type: "string", default: "210000" },
      port: { type: "string", default: "0" },
    },
  });
  const rows = Number(values.rows);
  const port = Number(values.port);
  if (!Number.isInteger(rows) || rows < 1000 || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new CodedError("app/demo-usage", "--rows takes a whole number from 1000, --port one from 0 to 65535", {
      next: "fix-input",
    });
  }
  return { script: values.script || values.json, json: values.json, help: values.help, rows, port };
}

const STATS_EVERY_MS = 5000;

/** Leaves the stage to the newcomer and shows what the clients see, until Ctrl-C. */
async function clickThrough(world: DemoWorld, tell: ReturnType<typeof narrator>, signal: AbortSignal): Promise<number> {
  const first = await openChange(world);
  tell.chapter("Over to you");
  tell.say(`The pull request:  ${first.url}`);
  tell.say(`Sluice's own page: ${world.pagesUrl}`);
  tell.say(`Its log:           ${world.logFile}`);
  tell.say("");
  tell.say("Read the plan and merge: it goes into dev, which seals by itself. Then the way to prod opens here.");
  tell.say("shop-prod is being read and written all the time. Ctrl-C ends everything.");
  let isPromoted = false;
  let saidAtMs = systemClock.monotonicMs();
  try {
    for (;;) {
      await systemClock.sleep(200, signal);
      if (!isPromoted && world.repository.pullRequest(first.number).merged) {
        isPromoted = true;
        const second = await openPromotion(world);
        tell.say("");
        tell.say(`The way to prod:   ${second.url}`);
        tell.say(
          "Merge it, wait for the Apply button, click it (as ben), look around, and say /revert within 30 minutes.",
        );
      }
      const at = await world.at("shop-prod");
      world.clients.expect(at === "window" || at === "reverting" ? "out" : "in");
      if (systemClock.monotonicMs() - saidAtMs < STATS_EVERY_MS) continue;
      saidAtMs = systemClock.monotonicMs();
      const { clientErrors, mixedReads } = world.clients.stats();
      tell.say(
        `clients: ${formatCount(world.clients.written())} rows written, longest wait of the last 5 s ` +
          `${Math.round(world.clients.takeLongestWaitMs())} ms, ${clientErrors} errors, ${mixedReads} mixed reads`,
      );
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  const report = await world.clients.stop();
  tell.say(`Every acknowledged row looked for: ${report.rowsLost} lost, ${report.rowsDifferent} different.`);
  if (report.rowsLost + report.rowsDifferent > 0) return 1;
  world.forgetLog();
  return 0;
}

// A runner in a process of its own, so that a test can end it as only SIGKILL does. Prints the phases it reaches.
import { readFileSync } from "node:fs";
import { openTarget } from "#drivers";
import { defaultEngineSettings, openRunner, type RunnerRequest } from "#engine";
import { silentLog, systemClock } from "#kernel";
import { never, shardName } from "./engine.ts";

const [file] = process.argv.slice(2);
const job = JSON.parse(readFileSync(file ?? "", "utf8")) as Pick<RunnerRequest, "deployment" | "changes"> & {
  readonly shards: readonly { readonly shard: string; readonly dsn: string }[];
};
const say = (what: string): void => void process.stdout.write(`${what}\n`);

await using runner = await openRunner(
  {
    deployment: job.deployment,
    fence: 1n,
    changes: job.changes,
    targets: job.shards.map(({ shard, dsn }) =>
      openTarget({ shard: shardName(shard), dsn, log: silentLog, clock: systemClock }),
    ),
    settings: { ...defaultEngineSettings, chunkRows: { first: 50, most: 100 }, chunkMs: 5, snapshotWaitMs: 0 },
    clock: systemClock,
    log: silentLog,
    onProgress: ({ tables }) => {
      if (tables.some(({ rowsCopied }) => rowsCopied > 500)) say("copying");
    },
  },
  never,
);
await runner.stage(never);
say("staged");
await runner.seal(never);
say("sealed");
await runner.openWindow(never);
say("window");
// Lives on until it is killed.
setInterval(() => undefined, 1000);
await new Promise(() => undefined);

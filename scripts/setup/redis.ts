import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loaderIn } from "./own-loader.ts";
import { unpackPackages } from "./private-packages.ts";
import { SetupError, say } from "./report.ts";
import { type FoundTool, isAtLeast, isExecutable, onPath, run, versionIn } from "./run.ts";

const OLDEST = [6, 2, 0];
const CURE = "install redis-server 6.2 or newer, or name it in SLUICE_TEST_REDIS.";

/** A redis-server of 6.2 or newer: the named one, one on PATH, or one unpacked privately into the cache. */
export function findRedis(cache: string): FoundTool {
  const named = process.env["SLUICE_TEST_REDIS"];
  if (named) {
    const found = probe(named, []);
    if (found === undefined)
      throw new SetupError(`SLUICE_TEST_REDIS is not a redis-server of 6.2 or newer: ${named}`, CURE);
    return found;
  }
  const installed = onPath("redis-server");
  const usable = installed === undefined ? undefined : probe(installed, []);
  return usable ?? privateRedis(cache);
}

function probe(command: string, args: readonly string[]): FoundTool | undefined {
  if (!isExecutable(command)) return undefined;
  const answer = run(command, [...args, "--version"]);
  const version = versionIn(/v=\S+/.exec(answer.text)?.[0] ?? "");
  if (!answer.ok || version === undefined || !isAtLeast(version, OLDEST)) return undefined;
  return { command, args, version: version.join(".") };
}

function privateRedis(cache: string): FoundTool {
  const home = join(cache, "redis");
  if (!existsSync(home)) {
    say("Redis: unpacking a private server into .cache/redis ...");
    const unpacked = join(cache, `redis.${process.pid}.new`);
    rmSync(unpacked, { recursive: true, force: true });
    unpackPackages({ packages: ["redis-server"], suite: undefined, folder: unpacked, what: "Redis", cure: CURE });
    for (const name of ["usr/share", "usr/lib/python3", "var", "etc"])
      rmSync(join(unpacked, name), { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    renameSync(unpacked, home);
  }
  const { loader, libraries } = loaderIn(home);
  const found = probe(loader, ["--library-path", libraries.join(":"), join(home, "usr/bin/redis-server")]);
  if (found === undefined) {
    rmSync(home, { recursive: true, force: true });
    throw new SetupError("The privately unpacked redis-server does not run on this machine.", CURE);
  }
  return found;
}

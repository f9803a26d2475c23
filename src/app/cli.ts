import { readFileSync } from "node:fs";
import { type CliDeps, type Keyboard, runCli, screenOver } from "#cli";
import { openLiveDatabase, openScratch, openTarget } from "#drivers";
import { openRunner } from "#engine";
import { CodedError, type Log, parseShardName, Redactor, systemClock } from "#kernel";
import { createLog } from "./log.ts";
import { loadSettings } from "./settings.ts";

/** Runs one command line on the real objects and returns the exit code. */
export async function runSluice(args: readonly string[]): Promise<number> {
  // `sluice status | head` ends the pipe before we do.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  const redactor = new Redactor();
  const isProcess = args[0] === "serve" || args[0] === "work";
  return await runCli(args, cliDeps(redactor, logOf(isProcess, redactor)));
}

/** A process logs to standard output; a command's output is its result, so only trouble is logged, beside it. */
function logOf(isProcess: boolean, redactor: Redactor): Log {
  const level = levelOf(process.env["SLUICE_LOG_LEVEL"]) ?? (isProcess ? "info" : "error");
  return createLog({
    level,
    redactor,
    ...(isProcess ? {} : { write: (line: string) => void process.stderr.write(line) }),
  });
}

const LEVELS = ["debug", "info", "warn", "error", "silent"] as const;

function levelOf(text: string | undefined): (typeof LEVELS)[number] | undefined {
  return LEVELS.find((level) => level === text);
}

function cliDeps(redactor: Redactor, log: Log): CliDeps {
  const clock = systemClock;
  const env = process.env;
  const shard = parseShardName("0");
  if (shard === undefined) throw new CodedError("app/bad-shard", "0 is a shard's name", { next: "stop" });
  return {
    screen: screenOver(process.stdout, process.stderr),
    keyboard,
    env,
    clock,
    log,
    version: version(),
    openTarget: (dsn) => openTarget({ shard, dsn, redactor, clock, log }),
    openLive: (dsn) => openLiveDatabase({ dsn, redactor, clock }),
    openScratch: (dsn, targetServerIds) => openScratch({ dsn, targetServerIds, redactor, clock, log }),
    openRunner,
    // Only these need the whole house.
    openDeploy: async () => {
      const settings = await loadSettings(env);
      const { openSluice } = await import("./compose.ts");
      const sluice = await openSluice({ ...settings, variables: env, log, redactor });
      return { ...sluice.deps, [Symbol.asyncDispose]: () => sluice[Symbol.asyncDispose]() };
    },
    serve: ({ alsoWork }) => runProcesses({ serve: true, work: alsoWork }, redactor, log),
    work: () => runProcesses({ serve: false, work: true }, redactor, log),
    demo: async (args) => {
      const { runDemo } = await import("./demo.ts");
      return await runDemo(args);
    },
  };
}

function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** Runs until SIGTERM or Ctrl-C, then closes in order; a second signal ends at once. */
async function runProcesses(
  which: { readonly serve: boolean; readonly work: boolean },
  redactor: Redactor,
  log: Log,
): Promise<void> {
  const settings = await loadSettings(process.env);
  const { openSluice, startServe, startWork } = await house();
  await using sluice = await openSluice({ ...settings, variables: process.env, log, redactor });
  await using _serve = which.serve ? await startServe({ sluice }) : nothing();
  await using _work = which.work ? await startWork({ sluice }) : nothing();
  await told();
  log.info("process.ending");
}

/** On its own: beside `await using` the compiler leaves `.ts` in an `import()`, and the build would not start. */
async function house() {
  const { openSluice } = await import("./compose.ts");
  const { startServe } = await import("./serve.ts");
  const { startWork } = await import("./work.ts");
  return { openSluice, startServe, startWork };
}

function nothing(): AsyncDisposable {
  return { [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function told(): Promise<void> {
  let times = 0;
  await new Promise<void>((resolve) => {
    keyboard.onInterrupt(() => {
      times += 1;
      if (times > 1) process.exit(130);
      resolve();
    });
  });
}

const keyboard: Keyboard = {
  enter: (signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const { stdin } = process;
      const end = (): void => {
        stdin.off("data", pressed);
        stdin.pause();
        signal.removeEventListener("abort", abort);
      };
      const pressed = (data: Buffer): void => {
        if (!data.includes(10)) return;
        end();
        resolve();
      };
      const abort = (): void => {
        end();
        reject(signal.reason as Error);
      };
      signal.addEventListener("abort", abort, { once: true });
      stdin.on("data", pressed);
    }),
  onInterrupt: (heard) => {
    process.on("SIGINT", heard);
    process.on("SIGTERM", heard);
    return {
      [Symbol.dispose]: () => {
        process.off("SIGINT", heard);
        process.off("SIGTERM", heard);
      },
    };
  },
};

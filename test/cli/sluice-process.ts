import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { systemClock } from "#kernel";
import { assert } from "vitest";

const MAIN = new URL("../../src/app/main.ts", import.meta.url).pathname;

export interface Sluice extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Lines of standard output so far. */
  readonly lines: readonly string[];
  stderr(): string;
  /** The first JSON line with this event, as soon as there is one. */
  event(name: string, withinMs?: number): Promise<Record<string, unknown>>;
  /** Events so far, in order. */
  events(): readonly string[];
  press(key: string): void;
  /** Resolves with the exit code, or with the signal's name. */
  ended(): Promise<number | string>;
}

/** `sluice` as a real process, run as the npm script runs it. */
export function startSluice(args: readonly string[], env: NodeJS.ProcessEnv): Sluice {
  const child = spawn(process.execPath, ["--conditions=source", MAIN, ...args], {
    env: { PATH: process.env["PATH"], NO_COLOR: "1", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const lines: string[] = [];
  let stderr = "";
  const closed = once(child, "close");
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  child.stderr.on("data", (data: Buffer) => {
    stderr += data.toString();
  });
  const json = (): readonly Record<string, unknown>[] =>
    lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    child,
    lines,
    stderr: () => stderr,
    events: () => json().map(({ event }) => String(event)),
    event: async (name, withinMs = 60_000) => {
      const deadline = systemClock.monotonicMs() + withinMs;
      for (;;) {
        const found = json().find(({ event }) => event === name);
        if (found !== undefined) return found;
        assert(child.exitCode === null, `Ended with ${child.exitCode} before ${name}: ${lines.join("\n")}\n${stderr}`);
        assert(
          systemClock.monotonicMs() < deadline,
          `No ${name} within ${withinMs} ms: ${lines.join("\n")}\n${stderr}`,
        );
        await systemClock.sleep(20, new AbortController().signal);
      }
    },
    press: (key) => void child.stdin.write(key),
    ended: async () => {
      const [code, signal] = (await closed) as [number | null, string | null];
      return code ?? signal ?? "?";
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await closed;
    },
  };
}

export interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runSluice(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  await using sluice = startSluice(args, env);
  const code = await sluice.ended();
  return { code, stdout: sluice.lines.join("\n"), stderr: sluice.stderr() };
}

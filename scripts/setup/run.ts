import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

interface Outcome {
  readonly ok: boolean;
  /** stdout and stderr together. */
  readonly text: string;
}

/** A program as set-up found it; `args` come before everything else. */
export interface FoundTool {
  readonly command: string;
  readonly args: readonly string[];
  readonly version: string;
}

/** The full path of a program on PATH, or undefined. */
export function onPath(name: string): string | undefined {
  // Debian keeps servers in sbin, which is not on everybody's PATH.
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin"];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs a program to its end. */
export function run(command: string, args: readonly string[], options: { env?: Record<string, string> } = {}): Outcome {
  const done = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, LC_ALL: "C", ...options.env },
  });
  const text = `${done.stdout ?? ""}${done.stderr ?? ""}${done.error ? done.error.message : ""}`;
  return { ok: done.status === 0, text };
}

/** The last lines of a program's output, for error messages. */
export function tailOf(text: string, lines = 6): string {
  return text
    .trim()
    .split("\n")
    .slice(-lines)
    .map((line) => `    ${line}`)
    .join("\n");
}

/** The first `N.N.N` in a text as numbers, or undefined. */
export function versionIn(text: string): number[] | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

export function isAtLeast(version: readonly number[], floor: readonly number[]): boolean {
  for (const [index, wanted] of floor.entries()) {
    const have = version[index] ?? 0;
    if (have !== wanted) return have > wanted;
  }
  return true;
}

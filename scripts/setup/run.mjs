import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The full path of a program on PATH, or undefined. @param {string} name */
export function onPath(name) {
  // Debian keeps servers in sbin, which is not on everybody's PATH.
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin"];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a program to its end.
 * @param {string} command @param {readonly string[]} args @param {{ env?: Record<string, string>, cwd?: string }} [options]
 * @returns {{ ok: boolean, stdout: string, text: string }} `text` is stdout and stderr together
 */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
    cwd: options.cwd,
    env: { ...process.env, LC_ALL: "C", ...options.env },
  });
  const text = `${done.stdout ?? ""}${done.stderr ?? ""}${done.error ? done.error.message : ""}`;
  return { ok: done.status === 0, stdout: done.stdout ?? "", text };
}

/** The last lines of a program's output, for error messages. @param {string} text */
export function tailOf(text, lines = 6) {
  return text
    .trim()
    .split("\n")
    .slice(-lines)
    .map((line) => `    ${line}`)
    .join("\n");
}

/** The first `N.N.N` in a text as numbers, or undefined. @param {string} text */
export function versionIn(text) {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** @param {readonly number[]} version @param {readonly number[]} floor */
export function isAtLeast(version, floor) {
  for (const [index, wanted] of floor.entries()) {
    const have = version[index] ?? 0;
    if (have !== wanted) return have > wanted;
  }
  return true;
}

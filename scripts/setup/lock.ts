import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { say } from "./report.ts";

/** Runs `work` while no other set-up works on this cache. A lock whose owner is gone is taken over. */
export async function alone<T>(cache: string, work: () => T | Promise<T>): Promise<T> {
  mkdirSync(cache, { recursive: true });
  const lock = join(cache, "setup.lock");
  for (let told = false; !take(lock); told = true) {
    if (!told) say("waiting for another set-up of this checkout ...");
    await sleep(300);
  }
  try {
    removeLeftovers(cache);
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** What a set-up that was killed had half unpacked. */
function removeLeftovers(cache: string): void {
  const halfDone = readdirSync(cache).filter((name) => /^(mysql|redis)\.\d+\.new/.test(name));
  for (const name of halfDone) rmSync(join(cache, name), { recursive: true, force: true });
}

function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  if (ownerIsAlive(lock)) return false;
  rmSync(lock, { force: true });
  return false;
}

function ownerIsAlive(lock: string): boolean {
  try {
    const owner = Number(readFileSync(lock, "utf8"));
    // Just created and not written yet.
    if (owner === 0) return true;
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM" || codeOf(error) === "ENOENT";
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

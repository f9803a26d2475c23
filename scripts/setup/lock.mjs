import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { say } from "./report.mjs";

/**
 * Runs `work` while no other set-up works on this cache. A lock whose owner is gone is taken over.
 * @template T @param {string} cache @param {() => T | Promise<T>} work @returns {Promise<T>}
 */
export async function alone(cache, work) {
  mkdirSync(cache, { recursive: true });
  const lock = join(cache, "setup.lock");
  for (let told = false; !take(lock); told = true) {
    if (!told) say("waiting for another set-up of this checkout ...");
    await sleep(300);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** @param {string} lock */
function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  if (ownerIsAlive(lock)) return false;
  rmSync(lock, { force: true });
  return false;
}

/** @param {string} lock */
function ownerIsAlive(lock) {
  try {
    const owner = Number(readFileSync(lock, "utf8"));
    // Just created and not written yet.
    if (owner === 0) return true;
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM" || error.code === "ENOENT";
  }
}

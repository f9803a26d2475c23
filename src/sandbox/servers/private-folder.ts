import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#kernel";

const PREFIX = "sluice-srv-";
/** A socket's path may have 107 bytes; this leaves room for our names. */
const LONGEST_BASE = 60;
const OWNER_FILE = "owner";
/** How long a folder may be without its owner file before it counts as left behind. */
const NEWBORN_MS = 60_000;

/** A new private folder with a short path; folders whose owner died without cleaning up are removed on the way. */
export function makePrivateFolder(label: string): string {
  const base = tmpdir().length <= LONGEST_BASE ? tmpdir() : "/tmp";
  sweep(base);
  const folder = mkdtempSync(join(base, `${PREFIX}${label.replaceAll(/[^a-z0-9-]/gi, "").slice(0, 20)}-`));
  writeFileSync(join(folder, OWNER_FILE), identityOf(process.pid) ?? "");
  mkdirSync(join(folder, "tmp"));
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

function sweep(base: string): void {
  for (const name of readdirSync(base)) {
    if (name.startsWith(PREFIX) && isLeftBehind(join(base, name))) tryRemove(join(base, name));
  }
}

function isLeftBehind(folder: string): boolean {
  const owner = read(join(folder, OWNER_FILE))?.trim() ?? "";
  if (owner === "") return ageMs(folder) > NEWBORN_MS;
  return identityOf(Number(owner.split(" ")[0])) !== owner;
}

function tryRemove(folder: string): void {
  try {
    removeFolder(folder);
  } catch {
    // Another user's folder, or another process sweeps it right now.
  }
}

/** `pid start-time`: a pid alone may have been given to somebody else since. */
function identityOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets and may hold spaces.
  const startTime = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return startTime === undefined ? undefined : `${pid} ${startTime}`;
}

function ageMs(folder: string): number {
  try {
    return systemClock.now().getTime() - statSync(folder).mtimeMs;
  } catch {
    return 0;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, expect, test } from "vitest";
import { startSluice } from "../cli/sluice-process.ts";

/** Temporary folders that a process made: its servers' folders carry its id, so does the local GitHub's name. */
function foldersOf(pid: number): readonly string[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith(`sluice-github-${pid}-`) || ownerOf(name) === pid)
    .map((name) => join(tmpdir(), name));
}

function ownerOf(name: string): number | undefined {
  if (!name.startsWith("sluice-srv-")) return undefined;
  try {
    return Number(readFileSync(join(tmpdir(), name, "owner"), "utf8").split(" ")[0]);
  } catch {
    return undefined;
  }
}

/** Processes below `pid`, however deep. */
function below(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((one) => /^[0-9]+$/.test(one))) {
    const stat = parentOf(Number(name));
    if (stat !== undefined) parents.set(Number(name), stat);
  }
  const found = [pid];
  for (const one of found) for (const [child, parent] of parents) if (parent === one) found.push(child);
  return found.slice(1);
}

/** The parent's id: the second field after the program's name, which may hold spaces. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test(
  "the scripted demo ends with one JSON line whose figures are what they must be, and leaves nothing behind",
  { timeout: 240_000 },
  async () => {
    await using demo = startSluice(["demo", "--script", "--json", "--rows", "5000"], { TMPDIR: tmpdir() });
    const mine = new Set<number>();
    const theirs = new Set<string>();
    const look = setInterval(() => {
      for (const folder of foldersOf(demo.child.pid ?? 0)) theirs.add(folder);
      for (const pid of below(demo.child.pid ?? 0)) mine.add(pid);
    }, 500);
    const code = await demo.ended().finally(() => clearInterval(look));
    expect({ code, story: demo.stderr() }).toMatchObject({ code: 0 });

    expect(demo.lines).toHaveLength(1);
    const result = JSON.parse(demo.lines.at(-1) ?? "") as Record<string, unknown>;
    const figure = expect.any(Number) as number;
    expect(result).toEqual({
      outcome: "ok",
      planSeconds: figure,
      rows: figure,
      copySeconds: figure,
      seal: {
        tables: 4,
        shards: 2,
        lockHeldMs: [figure, figure],
        clientErrors: 0,
        retryable1213: figure,
        clientLongestWaitMs: figure,
        mixedReads: 0,
      },
      revert: { rowsWrittenAfterSeal: figure, rowsLost: 0, rowsDifferent: 0 },
      peakRssMb: figure,
    });
    expect(result["rows"]).toBeGreaterThanOrEqual(5000);
    const { rowsWrittenAfterSeal } = result["revert"] as { rowsWrittenAfterSeal: number };
    expect(rowsWrittenAfterSeal).toBeGreaterThan(0);

    // Five MySQL servers and Redis at least.
    expect(mine.size).toBeGreaterThanOrEqual(6);
    // A server's watchdog ends a moment after its server.
    await expect.poll(() => [...mine].filter(isAlive), { timeout: 10_000 }).toEqual([]);
    expect(theirs.size).toBeGreaterThanOrEqual(7);
    expect([...theirs].filter((folder) => existsSync(folder))).toEqual([]);
  },
);

test("a demo that is interrupted ends its servers, too", { timeout: 120_000 }, async () => {
  await using demo = startSluice(["demo", "--rows", "1000"], { TMPDIR: tmpdir() });
  const deadline = performance.now() + 90_000;
  while (!demo.lines.some((line) => line.includes("The pull request:"))) {
    assert(performance.now() < deadline, demo.lines.join("\n"));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const mine = below(demo.child.pid ?? 0);
  const theirs = foldersOf(demo.child.pid ?? 0);
  expect(mine.length).toBeGreaterThanOrEqual(6);
  expect(theirs.length).toBeGreaterThanOrEqual(6);
  demo.child.kill("SIGINT");
  expect(await demo.ended()).toBe(0);
  await expect.poll(() => mine.filter(isAlive), { timeout: 10_000 }).toEqual([]);
  expect(theirs.filter((folder) => existsSync(folder))).toEqual([]);
});

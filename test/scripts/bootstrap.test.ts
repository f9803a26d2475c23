import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test, vi } from "vitest";
import { temporaryFolder } from "../support/servers-folder.ts";

// Each test starts a few processes, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 60_000 });
const ROOT = resolve(import.meta.dirname, "../..");

/** A checkout whose dependencies are there and whose steps are these scripts. */
function checkout(
  scripts: Readonly<Record<string, string>>,
  edit: (bootstrap: string) => string = (text) => text,
): string {
  const folder = temporaryFolder("bootstrap");
  for (const name of ["scripts", "node_modules/.bin", "src/app"]) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "package-lock.json"), "{}");
  writeFileSync(join(folder, "node_modules/.sluice-lock-sha256"), createHash("sha256").update("{}").digest("hex"));
  symlinkSync(process.execPath, join(folder, "node_modules/.bin/node"));
  writeFileSync(join(folder, "scripts/bootstrap.cjs"), edit(readFileSync(join(ROOT, "scripts/bootstrap.cjs"), "utf8")));
  for (const [name, text] of Object.entries(scripts)) writeFileSync(join(folder, name), text);
  return folder;
}

function start(folder: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(folder, "scripts/bootstrap.cjs"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

test("set-up comes first, arguments go to the last step, and its exit code is ours", () => {
  const folder = checkout({
    "scripts/setup.mjs": "console.log('set up', ...process.argv.slice(2));",
    "scripts/test.mjs": "console.log('tested', ...process.argv.slice(2)); process.exit(7);",
  });
  const done = spawnSync(process.execPath, [join(folder, "scripts/bootstrap.cjs"), "test", "a", "--b"], {
    encoding: "utf8",
  });
  expect(done.stdout).toBe("set up --quiet\ntested a --b\n");
  expect(done.status).toBe(7);
});

test("a set-up that fails ends it: nothing runs on a half-made machine", () => {
  const folder = checkout({ "scripts/setup.mjs": "process.exit(3);", "src/app/main.ts": "console.log('demo');" });
  const done = spawnSync(process.execPath, [join(folder, "scripts/bootstrap.cjs"), "demo"], { encoding: "utf8" });
  expect(done).toMatchObject({ status: 3, stdout: "" });
});

test("signals reach the step, which ends in its own order", async () => {
  const folder = checkout({
    "scripts/setup.mjs":
      "process.on('SIGTERM', () => process.exit(5)); console.log('ready'); setInterval(() => {}, 1000);",
  });
  const child = start(folder, ["setup"]);
  if (child.stdout !== null) await once(child.stdout, "data");
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([5, null]);
});

test("an unknown verb and a machine without the wanted Node are told with their cure", () => {
  const unknown = spawnSync(process.execPath, [join(ROOT, "scripts/bootstrap.cjs"), "tset"], { encoding: "utf8" });
  expect(unknown.status).toBe(1);
  expect(unknown.stderr).toContain("cure: use one of setup, test, demo");
  const folder = checkout({}, (text) => text.replace("WANTED_MAJOR = 24", "WANTED_MAJOR = 99"));
  const old = spawnSync(process.execPath, [join(folder, "scripts/bootstrap.cjs"), "setup"], { encoding: "utf8" });
  expect(old.status).toBe(1);
  expect(old.stderr).toMatch(/needs Node 99 or newer; this is v\d+.*\n\s+cure: install Node 99/);
});

test("a named server that is none is refused by set-up with the cure, and nothing is recorded", () => {
  const cache = temporaryFolder("cache");
  const env = { ...process.env, SLUICE_CACHE: cache, SLUICE_TEST_MYSQLD: "/bin/true" };
  const done = spawnSync(process.execPath, ["--conditions=source", join(ROOT, "scripts/setup.mjs")], {
    encoding: "utf8",
    env,
  });
  expect(done.status).toBe(1);
  expect(done.stderr).toMatch(
    /SLUICE_TEST_MYSQLD is not a MySQL server of 8\.0\.13 or newer: \/bin\/true\n\s+cure: install/,
  );
  expect(existsSync(join(cache, "setup.lock"))).toBe(false);
  expect(readFileSync(join(cache, "tools.json"), "utf8")).not.toContain("mysqld");
});

test("set-up with everything there does nothing and says so in one line", () => {
  const args = ["--conditions=source", join(ROOT, "scripts/setup.mjs"), "--without", "chromium"];
  const done = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(done).toMatchObject({ status: 0, stdout: "", stderr: "[setup] everything is there\n" });
});

// Finds or fetches what tests and demo need and writes .cache/tools.json. Safe to run again; quick when all is there.
// usage: node --conditions=source scripts/setup.mjs [--quiet] [--without chromium]
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { findChromium } from "./setup/chromium.ts";
import { alone } from "./setup/lock.ts";
import { findMysqld } from "./setup/mysql.ts";
import { findRedis } from "./setup/redis.ts";
import { endWith, say, SetupError } from "./setup/report.ts";
import { isAtLeast, run, versionIn } from "./setup/run.ts";

const FORMAT = 1;
const ROOT = resolve(import.meta.dirname, "..");
const CACHE = process.env.SLUICE_CACHE ?? join(ROOT, ".cache");
const TOOLS = join(CACHE, "tools.json");
const OLDEST_GIT = [2, 38, 0];

const FINDERS = {
  git: findGit,
  mysqld: () => findMysqld(CACHE),
  redis: () => findRedis(CACHE),
  chromium: findChromium,
};
/** What a person may have named; naming another one makes the recorded answer stale. */
const NAMED_BY = { mysqld: "SLUICE_TEST_MYSQLD", redis: "SLUICE_TEST_REDIS", chromium: "SLUICE_TEST_CHROMIUM" };

function findGit() {
  const version = versionIn(run("git", ["--version"]).text);
  const cure = "install git 2.38 or newer (the local GitHub merges with `git merge-tree --write-tree`).";
  if (version === undefined) throw new SetupError("git is missing.", cure);
  if (!isAtLeast(version, OLDEST_GIT)) throw new SetupError(`git ${version.join(".")} is too old.`, cure);
  return { command: "git", args: [], version: version.join(".") };
}

/** @returns {Record<string, unknown>} */
function readTools() {
  try {
    const tools = JSON.parse(readFileSync(TOOLS, "utf8").replaceAll("{cache}", CACHE));
    return tools.format === FORMAT ? tools : {};
  } catch {
    return {};
  }
}

function isCurrent(name, tool) {
  if (tool === undefined || tool.named !== (process.env[NAMED_BY[name]] ?? null)) return false;
  return Object.entries(tool.files).every(([file, seen]) => stampOf(file) === seen);
}

/** Programs change under us when the machine is upgraded. @param {string} file */
function stampOf(file) {
  try {
    const { size, mtimeMs } = statSync(file);
    return `${size}-${Math.round(mtimeMs)}`;
  } catch {
    return "missing";
  }
}

function find(name) {
  const tool = FINDERS[name]();
  const programs = [tool.command, ...(tool.args ?? [])].filter((part) => part.startsWith("/") && !part.includes(":"));
  say(`${name}: ${tool.version}`);
  return {
    ...tool,
    named: process.env[NAMED_BY[name]] ?? null,
    files: Object.fromEntries(programs.map((file) => [file, stampOf(file)])),
  };
}

function writeTools(tools) {
  mkdirSync(CACHE, { recursive: true });
  const fresh = `${TOOLS}.${process.pid}`;
  // The cache may move together with its checkout, so it does not name its own place.
  writeFileSync(fresh, JSON.stringify(tools, undefined, 2).replaceAll(CACHE, "{cache}"));
  renameSync(fresh, TOOLS);
}

async function main() {
  const args = process.argv.slice(2);
  const without = args.flatMap((arg, index) => (args[index - 1] === "--without" ? arg.split(",") : []));
  const wanted = Object.keys(FINDERS).filter((name) => !without.includes(name));
  const stale = (tools) => wanted.filter((name) => !isCurrent(name, tools[name]));
  if (stale(readTools()).length > 0) {
    await alone(CACHE, () => {
      for (const name of stale(readTools())) writeTools({ ...readTools(), format: FORMAT, [name]: find(name) });
    });
  }
  const { ensureDataTemplate } = await import("../src/sandbox/servers/mysql-template.ts");
  await ensureDataTemplate(() => say("MySQL: preparing an empty data folder ..."));
  if (!args.includes("--quiet")) say("everything is there");
}

main().catch(endWith);

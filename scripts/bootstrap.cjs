// Runs under any Node from 12 on: brings the dependencies in, then goes on under Node 24.
// usage: node scripts/bootstrap.cjs setup|test|demo [arguments...]
"use strict";

const childProcess = require("child_process");
const crypto = require("crypto");
const fs = require("fs");
const path = require("path");

const ROOT = path.resolve(__dirname, "..");
const MODULES = path.join(ROOT, "node_modules");
const STAMP = path.join(MODULES, ".sluice-lock-sha256");
const LOCK = path.join(ROOT, ".cache", "npm-ci.lock");
const WANTED_MAJOR = 24;
const VERBS = {
  setup: [["scripts/setup.mjs"]],
  test: [["scripts/setup.mjs", "--quiet"], ["scripts/test.mjs"]],
  demo: [
    ["scripts/setup.mjs", "--quiet", "--without", "chromium"],
    ["src/app/main.ts", "demo"],
  ],
};

function say(line) {
  process.stderr.write("[setup] " + line + "\n");
}

function fail(message, cure) {
  process.stderr.write("\n" + message + "\n  cure: " + cure + "\n");
  process.exit(1);
}

function wantedStamp() {
  return crypto
    .createHash("sha256")
    .update(fs.readFileSync(path.join(ROOT, "package-lock.json")))
    .digest("hex");
}

function dependenciesAreThere() {
  try {
    return fs.readFileSync(STAMP, "utf8").trim() === wantedStamp();
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Two commands started side by side in one checkout must not both rewrite node_modules. */
function takeLock() {
  fs.mkdirSync(path.dirname(LOCK), { recursive: true });
  let told = false;
  for (;;) {
    try {
      fs.writeFileSync(LOCK, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    let owner = 0;
    try {
      owner = Number(fs.readFileSync(LOCK, "utf8"));
    } catch {
      continue;
    }
    if (owner > 0 && !isAlive(owner)) {
      removeLock();
      continue;
    }
    if (!told) say("waiting for process " + owner + " to install packages (if it does not: remove " + LOCK + ") ...");
    told = true;
    childProcess.spawnSync("sleep", ["0.5"]);
  }
}

function removeLock() {
  try {
    fs.unlinkSync(LOCK);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

function installDependencies() {
  if (dependenciesAreThere()) return;
  takeLock();
  try {
    if (dependenciesAreThere()) return;
    say("npm packages: npm ci ...");
    const viaNpm = process.env.npm_execpath && /npm-cli\.c?js$/.test(process.env.npm_execpath);
    const command = viaNpm ? process.execPath : "npm";
    const args = (viaNpm ? [process.env.npm_execpath] : []).concat([
      "ci",
      "--no-fund",
      "--no-audit",
      "--loglevel=error",
    ]);
    // Output goes to stderr: the demo's stdout ends with one JSON line that programs read.
    const done = childProcess.spawnSync(command, args, { cwd: ROOT, stdio: ["ignore", 2, 2] });
    if (done.error || done.status !== 0) {
      fail(
        "npm ci did not succeed.",
        "look at npm's message above; it needs a package registry in reach and a writable checkout.",
      );
    }
    fs.writeFileSync(STAMP, wantedStamp());
    say("npm packages: ready");
  } finally {
    removeLock();
  }
}

/** The path of a Node of the wanted version, or undefined. */
function wantedNode() {
  const platformPackage = "node-" + process.platform + "-" + process.arch;
  const candidates = [path.join(MODULES, ".bin", "node"), path.join(MODULES, platformPackage, "bin", "node")];
  if (Number(process.versions.node.split(".")[0]) >= WANTED_MAJOR) candidates.push(process.execPath);
  return candidates.find(function (candidate) {
    if (!fs.existsSync(candidate)) return false;
    const answer = childProcess.spawnSync(candidate, ["--version"], { encoding: "utf8" });
    return answer.status === 0 && Number(String(answer.stdout).replace("v", "").split(".")[0]) >= WANTED_MAJOR;
  });
}

/** Runs one step under the wanted Node and hands on signals and the exit code. */
function run(node, args, then) {
  const searchPath = path.join(MODULES, ".bin") + path.delimiter + (process.env.PATH || "");
  const env = Object.assign({}, process.env, { PATH: searchPath });
  const child = childProcess.spawn(node, ["--conditions=source"].concat(args), {
    cwd: ROOT,
    stdio: "inherit",
    env: env,
  });
  const handOn = ["SIGINT", "SIGTERM", "SIGHUP"].map(function (signal) {
    const handler = function () {
      // A terminal sends Ctrl-C to the child as well; a second one would mean "at once".
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    process.on(signal, handler);
    return [signal, handler];
  });
  child.on("error", function (error) {
    fail("Cannot start " + node + ": " + error.message, "remove node_modules and run the command again.");
  });
  child.on("exit", function (code, signal) {
    handOn.forEach(function (pair) {
      process.removeListener(pair[0], pair[1]);
    });
    if (signal) process.kill(process.pid, signal);
    else if (code === 0 && then) then();
    else process.exit(code === null ? 1 : code);
  });
}

function main() {
  const steps = VERBS[process.argv[2]];
  if (steps === undefined)
    fail("Unknown verb: " + process.argv[2], "use one of " + Object.keys(VERBS).join(", ") + ".");
  installDependencies();
  const node = wantedNode();
  if (node === undefined) {
    fail(
      "Sluice needs Node " +
        WANTED_MAJOR +
        " or newer; this is " +
        process.version +
        " and npm has no build of it for " +
        process.platform +
        "-" +
        process.arch +
        " here.",
      "install Node " + WANTED_MAJOR + " (https://nodejs.org) and run the command again.",
    );
  }
  const last = steps.length - 1;
  const runStep = function (index) {
    const args = steps[index].concat(index === last ? process.argv.slice(3) : []);
    run(
      node,
      args,
      index === last
        ? function () {
            process.exit(0);
          }
        : function () {
            runStep(index + 1);
          },
    );
  };
  runStep(0);
}

main();

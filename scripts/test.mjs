// npm test: the checks, then the tests, cheap ones first. The last line is `N passed, N failed`.
// usage: node --conditions=source scripts/test.mjs [part of a test's path...]   (with a path: no checks)
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");
const PROJECTS = ["pure", "redis", "mysql", "e2e", "browser"];

/** @param {readonly string[]} args @returns {Promise<boolean>} */
function runNode(args) {
  return new Promise((settle) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
    const handOn = (signal) => child.kill(signal);
    process.once("SIGTERM", handOn);
    child.on("error", () => settle(false));
    child.on("close", (code) => {
      process.removeListener("SIGTERM", handOn);
      settle(code === 0);
    });
  });
}

/**
 * One vitest project. A skipped test counts as failed: a test that does not run shows nothing.
 * @param {string} project @param {readonly string[]} paths
 */
async function runProject(project, paths) {
  console.log(`\n== tests: ${project}`);
  const folder = mkdtempSync(join(tmpdir(), "sluice-report-"));
  const report = join(folder, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const optional = paths.length > 0 ? ["--passWithNoTests"] : [];
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const ok = await runNode([vitest, "run", "--project", project, ...reporters, ...optional, ...paths]);
  const counts = countsIn(report);
  rmSync(folder, { recursive: true, force: true });
  const skipped = counts.skipped.map((title) => `${project}: skipped: ${title}`);
  const failures = [...counts.failed.map((title) => `${project}: ${title}`), ...skipped];
  // A file that does not load fails without any test in it.
  if (!ok && failures.length === 0) failures.push(`${project}: vitest ended with an error (see above)`);
  return { passed: counts.passed, failures };
}

/** @param {string} report @returns {{ passed: number, failed: string[], skipped: string[] }} */
function countsIn(report) {
  let files = [];
  try {
    files = JSON.parse(readFileSync(report, "utf8")).testResults;
  } catch {
    // No report: vitest itself failed, and its exit code says so.
  }
  const tests = files.flatMap((file) =>
    file.assertionResults.map((test) => ({ ...test, file: file.name.replace(`${ROOT}/`, "") })),
  );
  const titles = (status) =>
    tests.filter((test) => status.includes(test.status)).map((test) => `${test.file}: ${test.fullName}`);
  const unloaded = files.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: tests.filter((test) => test.status === "passed").length,
    failed: [
      ...titles(["failed"]),
      ...unloaded.map((file) => `${file.name.replace(`${ROOT}/`, "")}: the file itself failed`),
    ],
    skipped: titles(["skipped", "pending", "todo", "disabled"]),
  };
}

const paths = process.argv.slice(2);
const failures = [];
let passed = 0;
if (paths.length === 0 && !(await runNode([join(ROOT, "scripts/check.mjs")])))
  failures.push("npm run check (see its lines above)");
for (const project of PROJECTS) {
  const result = await runProject(project, paths);
  passed += result.passed;
  failures.push(...result.failures);
}
if (passed + failures.length === 0) failures.push(`no test has ${paths.join(" or ")} in its path`);
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((line) => `  ${line}`).join("\n")}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

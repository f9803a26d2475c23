import { SetupError, say } from "./report.ts";
import { type FoundTool, isExecutable, onPath, run, tailOf, versionIn } from "./run.ts";

const CURE = "install chromium (Debian: apt-get install chromium), or name the program in SLUICE_TEST_CHROMIUM.";

/** Chromium for the browser tests: the named one, one on PATH, or Debian's, installed when this is root. */
export function findChromium(): FoundTool {
  const named = process.env["SLUICE_TEST_CHROMIUM"];
  if (named) {
    if (!isExecutable(named)) throw new SetupError(`SLUICE_TEST_CHROMIUM is not a program: ${named}`, CURE);
    return probe(named);
  }
  const installed = search();
  if (installed !== undefined) return probe(installed);
  if (process.getuid?.() !== 0 || onPath("apt-get") === undefined)
    throw new SetupError("Chromium is missing; the browser tests need it.", CURE);
  say("Chromium: apt-get install chromium ...");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const install = ["-o", "DPkg::Lock::Timeout=300", "install", "--yes", "--no-install-recommends", "chromium"];
  run("apt-get", ["-o", "DPkg::Lock::Timeout=300", "update"], { env });
  const done = run("apt-get", install, { env });
  const program = search();
  if (!done.ok || program === undefined)
    throw new SetupError(`Chromium is missing, and apt-get install failed:\n${tailOf(done.text)}`, CURE);
  return probe(program);
}

function search(): string | undefined {
  return ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    .map(onPath)
    .find((path) => path !== undefined);
}

function probe(command: string): FoundTool {
  const version = versionIn(run(command, ["--version", "--no-sandbox"]).text);
  return { command, args: [], version: version?.join(".") ?? "unknown" };
}

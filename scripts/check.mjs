// Everything that can be said about the code without running it. `npm test` begins with this.
// usage: node scripts/check.mjs [step...]
import { checkBans } from "./check/bans.ts";
import { checkDocs } from "./check/docs.ts";
import { runSteps, runTool } from "./check/steps.ts";

/** The rooms of the house: nothing cruised means that the tool saw no TypeScript, which it says with exit code 0. */
async function checkRooms() {
  const args = ["src", "--config", ".dependency-cruiser.mjs"];
  const result = await runTool("dependency-cruiser/bin/dependency-cruiser.mjs", [...args, "--output-type", "err-long"]);
  const cruised = Number(/(\d+) modules/.exec(result.text)?.[1] ?? 0);
  return cruised > 0 ? result : { ok: false, text: `no modules were cruised\n${result.text}` };
}

const STEPS = [
  { name: "lint", run: () => runTool("oxlint/bin/oxlint", ["--type-aware", "--deny-warnings"]) },
  { name: "types", run: () => runTool("typescript/bin/tsc", ["--noEmit", "-p", "tsconfig.json"]) },
  { name: "format", run: () => runTool("prettier/bin/prettier.cjs", ["--check", "."]) },
  { name: "rooms", run: checkRooms },
  { name: "dead code", run: () => runTool("knip/bin/knip.js", ["--production"]) },
  { name: "bans", run: checkBans },
  { name: "docs", run: checkDocs },
];

const only = process.argv.slice(2);
const failed = await runSteps(
  STEPS.filter((step) => only.length === 0 || only.includes(step.name)),
  2,
);
if (failed.length > 0) console.log(`check: ${failed.join(", ")} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";

const ROOT = resolve(import.meta.dirname, "../..");
const FOLDER = join(ROOT, ".github/workflows");

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      { readonly container?: string; readonly "timeout-minutes"?: number; readonly steps: readonly Step[] }
    >
  >;
}
interface Step {
  readonly uses?: string;
  readonly run?: string;
}

const workflows = readdirSync(FOLDER).map(
  (name) => [name, parse(readFileSync(join(FOLDER, name), "utf8")) as Workflow] as const,
);

test.each(workflows)("%s may only read, ends in time, and pins every action by its full commit", (_name, workflow) => {
  expect(workflow.permissions).toEqual({ contents: "read" });
  for (const job of Object.values(workflow.jobs)) {
    expect(job["timeout-minutes"]).toBeGreaterThan(0);
    for (const step of job.steps.filter(({ uses }) => uses !== undefined))
      expect(step.uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  }
});

test("CI runs the one command that contributors run, under an old Node", () => {
  const ci = workflows.find(([name]) => name === "ci.yml")?.[1];
  const job = ci?.jobs["test"];
  expect(job?.container).toMatch(/^node:20-/);
  expect(job?.steps.map(({ run }) => run).filter((run) => run !== undefined)).toEqual(["bash .ci/run"]);
  expect(existsSync(join(ROOT, ".ci/run"))).toBe(true);
  const commands = readFileSync(join(ROOT, ".ci/run"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("npm"));
  expect(commands).toEqual(["npm test"]);
});

import { spawn } from "node:child_process";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");

export interface StepResult {
  readonly ok: boolean;
  /** What to show when it is not ok. */
  readonly text: string;
}

export interface Step {
  readonly name: string;
  run(): Promise<StepResult>;
}

/** Runs a tool from node_modules under this very Node. */
export function runTool(script: string, args: readonly string[]): Promise<StepResult> {
  return new Promise((settle) => {
    const child = spawn(process.execPath, [join(ROOT, "node_modules", script), ...args], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (part) => (stdout += part));
    child.stderr.on("data", (part) => (stderr += part));
    child.on("error", (error) => settle({ ok: false, text: error.message }));
    child.on("close", (code) => settle({ ok: code === 0, text: `${stdout}${stderr}` }));
  });
}

/** Runs the steps, a few at a time, with one line each; what a failed step said follows its line. */
export async function runSteps(steps: readonly Step[], atOnce: number): Promise<string[]> {
  const waiting = [...steps];
  const failed: string[] = [];
  const lane = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const started = performance.now();
      const result = await step.run();
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${result.ok ? "ok    " : "FAILED"} ${step.name} (${seconds} s)`);
      if (result.ok) continue;
      failed.push(step.name);
      console.log(result.text.trimEnd().replaceAll(/^/gm, "    "));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return failed;
}

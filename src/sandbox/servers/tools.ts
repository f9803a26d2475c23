import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CodedError } from "#kernel";

/** A program as set-up found it: `args` come before everything else (a private server runs through its own loader). */
export interface Tool {
  readonly command: string;
  readonly args: readonly string[];
  readonly version: string;
}

export type ToolName = "mysqld" | "redis" | "chromium";

const ROOT = resolve(import.meta.dirname, "../../..");

/** The git-ignored folder set-up fills; `SLUICE_CACHE` names another one. */
export function cacheFolder(): string {
  return process.env["SLUICE_CACHE"] ?? join(ROOT, ".cache");
}

/**
 * What `npm run setup` found.
 *
 * @throws CodedError `sandbox/not-set-up` when set-up has not run or the program is gone
 */
export function findTool(name: ToolName): Tool {
  const tool = readTools()[name] as Partial<Tool> | undefined;
  if (tool?.command === undefined || tool.version === undefined || !existsSync(tool.command)) {
    throw new CodedError("sandbox/not-set-up", `Set-up has not found ${name} yet`, {
      hint: "npm run setup",
      next: "fix-input",
    });
  }
  return { command: tool.command, args: tool.args ?? [], version: tool.version };
}

/** The Chromium that set-up found, for playwright's `executablePath`. */
export function chromiumPath(): string {
  return findTool("chromium").command;
}

function readTools(): Record<string, unknown> {
  const file = join(cacheFolder(), "tools.json");
  if (!existsSync(file)) return {};
  return JSON.parse(readFileSync(file, "utf8").replaceAll("{cache}", cacheFolder())) as Record<string, unknown>;
}

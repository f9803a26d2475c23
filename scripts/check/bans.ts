// House rules that the linter has no rule for: time, chance, plain errors, the process and the console in src.
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import ts from "typescript";
import { ROOT, type StepResult } from "./steps.ts";

const CLOCK = "src/kernel/clock.ts";
const MAY_USE_PROCESS = ["src/config/", "src/cli/", "src/app/", "src/sandbox/", CLOCK];
const MAY_USE_CONSOLE = ["src/cli/"];

export async function checkBans(): Promise<StepResult> {
  const files = await sourceFiles("src");
  const found = files.flatMap((file) => bansIn(file, readFileSync(join(ROOT, file), "utf8")));
  if (files.length === 0) found.push("no source files found under src");
  return { ok: found.length === 0, text: found.join("\n") };
}

export function bansIn(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const ban = banOf(node, file);
    if (ban !== undefined) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      found.push(`${file}:${line + 1} ${ban}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function banOf(node: ts.Node, file: string): string | undefined {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const name = `${node.expression.text}.${node.name.text}`;
    if (name === "Date.now" && file !== CLOCK) return "Date.now: ask the Clock";
    if (name === "Math.random") return "Math.random: use node:crypto, or a seeded generator";
  }
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) {
    if (node.expression.text === "Date" && (node.arguments ?? []).length === 0 && file !== CLOCK)
      return "new Date(): ask the Clock";
  }
  if (
    ts.isThrowStatement(node) &&
    ts.isNewExpression(node.expression) &&
    node.expression.expression.getText() === "Error"
  ) {
    return "throw new Error: throw a CodedError";
  }
  if (ts.isIdentifier(node) && isGlobalUse(node)) {
    if (node.text === "process" && !mayUse(file, MAY_USE_PROCESS))
      return "process: only config, cli, app and sandbox may";
    if (node.text === "console" && !mayUse(file, MAY_USE_CONSOLE)) return "console: only cli may";
  }
  return undefined;
}

/** Not a property's or a declaration's name. */
function isGlobalUse(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent)) return false;
  const named = parent as { name?: ts.Node; propertyName?: ts.Node };
  return named.name !== node && named.propertyName !== node;
}

function mayUse(file: string, places: readonly string[]): boolean {
  return places.some((place) => (place.endsWith("/") ? file.startsWith(place) : file === place));
}

async function sourceFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

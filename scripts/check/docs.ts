// Documents are checked like code: commands exist, TypeScript blocks type-check, relative links lead somewhere.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { commandProblems } from "./commands.ts";
import { anchors, fences, links } from "./markdown.ts";
import { ROOT, runTool, type StepResult } from "./steps.ts";

export async function checkDocs(): Promise<StepResult> {
  const documents = findDocuments();
  if (!documents.includes("README.md")) return { ok: false, text: "README.md is missing" };
  const texts = new Map(documents.map((file) => [file, readFileSync(join(ROOT, file), "utf8")]));
  const problems = [...texts].flatMap(([file, text]) => [...linkProblems(file, text), ...commandProblems(file, text)]);
  const types = await typeProblems(texts);
  return {
    ok: problems.length === 0 && types === "",
    text: [...problems, types].filter((line) => line !== "").join("\n"),
  };
}

function findDocuments(): string[] {
  const top = readdirSync(ROOT).filter((name) => name.endsWith(".md"));
  const docs = join(ROOT, "docs");
  const below = existsSync(docs) ? readdirSync(docs, { recursive: true }).map((name) => `docs/${String(name)}`) : [];
  return [...top, ...below.filter((name) => name.endsWith(".md"))].toSorted((a, b) => a.localeCompare(b));
}

export function linkProblems(file: string, text: string): string[] {
  return links(text).flatMap(({ target, line }) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith("//")) return [];
    const [path = "", anchor] = target.split("#");
    const goal = path === "" ? join(ROOT, file) : resolve(join(ROOT, dirname(file)), decodeURIComponent(path));
    if (!existsSync(goal)) return [`${file}:${line} link leads nowhere: ${target}`];
    if (anchor === undefined || !goal.endsWith(".md") || anchors(readFileSync(goal, "utf8")).has(anchor)) return [];
    return [`${file}:${line} no such heading: ${target}`];
  });
}

/** Blocks that start with `// path` are compiled together. */
async function typeProblems(texts: ReadonlyMap<string, string>): Promise<string> {
  const folder = join(ROOT, ".cache", `doc-blocks.${process.pid}`);
  let count = 0;
  for (const [file, text] of texts) {
    for (const fence of fences(text)) {
      if (!/^(ts|typescript)$/.test(fence.language) || !/^\/\/ \S+\.ts\b/.test(fence.text)) continue;
      mkdirSync(folder, { recursive: true });
      writeFileSync(
        join(folder, `${file.replaceAll(/[^a-z0-9]/gi, "-")}-line-${fence.line}.ts`),
        `${fence.text}\nexport {};\n`,
      );
      count += 1;
    }
  }
  if (count === 0) return "";
  try {
    const config = { extends: "../../tsconfig.json", compilerOptions: { noUnusedLocals: false }, include: ["*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const result = await runTool("typescript/bin/tsc", ["-p", join(folder, "tsconfig.json")]);
    return result.ok ? "" : result.text;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

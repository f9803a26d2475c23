import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fences } from "./markdown.ts";
import { ROOT } from "./steps.ts";

/** Programs of other people that documents may name; what they do is theirs to know. */
const FOREIGN = new Set([
  "git",
  "cd",
  "curl",
  "openssl",
  "export",
  "mysql",
  "echo",
  "cat",
  "mkdir",
  "cp",
  "ls",
  "apt-get",
  "sudo",
]);

/** Commands in ```sh blocks that this repository does not have. */
export function commandProblems(file: string, text: string): string[] {
  return fences(text)
    .filter((fence) => /^(sh|bash|shell|console)$/.test(fence.language))
    .flatMap((fence) => {
      const lines = fence.text.replaceAll(/\\\n\s*/g, " ").split("\n");
      return lines.flatMap((line) => {
        const problem = problemOf(
          line
            .replace(/^\s*\$ /, "")
            .replace(/(^|\s)#.*$/, "")
            .trim(),
        );
        return problem === undefined ? [] : [`${file}:${fence.line} ${problem}`];
      });
    });
}

export function problemOf(line: string): string | undefined {
  // VARIABLE=value in front of a command is not the command.
  const words = line
    .split(/\s+/)
    .filter(
      (word, index, all) =>
        !(/^[A-Z_]+=/.test(word) && all.slice(0, index).every((before) => /^[A-Z_]+=/.test(before))),
    );
  const [program, first, ...rest] = words;
  if (program === undefined || program === "" || FOREIGN.has(program)) return undefined;
  if (program === "npm") return npmProblem(first, rest);
  if (program === "npx") return first === "sluice" ? verbProblem(rest[0]) : `not ours: ${line}`;
  if (program === "sluice") return verbProblem(first);
  if (program === "node" || program === "bash")
    return fileProblem([first, ...rest].find((word) => word !== undefined && !word.startsWith("-")));
  if (program === "docker") return dockerProblem([first, ...rest]);
  return `unknown command: ${line}`;
}

function npmProblem(verb: string | undefined, rest: readonly string[]): string | undefined {
  if (["ci", "install", "i"].includes(verb ?? "")) return undefined;
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const name = verb === "run" ? rest[0] : verb;
  if (name === undefined || !(name in scripts)) return `no npm script ${name}`;
  return name === "sluice" ? verbProblem(rest.find((word, index) => index > 0 && word !== "--")) : undefined;
}

function verbProblem(verb: string | undefined): string | undefined {
  if (verb === undefined || verb.startsWith("-")) return undefined;
  const verbs = knownVerbs();
  return verbs.includes(verb) ? undefined : `no verb ${verb}; there are ${verbs.join(", ")}`;
}

/** The CLI itself says which verbs there are. */
function knownVerbs(): string[] {
  const args = ["--conditions=source", join(ROOT, "src/app/main.ts"), "--help"];
  const answer = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (answer.status !== 0) throw new Error(`sluice --help failed:\n${answer.stderr}`);
  const commands = answer.stdout.slice(answer.stdout.indexOf("Commands:"));
  return [...commands.matchAll(/^ {2}([a-z]+)\b/gm)].map((match) => match[1] ?? "");
}

function fileProblem(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  // dist exists after a build; its source is what we have.
  const source = path.replace(/^dist\//, "src/").replace(/\.js$/, path.startsWith("dist/") ? ".ts" : ".js");
  return existsSync(join(ROOT, source)) ? undefined : `no such file: ${path}`;
}

function dockerProblem(args: readonly (string | undefined)[]): string | undefined {
  const needed = args[0] === "compose" ? "compose.yaml" : "Dockerfile";
  return existsSync(join(ROOT, needed)) ? undefined : `docker ${args.join(" ")} needs ${needed}`;
}

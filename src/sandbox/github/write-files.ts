import { CodedError } from "#kernel";
import type { GitRepository, Person } from "./git.ts";

export interface FilesCommit {
  readonly branch: string;
  readonly parent: string | undefined;
  readonly files: Readonly<Record<string, string | null>>;
  readonly message: string;
  readonly author: Person;
  readonly date: Date;
}

/** Commits text files on top of `parent` and points the branch there, in one run of `git fast-import`. */
export async function writeFiles(git: GitRepository, commit: FilesCommit): Promise<string> {
  const ref = `refs/heads/${commit.branch}`;
  const who = `${commit.author.name} <${commit.author.email}> ${Math.floor(commit.date.getTime() / 1000)} +0000`;
  const parts = [`commit ${ref}\nauthor ${who}\ncommitter ${who}\n`, data(commit.message)];
  if (commit.parent !== undefined) parts.push(`from ${commit.parent}\n`);
  for (const [path, text] of Object.entries(commit.files)) {
    if (path === "" || path.startsWith("/") || path.split("/").includes("..")) {
      throw new CodedError("sandbox/bad-path", `Not a path inside a repository: ${path}`, { next: "fix-input" });
    }
    parts.push(text === null ? `D ${quoted(path)}\n` : `M 100644 inline ${quoted(path)}\n${data(text)}`);
  }
  await git.run(["fast-import", "--quiet", "--force", "--date-format=raw"], parts.join(""));
  return git.text(["rev-parse", ref]);
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function quoted(path: string): string {
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

import type { GitRepository } from "./git.ts";

export interface FileDiff {
  readonly path: string;
  readonly previousPath: string | undefined;
  readonly status: "added" | "removed" | "modified" | "renamed" | "changed";
  /** Blob after the change, or before it when removed. */
  readonly blob: string;
  readonly additions: number;
  readonly deletions: number;
  /** Hunks in unified form without the file's head; undefined for binary files. */
  readonly patch: string | undefined;
}

const STATUS: Readonly<Record<string, FileDiff["status"]>> = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  T: "changed",
};

/** What changed from one commit to another, file by file, renames found. */
export async function diffFiles(git: GitRepository, from: string, to: string): Promise<readonly FileDiff[]> {
  const common = ["-M", "--no-color", "--no-ext-diff", from, to];
  const [raw, patches] = await Promise.all([
    git.run(["diff", "--raw", "--no-abbrev", "-z", ...common]),
    git.run(["diff", "-p", ...common]),
  ]);
  const bodies = patches
    .toString("utf8")
    .split(/^(?=diff --git )/m)
    .filter((part) => part !== "");
  const fields = raw.toString("utf8").split("\0");
  const files: FileDiff[] = [];
  for (let at = 0; at < fields.length - 1;) {
    const [, , before = "", after = "", letter = ""] = (fields[at] ?? "").split(" ");
    const moved = letter.startsWith("R");
    const body = bodies[files.length] ?? "";
    const start = body.search(/^@@ /m);
    const patch = start < 0 ? undefined : body.slice(start).replace(/\n$/, "");
    files.push({
      path: fields[at + (moved ? 2 : 1)] ?? "",
      previousPath: moved ? fields[at + 1] : undefined,
      status: STATUS[letter.slice(0, 1)] ?? "changed",
      blob: /^0+$/.test(after) ? before : after,
      additions: countLines(patch, "+"),
      deletions: countLines(patch, "-"),
      patch,
    });
    at += moved ? 3 : 2;
  }
  return files;
}

function countLines(patch: string | undefined, sign: string): number {
  return patch === undefined ? 0 : patch.split("\n").filter((line) => line.startsWith(sign)).length;
}

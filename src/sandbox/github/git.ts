import { spawn } from "node:child_process";
import { CodedError } from "#kernel";

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface CommitInfo {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person & { readonly date: string };
  readonly committer: Person & { readonly date: string };
  readonly message: string;
}

export interface NewCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Person;
  readonly date: Date;
}

export interface TreeEntry {
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly sha: string;
  readonly size: number | undefined;
  readonly path: string;
}

interface Outcome {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Keeps git deaf to the machine's and the user's own settings. */
const QUIET = { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };

/** A bare repository driven by the git command line (2.38 or newer, for `merge-tree --write-tree`). */
export class GitRepository {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  async init(defaultBranch: string): Promise<void> {
    await this.run(["init", "--quiet", "--bare", `--initial-branch=${defaultBranch}`, this.dir]);
  }

  /** @throws CodedError `sandbox/git` when git exits with anything but 0 */
  async run(args: readonly string[], input?: string | Buffer, env: Record<string, string> = {}): Promise<Buffer> {
    const outcome = await this.attempt(args, input, env);
    if (outcome.code !== 0) {
      throw new CodedError("sandbox/git", `git ${args[0]} failed: ${outcome.stderr.trim()}`, { next: "stop" });
    }
    return outcome.stdout;
  }

  async text(args: readonly string[], input?: string | Buffer): Promise<string> {
    return (await this.run(args, input)).toString("utf8").trimEnd();
  }

  attempt(args: readonly string[], input?: string | Buffer, env: Record<string, string> = {}): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const child = spawn("git", args, {
        env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", GIT_DIR: this.dir, ...QUIET, ...env },
      });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
      child.on("error", reject);
      child.on("close", (code) =>
        resolve({ code: code ?? -1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString("utf8") }),
      );
      // git may answer and go before it has read everything.
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
  }

  /** The commit a branch, tag, `refs/...` name or (short) SHA stands for. */
  async resolve(ref: string): Promise<string | undefined> {
    if (!/^[\w./+@-]+$/.test(ref) || ref.startsWith("-") || ref.includes("..")) return undefined;
    const exact = ref.startsWith("refs/") || /^[0-9a-f]{40}$/.test(ref);
    const names = exact ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/${ref}`, ref];
    for (const name of names) {
      const found = await this.attempt(["rev-parse", "--verify", "--quiet", `${name}^{commit}`]);
      if (found.code === 0) return found.stdout.toString("utf8").trim();
    }
    return undefined;
  }

  /** Type of any object; undefined when there is none. */
  async typeOf(sha: string): Promise<string | undefined> {
    if (!/^[0-9a-f]{40}$/.test(sha)) return undefined;
    const found = await this.attempt(["cat-file", "-t", sha]);
    return found.code === 0 ? found.stdout.toString("utf8").trim() : undefined;
  }

  async refs(prefix: string): Promise<readonly { readonly ref: string; readonly sha: string }[]> {
    const listing = await this.text(["for-each-ref", "--format=%(refname) %(objectname)"]);
    return listing
      .split("\n")
      .filter((line) => line.startsWith(prefix))
      .map((line) => ({ ref: line.slice(0, line.indexOf(" ")), sha: line.slice(line.indexOf(" ") + 1) }));
  }

  async setRef(ref: string, sha: string | undefined): Promise<void> {
    await this.run(sha === undefined ? ["update-ref", "-d", ref] : ["update-ref", ref, sha]);
  }

  async commit(sha: string): Promise<CommitInfo> {
    const raw = await this.text([
      "log",
      "-1",
      "--format=%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B",
      sha,
    ]);
    const [tree = "", parents = "", an = "", ae = "", ad = "", cn = "", ce = "", cd = "", message = ""] =
      raw.split("\0");
    return {
      sha,
      tree,
      parents: parents.split(" ").filter((parent) => parent !== ""),
      author: { name: an, email: ae, date: utc(ad) },
      committer: { name: cn, email: ce, date: utc(cd) },
      message: message.trimEnd(),
    };
  }

  /** Commits reachable from `head` but not from `base`, oldest first. */
  async between(base: string, head: string): Promise<readonly string[]> {
    const listing = await this.text(["rev-list", "--reverse", "--topo-order", `${base}..${head}`]);
    return listing.split("\n").filter((line) => line !== "");
  }

  async mergeBase(a: string, b: string): Promise<string | undefined> {
    const found = await this.attempt(["merge-base", a, b]);
    return found.code === 0 ? found.stdout.toString("utf8").trim() : undefined;
  }

  /** The tree of merging both; undefined when they conflict. */
  async mergeTree(ours: string, theirs: string): Promise<string | undefined> {
    const outcome = await this.attempt(["merge-tree", "--write-tree", "--no-messages", ours, theirs]);
    if (outcome.code > 1) throw new CodedError("sandbox/git", `git merge-tree failed: ${outcome.stderr.trim()}`);
    return outcome.code === 0 ? (outcome.stdout.toString("utf8").split("\n")[0] ?? "") : undefined;
  }

  async createCommit(commit: NewCommit): Promise<string> {
    const when = `${Math.floor(commit.date.getTime() / 1000)} +0000`;
    const out = await this.run(
      ["commit-tree", commit.tree, ...commit.parents.flatMap((parent) => ["-p", parent])],
      commit.message,
      {
        GIT_AUTHOR_NAME: commit.author.name,
        GIT_AUTHOR_EMAIL: commit.author.email,
        GIT_AUTHOR_DATE: when,
        GIT_COMMITTER_NAME: commit.author.name,
        GIT_COMMITTER_EMAIL: commit.author.email,
        GIT_COMMITTER_DATE: when,
      },
    );
    return out.toString("utf8").trim();
  }

  async createBlob(content: string | Buffer): Promise<string> {
    return (await this.run(["hash-object", "-w", "--stdin"], content)).toString("utf8").trim();
  }

  async blob(sha: string): Promise<Buffer> {
    return this.run(["cat-file", "blob", sha]);
  }

  /** @param treeish a tree, or a commit; with `:folder` behind it for a part */
  async tree(treeish: string, recursive: boolean): Promise<readonly TreeEntry[]> {
    const listing = await this.run(["ls-tree", "-l", "-z", ...(recursive ? ["-r", "-t"] : []), treeish]);
    return listing
      .toString("utf8")
      .split("\0")
      .filter((line) => line !== "")
      .map(parseTreeLine);
  }

  async entryAt(commit: string, path: string): Promise<TreeEntry | undefined> {
    const listing = await this.run(["ls-tree", "-l", "-z", commit, "--", path.replace(/\/+$/, "")]);
    const line = listing.toString("utf8").split("\0")[0];
    return line === undefined || line === "" ? undefined : parseTreeLine(line);
  }
}

function parseTreeLine(line: string): TreeEntry {
  const [mode = "", type = "", sha = "", size = ""] = line.slice(0, line.indexOf("\t")).split(/ +/);
  return {
    mode,
    type: type as TreeEntry["type"],
    sha,
    size: /^\d+$/.test(size) ? Number(size) : undefined,
    path: line.slice(line.indexOf("\t") + 1),
  };
}

/** git says `+00:00`, GitHub says `Z`. */
function utc(date: string): string {
  return date.replace(/\+00:00$/, "Z");
}

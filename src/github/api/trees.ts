import type { RepositoryName } from "#config";
import { CodedError, sha256Hex } from "#kernel";
import type { AuthoredFile } from "#schema";
import type { Octokit } from "../client/octokit.ts";
import { MOST_FILES } from "./pull-requests.ts";

const MOST_BYTES = 20_000_000;
const PARALLEL_READS = 8;

/** Blobs by their git hash: they never change, and most are the same from one pull request to the next. */
export interface BlobCache {
  get(sha: string): string | undefined;
  set(sha: string, text: string): void;
}

/** Keeps the `most` blobs used last. */
export function createBlobCache(most = 4000): BlobCache {
  const texts = new Map<string, string>();
  return {
    get(sha) {
      const text = texts.get(sha);
      if (text === undefined) return undefined;
      texts.delete(sha);
      texts.set(sha, text);
      return text;
    },
    set(sha, text) {
      texts.set(sha, text);
      const oldest = texts.keys().next().value;
      if (texts.size > most && oldest !== undefined) texts.delete(oldest);
    },
  };
}

/** Whether a path belongs to the schema folder. */
export function isSchemaFile(folder: string, path: string): boolean {
  return path.endsWith(".sql") && (folder === "" || path.startsWith(`${folder}/`));
}

/**
 * The `.sql` files of a folder at a commit, paths relative to the folder, read from git blobs.
 *
 * Fails closed: a listing that may not be whole is an error, never a smaller schema.
 *
 * @throws CodedError `github/tree-truncated`, `github/too-many-files`, `github/folder-missing`, `github/not-a-file`,
 * `github/not-utf8`
 */
export async function readSchemaFiles(
  octokit: Octokit,
  repository: RepositoryName,
  commit: string,
  folder: string,
  cache: BlobCache,
): Promise<readonly AuthoredFile[]> {
  const place = { owner: repository.owner, repo: repository.name };
  const root = await folderTree(octokit, repository, commit, folder);
  const { data } = await octokit.rest.git.getTree({ ...place, tree_sha: root, recursive: "1" });
  if (data.truncated) {
    throw new CodedError("github/tree-truncated", `GitHub lists only a part of ${folder}`, { next: "fix-input" });
  }
  const entries = data.tree.filter((entry) => entry.type !== "tree" && entry.path.endsWith(".sql"));
  if (entries.length === 0) throw missing(folder);
  const bytes = entries.reduce((sum, entry) => sum + (entry.size ?? 0), 0);
  if (entries.length > MOST_FILES || bytes > MOST_BYTES) {
    throw new CodedError("github/too-many-files", `${folder} holds ${entries.length} files with ${bytes} bytes`, {
      hint: `At most ${MOST_FILES} files and ${MOST_BYTES} bytes are read.`,
      next: "fix-input",
    });
  }
  const odd = entries.find((entry) => entry.type !== "blob" || entry.mode === "120000");
  if (odd !== undefined) {
    throw new CodedError("github/not-a-file", `${folder}/${odd.path} is a link or a submodule`, { next: "fix-input" });
  }
  const files: AuthoredFile[] = [];
  for (let i = 0; i < entries.length; i += PARALLEL_READS) {
    const some = entries.slice(i, i + PARALLEL_READS);
    files.push(
      ...(await Promise.all(
        some.map(async ({ path, sha }) => ({ path, text: await readBlob(octokit, repository, sha, path, cache) })),
      )),
    );
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The git hash of a folder's tree: walking down keeps the recursive listing small in a large repository. */
async function folderTree(
  octokit: Octokit,
  repository: RepositoryName,
  commit: string,
  folder: string,
): Promise<string> {
  let sha = commit;
  for (const segment of folder.split("/").filter((part) => part !== "")) {
    const { data } = await octokit.rest.git.getTree({ owner: repository.owner, repo: repository.name, tree_sha: sha });
    const next = data.tree.find((entry) => entry.path === segment && entry.type === "tree");
    if (next === undefined) {
      if (data.truncated)
        throw new CodedError("github/tree-truncated", `GitHub lists only a part of the folder above ${folder}`);
      throw missing(folder);
    }
    sha = next.sha;
  }
  return sha;
}

/** An empty folder would mean "drop every table": more likely it was moved. */
function missing(folder: string): CodedError {
  return new CodedError("github/folder-missing", `There is no .sql file in ${folder}`, {
    hint: "fleet.yml says where the schema is; to empty a database on purpose, do it by hand.",
    next: "fix-input",
  });
}

async function readBlob(
  octokit: Octokit,
  repository: RepositoryName,
  sha: string,
  path: string,
  cache: BlobCache,
): Promise<string> {
  const known = cache.get(sha);
  if (known !== undefined) return known;
  const { data } = await octokit.rest.git.getBlob({ owner: repository.owner, repo: repository.name, file_sha: sha });
  try {
    const bytes = Buffer.from(data.content, data.encoding === "base64" ? "base64" : "utf8");
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    cache.set(sha, text);
    return text;
  } catch (cause) {
    throw new CodedError("github/not-utf8", `${path} is not UTF-8 text`, {
      cause,
      next: "fix-input",
      where: { file: path, line: 1 },
    });
  }
}

/** Equal when two listings hold the same files with the same text. */
export function hashOfFiles(files: readonly AuthoredFile[]): string {
  return sha256Hex(files.map((file) => `${file.path}\0${sha256Hex(file.text)}`).join("\n"));
}

import {
  type Call,
  type Operation,
  Refusal,
  actorOf,
  created,
  noContent,
  notFound,
  ok,
  repoOf,
  text,
} from "../operation.ts";
import { moveBranch } from "../pushes.ts";
import { gitCommitShape, refShape } from "../shapes/commit.ts";
import { repoApi } from "../shapes/repository.ts";
import { type Repo, nodeId, personOf } from "../world.ts";

export const gitDataOperations: readonly Operation[] = [
  {
    id: "git/get-ref",
    method: "GET",
    path: "/repos/{owner}/{repo}/git/ref/{ref}",
    needs: ["contents", "read"],
    handle: async (call) => {
      const repo = repoOf(call);
      const ref = `refs/${call.path["ref"]}`;
      const sha = await repo.git.resolve(ref);
      if (sha === undefined) throw notFound();
      return ok(refShape(call.hub.world, repo, ref, sha));
    },
  },
  {
    id: "git/list-matching-refs",
    method: "GET",
    path: "/repos/{owner}/{repo}/git/matching-refs/{ref}",
    needs: ["contents", "read"],
    handle: async (call) => {
      const repo = repoOf(call);
      const refs = await repo.git.refs(`refs/${call.path["ref"]}`);
      return ok(refs.map(({ ref, sha }) => refShape(call.hub.world, repo, ref, sha)));
    },
  },
  {
    id: "git/create-ref",
    method: "POST",
    path: "/repos/{owner}/{repo}/git/refs",
    needs: ["contents", "write"],
    handle: async (call) => {
      const repo = repoOf(call);
      const ref = text(call.body, "ref") ?? "";
      const sha = text(call.body, "sha") ?? "";
      if (!/^refs\/[^/]+\/.+/.test(ref)) throw new Refusal(422, "Reference name must start with 'refs/'");
      if ((await repo.git.resolve(ref)) !== undefined) throw new Refusal(422, "Reference already exists");
      await pointRef(call, repo, ref, sha);
      return created(refShape(call.hub.world, repo, ref, sha));
    },
  },
  {
    id: "git/update-ref",
    method: "PATCH",
    path: "/repos/{owner}/{repo}/git/refs/{ref}",
    needs: ["contents", "write"],
    handle: async (call) => {
      const repo = repoOf(call);
      const ref = `refs/${call.path["ref"]}`;
      const sha = text(call.body, "sha") ?? "";
      const before = await repo.git.resolve(ref);
      if (before === undefined) throw new Refusal(422, "Reference does not exist");
      const forward = await repo.git.attempt(["merge-base", "--is-ancestor", before, sha]);
      if (call.body["force"] !== true && forward.code !== 0) throw new Refusal(422, "Update is not a fast forward");
      await pointRef(call, repo, ref, sha);
      return ok(refShape(call.hub.world, repo, ref, sha));
    },
  },
  {
    id: "git/delete-ref",
    method: "DELETE",
    path: "/repos/{owner}/{repo}/git/refs/{ref}",
    needs: ["contents", "write"],
    handle: async (call) => {
      const repo = repoOf(call);
      const ref = `refs/${call.path["ref"]}`;
      if ((await repo.git.resolve(ref)) === undefined) throw new Refusal(422, "Reference does not exist");
      await pointRef(call, repo, ref, undefined);
      return noContent;
    },
  },
  {
    id: "git/get-commit",
    method: "GET",
    path: "/repos/{owner}/{repo}/git/commits/{commit_sha}",
    needs: ["contents", "read"],
    handle: async (call) => {
      const repo = repoOf(call);
      const sha = await objectOf(repo, call.path["commit_sha"] ?? "", "commit");
      return ok(gitCommitShape(call.hub.world, repo, await repo.git.commit(sha)));
    },
  },
  {
    id: "git/create-commit",
    method: "POST",
    path: "/repos/{owner}/{repo}/git/commits",
    needs: ["contents", "write"],
    handle: async (call) => {
      const repo = repoOf(call);
      const tree = await objectOf(repo, text(call.body, "tree") ?? "", "tree", 422);
      const parents = (call.body["parents"] as readonly string[] | undefined) ?? [];
      for (const parent of parents) await objectOf(repo, parent, "commit", 422);
      const person = call.body["author"] as { readonly name: string; readonly email: string } | undefined;
      const sha = await repo.git.createCommit({
        tree,
        parents,
        message: text(call.body, "message") ?? "",
        author: person ?? personOf(actorOf(call)),
        date: call.hub.world.clock.now(),
      });
      return created(gitCommitShape(call.hub.world, repo, await repo.git.commit(sha)));
    },
  },
  {
    id: "git/get-tree",
    method: "GET",
    path: "/repos/{owner}/{repo}/git/trees/{tree_sha}",
    needs: ["contents", "read"],
    handle: async (call) => {
      const repo = repoOf(call);
      const name = call.path["tree_sha"] ?? "";
      const isObject = (await repo.git.typeOf(name)) !== undefined;
      const treeish = isObject ? name : await repo.git.resolve(name);
      if (treeish === undefined) throw notFound();
      const sha = await repo.git.text(["rev-parse", "--verify", `${treeish}^{tree}`]);
      // Any value at all means recursive, as GitHub has it.
      return ok(await treeShape(call, repo, sha, call.query.has("recursive")));
    },
  },
  {
    id: "git/create-tree",
    method: "POST",
    path: "/repos/{owner}/{repo}/git/trees",
    needs: ["contents", "write"],
    handle: async (call) => {
      const repo = repoOf(call);
      return created(await treeShape(call, repo, await writeTree(call, repo), false));
    },
  },
  {
    id: "git/get-blob",
    method: "GET",
    path: "/repos/{owner}/{repo}/git/blobs/{file_sha}",
    needs: ["contents", "read"],
    handle: async (call) => {
      const repo = repoOf(call);
      const sha = await objectOf(repo, call.path["file_sha"] ?? "", "blob");
      const content = await repo.git.blob(sha);
      if (/[.+]raw\b/.test(call.accept)) return { status: 200, body: content };
      return ok({
        sha,
        node_id: nodeId("Blob", sha),
        size: content.length,
        url: `${repoApi(call.hub.world, repo)}/git/blobs/${sha}`,
        content: content.toString("base64").replace(/.{60}/g, "$&\n"),
        encoding: "base64",
      });
    },
  },
  {
    id: "git/create-blob",
    method: "POST",
    path: "/repos/{owner}/{repo}/git/blobs",
    needs: ["contents", "write"],
    handle: async (call) => {
      const repo = repoOf(call);
      const encoding = text(call.body, "encoding") === "base64" ? "base64" : "utf8";
      const sha = await repo.git.createBlob(Buffer.from(text(call.body, "content") ?? "", encoding));
      return created({ sha, url: `${repoApi(call.hub.world, repo)}/git/blobs/${sha}` });
    },
  },
];

/** Moves any ref; a branch does what a push does. */
async function pointRef(call: Call, repo: Repo, ref: string, sha: string | undefined): Promise<void> {
  if (sha !== undefined && (await repo.git.typeOf(sha)) !== "commit") throw new Refusal(422, "Object does not exist");
  await repo.turns.take(async () => {
    if (ref.startsWith("refs/heads/")) await moveBranch(call.hub, repo, ref.slice(11), sha, actorOf(call));
    else await repo.git.setRef(ref, sha);
  });
}

async function objectOf(repo: Repo, sha: string, type: string, status = 404): Promise<string> {
  if ((await repo.git.typeOf(sha)) === type) return sha;
  throw status === 404 ? notFound() : new Refusal(status, `${type} ${sha} does not exist`);
}

interface NewEntry {
  readonly path: string;
  readonly mode: string;
  readonly sha?: string | null;
  readonly content?: string;
}

/** A new tree: `base_tree` with the entries on top, written through an index file of its own. */
async function writeTree(call: Call, repo: Repo): Promise<string> {
  const env = { GIT_INDEX_FILE: `${repo.git.dir}/index-${call.hub.world.nextId()}` };
  const base = text(call.body, "base_tree");
  await repo.git.run(base === undefined ? ["read-tree", "--empty"] : ["read-tree", base], undefined, env);
  const lines: string[] = [];
  for (const entry of call.body["tree"] as readonly NewEntry[]) {
    const sha = entry.content === undefined ? entry.sha : await repo.git.createBlob(entry.content);
    // A null SHA takes the path out of the base tree.
    lines.push(`${sha === null ? "0" : entry.mode} ${sha ?? "0".repeat(40)}\t${entry.path}`);
  }
  await repo.git.run(["update-index", "--index-info"], `${lines.join("\n")}\n`, env);
  return (await repo.git.run(["write-tree"], undefined, env)).toString("utf8").trim();
}

async function treeShape(call: Call, repo: Repo, sha: string, recursive: boolean): Promise<Record<string, unknown>> {
  const api = `${repoApi(call.hub.world, repo)}/git`;
  const entries = await repo.git.tree(sha, recursive);
  return {
    sha,
    url: `${api}/trees/${sha}`,
    tree: entries.map((entry) => ({
      path: entry.path,
      mode: entry.mode,
      type: entry.type,
      sha: entry.sha,
      ...(entry.size === undefined ? {} : { size: entry.size }),
      url: `${api}/${entry.type === "tree" ? "trees" : "blobs"}/${entry.sha}`,
    })),
    truncated: false,
  };
}

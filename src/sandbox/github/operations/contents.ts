import type { TreeEntry } from "../git.ts";
import { type Operation, type Reply, notFound, ok, repoOf } from "../operation.ts";
import type { Json } from "../shapes/account.ts";
import { repoApi, repoPage } from "../shapes/repository.ts";
import { type Repo, type World } from "../world.ts";

/** GitHub puts files up to this size into JSON; larger ones only come raw. */
const INLINE_BYTES = 1_000_000;

export const contentOperations: readonly Operation[] = [
  {
    id: "repos/get-content",
    method: "GET",
    path: "/repos/{owner}/{repo}/contents/{path}",
    needs: ["contents", "read"],
    handle: async (call) => {
      const repo = repoOf(call);
      const ref = call.query.get("ref") ?? repo.defaultBranch;
      const commit = await repo.git.resolve(ref);
      if (commit === undefined) throw notFound();
      const path = (call.path["path"] ?? "").replace(/^\/+|\/+$/g, "");
      const at: Place = { world: call.hub.world, repo, ref };
      const entry = path === "" ? undefined : await repo.git.entryAt(commit, path);
      if (path !== "" && entry === undefined) throw notFound();
      if (entry === undefined || entry.type === "tree") {
        const children = await repo.git.tree(`${commit}:${path}`, false);
        return ok(
          children.map((child) => item(at, { ...child, path: path === "" ? child.path : `${path}/${child.path}` })),
        );
      }
      return file(at, entry, call.accept);
    },
  },
];

interface Place {
  readonly world: World;
  readonly repo: Repo;
  readonly ref: string;
}

async function file(at: Place, entry: TreeEntry, accept: string): Promise<Reply> {
  const content = await at.repo.git.blob(entry.sha);
  if (/[.+]raw\b/.test(accept)) {
    return {
      status: 200,
      body: content,
      headers: { "content-type": "application/vnd.github.raw+json; charset=utf-8" },
    };
  }
  const inline = content.length <= INLINE_BYTES;
  const base64 = content.toString("base64").replace(/.{60}/g, "$&\n");
  return ok({ ...item(at, entry), encoding: inline ? "base64" : "none", content: inline ? `${base64}\n` : "" });
}

function item(at: Place, entry: TreeEntry): Json {
  const { world, repo, ref } = at;
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  const isFolder = entry.type === "tree";
  const self = `${repoApi(world, repo)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${repoApi(world, repo)}/git/${isFolder ? "trees" : "blobs"}/${entry.sha}`;
  const html = `${repoPage(world, repo)}/${isFolder ? "tree" : "blob"}/${ref}/${path}`;
  return {
    type: isFolder ? "dir" : "file",
    size: entry.size ?? 0,
    name: entry.path.split("/").at(-1),
    path: entry.path,
    sha: entry.sha,
    url: self,
    git_url: git,
    html_url: html,
    download_url: isFolder ? null : `${repoPage(world, repo)}/raw/${ref}/${path}`,
    _links: { self, git, html },
  };
}

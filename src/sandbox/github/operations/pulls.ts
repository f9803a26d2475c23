import { diffFiles } from "../diff.ts";
import {
  type Operation,
  Refusal,
  actorOf,
  created,
  noContent,
  notFound,
  ok,
  page,
  pullOf,
  repoOf,
  text,
} from "../operation.ts";
import { diffBase, pullFigures } from "../pull-state.ts";
import { type MergeOptions, editPull, mergePull, openPull, setPullState } from "../pull-requests.ts";
import { fileShape } from "../shapes/commit.ts";
import { pullShape, simplePull } from "../shapes/pull-request.ts";
import type { MergeMethod } from "../types.ts";
import type { Pull } from "../world.ts";
import { commitPage } from "./repos.ts";

export const pullOperations: readonly Operation[] = [
  {
    id: "pulls/list",
    method: "GET",
    path: "/repos/{owner}/{repo}/pulls",
    needs: ["pull_requests", "read"],
    handle: (call) => {
      const repo = repoOf(call);
      const state = call.query.get("state") ?? "open";
      const [head, base] = [call.query.get("head"), call.query.get("base")];
      const found = [...repo.pulls.values()]
        .filter((pull) => state === "all" || pull.state === state)
        .filter((pull) => head === undefined || `${pull.head.repo.owner.login}:${pull.head.ref}` === head)
        .filter((pull) => base === undefined || pull.base.ref === base);
      const sorted = sort(found, call.query.get("sort") ?? "created", call.query.get("direction"));
      return page(call, sorted, (pull) => simplePull(call.hub.world, repo, pull));
    },
  },
  {
    id: "pulls/create",
    method: "POST",
    path: "/repos/{owner}/{repo}/pulls",
    needs: ["pull_requests", "write"],
    handle: async (call) => {
      const repo = repoOf(call);
      const body = text(call.body, "body");
      const pull = await openPull(call.hub, repo, {
        title: text(call.body, "title") ?? "",
        ...(body === undefined ? {} : { body }),
        head: text(call.body, "head") ?? "",
        base: text(call.body, "base") ?? "",
        author: actorOf(call).login,
        draft: call.body["draft"] === true,
      });
      return created(pullShape(call.hub.world, repo, pull, await pullFigures(call.hub.world, repo, pull)));
    },
  },
  {
    id: "pulls/get",
    method: "GET",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}",
    needs: ["pull_requests", "read"],
    handle: async (call) => {
      const [repo, pull] = pullOf(call);
      return ok(pullShape(call.hub.world, repo, pull, await pullFigures(call.hub.world, repo, pull)));
    },
  },
  {
    id: "pulls/update",
    method: "PATCH",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}",
    needs: ["pull_requests", "write"],
    handle: async (call) => {
      const [repo, pull] = pullOf(call);
      const actor = actorOf(call);
      const [title, body, base] = [text(call.body, "title"), text(call.body, "body"), text(call.body, "base")];
      const change = {
        ...(title === undefined ? {} : { title }),
        ...(body === undefined ? {} : { body }),
        ...(base === undefined ? {} : { base }),
      };
      await editPull(call.hub, repo, pull, change, actor);
      const state = text(call.body, "state");
      if (state === "open" || state === "closed") await setPullState(call.hub, repo, pull, state, actor);
      return ok(pullShape(call.hub.world, repo, pull, await pullFigures(call.hub.world, repo, pull)));
    },
  },
  {
    id: "pulls/list-files",
    method: "GET",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}/files",
    needs: ["pull_requests", "read"],
    handle: async (call) => {
      const [repo, pull] = pullOf(call);
      const files = await diffFiles(repo.git, await diffBase(repo, pull), pull.head.sha);
      return page(call, files, (file) => fileShape(call.hub.world, repo, pull.head.sha, file));
    },
  },
  {
    id: "pulls/list-commits",
    method: "GET",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}/commits",
    needs: ["pull_requests", "read"],
    handle: async (call) => {
      const [repo, pull] = pullOf(call);
      return commitPage(call, repo, await repo.git.between(await diffBase(repo, pull), pull.head.sha));
    },
  },
  {
    id: "pulls/check-if-merged",
    method: "GET",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}/merge",
    needs: ["pull_requests", "read"],
    handle: (call) => {
      const [, pull] = pullOf(call);
      if (pull.merged === undefined) throw notFound();
      return noContent;
    },
  },
  {
    id: "pulls/merge",
    method: "PUT",
    path: "/repos/{owner}/{repo}/pulls/{pull_number}/merge",
    needs: ["contents", "write"],
    handle: async (call) => {
      const [repo, pull] = pullOf(call);
      if (pull.merged !== undefined) throw new Refusal(405, "Pull Request is not mergeable");
      const sha = await mergePull(call.hub, repo, pull, actorOf(call), mergeOptions(call.body));
      return ok({ sha, merged: true, message: "Pull Request successfully merged" });
    },
  },
];

function mergeOptions(body: Readonly<Record<string, unknown>>): MergeOptions {
  const method = text(body, "merge_method") as MergeMethod | undefined;
  const [sha, title, message] = [text(body, "sha"), text(body, "commit_title"), text(body, "commit_message")];
  return {
    ...(method === undefined ? {} : { method }),
    ...(sha === undefined ? {} : { sha }),
    ...(title === undefined ? {} : { title }),
    ...(message === undefined ? {} : { message }),
  };
}

/** Newest first when sorted by creation, as GitHub does, unless told otherwise. */
function sort(pulls: readonly Pull[], by: string, direction: string | undefined): readonly Pull[] {
  const key = (pull: Pull): number => (by === "updated" ? pull.updatedAt.getTime() : pull.number);
  const descending = direction === undefined ? by === "created" : direction === "desc";
  return [...pulls].sort((a, b) => (descending ? key(b) - key(a) : key(a) - key(b)));
}

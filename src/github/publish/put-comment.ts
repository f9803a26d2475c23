import { randomBytes } from "node:crypto";
import { CodedError, sha256Hex } from "#kernel";
import { createComment, findComment, updateComment } from "../api/comments.ts";
import type { Surface } from "./surface.ts";

/**
 * Makes a comment say `body`, creating it once. Before it creates one it looks for the marker among our own comments:
 * an answer that never came must not make a second one.
 *
 * @param kind names the comment among those of the subject
 * @param marker the hidden line every version of it begins with
 */
export async function putComment(surface: Surface, kind: string, marker: string, body: string): Promise<void> {
  const { deps, octokit, subject } = surface;
  const { repository, pull } = subject;
  const hash = sha256Hex(body);
  const known = await deps.control.publications.get(subject, kind);
  if (known?.hash === hash) {
    deps.counters?.published("comment", "unchanged");
    return;
  }
  const edit = async (id: number | undefined): Promise<boolean> => {
    if (id === undefined || !(await updateComment(octokit, repository, id, body))) return false;
    await deps.control.publications.put(subject, kind, String(id), hash);
    deps.counters?.published("comment", "updated");
    return true;
  };
  if (known !== undefined && (await edit(Number(known.externalId)))) return;
  if (await edit(await findComment(octokit, repository, pull, marker, surface.us))) return;
  // Never there, or somebody deleted it: people still need to be told.
  const id = await createComment(octokit, repository, pull, body);
  await deps.control.publications.put(subject, kind, String(id), hash);
  deps.counters?.published("comment", "created");
}

/** Much longer than one request to GitHub takes. */
const SAYING_MS = 30_000;
const LOOK_AGAIN_MS = 200;

/**
 * Says something once, ever; a comment that is there already, or was deleted, is left alone. A webhook and a sweep may
 * come to say the same at the same moment, also in two processes: one of them does, the other waits until it is said.
 *
 * @throws CodedError `github/being-said` (retry) when the other does not come to an end
 */
export async function sayOnce(surface: Surface, kind: string, marker: string, body: string): Promise<void> {
  const { deps, octokit, subject } = surface;
  const { publications, leases } = deps.control;
  const name = `say:${sha256Hex(`${subject.repository.owner}/${subject.repository.name}/${subject.pull}/${kind}`)}`;
  const holder = randomBytes(8).toString("hex");
  for (let waitedMs = 0; waitedMs <= SAYING_MS; waitedMs += LOOK_AGAIN_MS) {
    if ((await publications.get(subject, kind)) !== undefined) return;
    const lease = await leases.take(name, holder, SAYING_MS);
    if (lease === undefined) {
      await deps.clock.sleep(LOOK_AGAIN_MS, new AbortController().signal);
      continue;
    }
    try {
      // The one before may have said it between our two looks.
      if ((await publications.get(subject, kind)) !== undefined) return;
      const id =
        (await findComment(octokit, subject.repository, subject.pull, marker, surface.us)) ??
        (await createComment(octokit, subject.repository, subject.pull, body));
      await publications.put(subject, kind, String(id), sha256Hex(body));
      deps.counters?.published("comment", "created");
      return;
    } finally {
      await leases.release(name, holder, lease.fence);
    }
  }
  throw new CodedError("github/being-said", "Another process is saying the same and does not end", { next: "retry" });
}

import type { RepositoryName } from "#config";
import type { Subject } from "#deploy";
import { fingerprintOf, sha256Hex } from "#kernel";
import { type CheckFace, createCheck, findCheck, updateCheck } from "../api/checks.ts";
import type { GithubDeps } from "../room.ts";
import type { Surface } from "./surface.ts";

/** GitHub turns a run that is unfinished for 14 days into `stale`. */
const RENEW_AFTER_MS = 13 * 24 * 3_600_000;

/** What is remembered of a run: enough to know whether it can be edited or must be made anew. */
interface Remembered {
  readonly id: number;
  readonly isCompleted: boolean;
  readonly createdAt: number;
  /** Hash of its annotations: GitHub only ever adds to them. */
  readonly annotations: string;
}

/**
 * Makes the check run of that name on that commit say what `face` says. It is made anew where an edit cannot do it:
 * when a completed one must go on, when annotations change, and before an unfinished one goes stale.
 */
export async function putCheck(surface: Surface, face: CheckFace): Promise<void> {
  const { deps, octokit, subject } = surface;
  const kind = checkKind(face.name, face.headSha);
  const hash = fingerprintOf(face);
  const publication = await deps.control.publications.get(subject, kind);
  const known = publication === undefined ? undefined : parseRemembered(publication.externalId);
  const now = deps.clock.now().getTime();
  const isOld = known !== undefined && !known.isCompleted && now - known.createdAt > RENEW_AFTER_MS;
  if (publication?.hash === hash && !isOld) {
    deps.counters?.published("check", "unchanged");
    return;
  }
  const annotations = sha256Hex(JSON.stringify(face.annotations)).slice(0, 12);
  const fits = (run: Remembered): boolean =>
    (!run.isCompleted || face.status === "completed") &&
    (run.annotations === annotations || face.annotations.length === 0);
  const remember = (id: number, createdAt: number): Promise<void> =>
    deps.control.publications.put(
      subject,
      kind,
      printRemembered({ id, isCompleted: face.status === "completed", createdAt, annotations }),
      hash,
    );
  const target = known !== undefined && !isOld && fits(known) ? known : await adopt(surface, face, known, annotations);
  if (target !== undefined && (await updateCheck(octokit, subject.repository, target.id, face))) {
    await remember(target.id, target.createdAt);
    deps.counters?.published("check", "updated");
    return;
  }
  await remember(await createCheck(octokit, subject.repository, face), now);
  deps.counters?.published("check", "created");
}

/** Forgets what was said, so that it is said again: a person asked for a re-run, which clears the run at GitHub. */
export async function forgetCheck(deps: GithubDeps, subject: Subject, name: string, headSha: string): Promise<void> {
  const kind = checkKind(name, headSha);
  const known = await deps.control.publications.get(subject, kind);
  if (known !== undefined) await deps.control.publications.put(subject, kind, known.externalId, "");
}

/** What is said of a commit rather than of a pull request: several may have the same head, and share its check. */
export function commitSubject(repository: RepositoryName): Subject {
  return { repository, pull: 0 };
}

/** A run of ours that we do not remember: the answer to its creation was lost. */
async function adopt(
  surface: Surface,
  face: CheckFace,
  known: Remembered | undefined,
  annotations: string,
): Promise<Remembered | undefined> {
  const { deps, octokit, subject } = surface;
  const found = await findCheck(octokit, subject.repository, face.headSha, face.name, surface.us.appId);
  if (found === undefined || found.id === known?.id || (found.isCompleted && face.status !== "completed"))
    return undefined;
  // Only one made for just this can have these annotations already.
  if (face.annotations.length > 0 && found.externalId !== face.externalId) return undefined;
  return { id: found.id, isCompleted: found.isCompleted, createdAt: deps.clock.now().getTime(), annotations };
}

export function checkKind(name: string, headSha: string): string {
  return `check:${sha256Hex(name).slice(0, 12)}:${headSha}`;
}

function printRemembered(run: Remembered): string {
  return `${run.id}/${run.isCompleted ? "c" : "p"}/${run.createdAt}/${run.annotations}`;
}

function parseRemembered(text: string): Remembered | undefined {
  const [id, state, createdAt, annotations] = text.split("/");
  return id === undefined || !/^\d+$/.test(id)
    ? undefined
    : { id: Number(id), isCompleted: state === "c", createdAt: Number(createdAt), annotations: annotations ?? "" };
}

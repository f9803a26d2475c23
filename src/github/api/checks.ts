import type { RepositoryName } from "#config";
import type { Octokit } from "../client/octokit.ts";
import { statusOf } from "./errors.ts";

export type CheckConclusion = "success" | "failure" | "action_required" | "cancelled";

export interface Annotation {
  /** Path in the repository. */
  readonly path: string;
  readonly line: number;
  readonly level: "notice" | "warning" | "failure";
  readonly title: string;
  readonly message: string;
}

export interface CheckButton {
  /** At most 20 characters. */
  readonly label: string;
  /** At most 40 characters. */
  readonly description: string;
  /** At most 20 characters. */
  readonly identifier: string;
}

/** What a check run shall say. GitHub shows buttons only on completed runs, at most three. */
export interface CheckFace {
  readonly name: string;
  readonly headSha: string;
  readonly externalId: string;
  readonly status: "in_progress" | "completed";
  readonly conclusion?: CheckConclusion;
  readonly title: string;
  readonly summary: string;
  readonly text?: string;
  readonly annotations: readonly Annotation[];
  readonly buttons: readonly CheckButton[];
  readonly detailsUrl?: string;
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly headSha: string;
  readonly externalId: string;
  readonly isCompleted: boolean;
  readonly appId: number | undefined;
}

/** GitHub takes this many annotations in one request and appends them on every update. */
const ANNOTATIONS_AT_ONCE = 50;

function bodyOf(face: CheckFace, annotations: readonly Annotation[]) {
  return {
    name: face.name,
    external_id: face.externalId,
    status: face.status,
    ...(face.conclusion === undefined ? {} : { conclusion: face.conclusion }),
    ...(face.detailsUrl === undefined ? {} : { details_url: face.detailsUrl }),
    output: {
      title: face.title,
      summary: face.summary,
      ...(face.text === undefined ? {} : { text: face.text }),
      ...(annotations.length === 0
        ? {}
        : {
            annotations: annotations.map((one) => ({
              path: one.path,
              start_line: one.line,
              end_line: one.line,
              annotation_level: one.level,
              title: one.title,
              message: one.message,
            })),
          }),
    },
    // Left out, GitHub keeps the buttons of before; an empty list takes them away.
    actions: face.buttons.map((button) => ({ ...button })),
  };
}

/** Makes a new run; annotations beyond the first 50 follow as updates. */
export async function createCheck(octokit: Octokit, repository: RepositoryName, face: CheckFace): Promise<number> {
  const place = { owner: repository.owner, repo: repository.name };
  const { data } = await octokit.rest.checks.create({
    ...place,
    head_sha: face.headSha,
    ...bodyOf(face, face.annotations.slice(0, ANNOTATIONS_AT_ONCE)),
  });
  for (let i = ANNOTATIONS_AT_ONCE; i < face.annotations.length; i += ANNOTATIONS_AT_ONCE) {
    const some = face.annotations.slice(i, i + ANNOTATIONS_AT_ONCE);
    await octokit.rest.checks.update({ ...place, check_run_id: data.id, ...bodyOf(face, some) });
  }
  return data.id;
}

/**
 * Brings a run up to date; its annotations stay as they are.
 *
 * @returns false when it is gone
 */
export async function updateCheck(
  octokit: Octokit,
  repository: RepositoryName,
  id: number,
  face: CheckFace,
): Promise<boolean> {
  try {
    await octokit.rest.checks.update({
      owner: repository.owner,
      repo: repository.name,
      check_run_id: id,
      ...bodyOf(face, []),
    });
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

/** Our newest run of that name on that commit. */
export async function findCheck(
  octokit: Octokit,
  repository: RepositoryName,
  headSha: string,
  name: string,
  appId: number,
): Promise<CheckRun | undefined> {
  const { data } = await octokit.rest.checks.listForRef({
    owner: repository.owner,
    repo: repository.name,
    ref: headSha,
    check_name: name,
    filter: "latest",
    per_page: 100,
  });
  return data.check_runs
    .filter((run) => run.app?.id === appId)
    .map((run) => ({
      id: run.id,
      name: run.name,
      headSha: run.head_sha,
      externalId: run.external_id ?? "",
      isCompleted: run.status === "completed",
      appId: run.app?.id,
    }))
    .sort((a, b) => b.id - a.id)[0];
}

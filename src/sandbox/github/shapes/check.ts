import type { CommitInfo } from "../git.ts";
import { type CheckRun, type CheckSuite, type Pull, type World, iso, nodeId } from "../world.ts";
import { type Json, integration } from "./account.ts";
import { simpleCommit } from "./commit.ts";
import { minimalPull } from "./pull-request.ts";
import { repoApi, repoPage, repositoryShape } from "./repository.ts";

/** Pull requests whose head is this commit; none for forks, as on GitHub. */
function pullsAt(suite: CheckSuite): readonly Pull[] {
  return [...suite.repo.pulls.values()].filter(
    (pull) => pull.head.sha === suite.headSha && pull.head.repo === suite.repo && pull.state === "open",
  );
}

export function checkRunShape(world: World, run: CheckRun): Json {
  const api = `${repoApi(world, run.repo)}/check-runs/${run.id}`;
  const page = `${repoPage(world, run.repo)}/runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("CheckRun", run.id),
    head_sha: run.headSha,
    external_id: run.externalId,
    url: api,
    html_url: page,
    details_url: run.detailsUrl ?? page,
    status: run.status,
    conclusion: run.conclusion ?? null,
    started_at: iso(run.startedAt),
    completed_at: run.completedAt === undefined ? null : iso(run.completedAt),
    output: {
      title: run.output.title ?? null,
      summary: run.output.summary ?? null,
      text: run.output.text ?? null,
      annotations_count: run.annotations.length,
      annotations_url: `${api}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: integration(world, world.app),
    pull_requests: pullsAt(run.suite).map((pull) => minimalPull(world, run.repo, pull)),
  };
}

/** A check run as webhooks hold it: with its suite. */
export function hookCheckRun(world: World, run: CheckRun): Json {
  const { suite, repo } = run;
  return {
    ...checkRunShape(world, run),
    check_suite: {
      id: suite.id,
      node_id: nodeId("CheckSuite", suite.id),
      head_branch: suite.headBranch ?? null,
      head_sha: suite.headSha,
      status: suiteStatus(world, suite).status,
      conclusion: suiteStatus(world, suite).conclusion,
      url: `${repoApi(world, repo)}/check-suites/${suite.id}`,
      before: suite.before ?? null,
      after: suite.headSha,
      pull_requests: pullsAt(suite).map((pull) => minimalPull(world, repo, pull)),
      app: integration(world, world.app),
      created_at: iso(suite.createdAt),
      updated_at: iso(suite.updatedAt),
    },
  };
}

export function checkSuiteShape(world: World, suite: CheckSuite, head: CommitInfo): Json {
  const { repo } = suite;
  const runs = [...world.runs.values()].filter((run) => run.suite === suite);
  const api = `${repoApi(world, repo)}/check-suites/${suite.id}`;
  return {
    id: suite.id,
    node_id: nodeId("CheckSuite", suite.id),
    head_branch: suite.headBranch ?? null,
    head_sha: suite.headSha,
    ...suiteStatus(world, suite),
    url: api,
    before: suite.before ?? null,
    after: suite.headSha,
    pull_requests: pullsAt(suite).map((pull) => minimalPull(world, repo, pull)),
    app: integration(world, world.app),
    created_at: iso(suite.createdAt),
    updated_at: iso(suite.updatedAt),
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: runs.length,
    check_runs_url: `${api}/check-runs`,
    head_commit: simpleCommit(head),
    repository: repositoryShape(world, repo),
  };
}

/** A suite is as far as its least advanced run, and as bad as its worst. */
function suiteStatus(world: World, suite: CheckSuite): { status: string; conclusion: string | null } {
  const runs = [...world.runs.values()].filter((run) => run.suite === suite);
  if (runs.length === 0) return { status: "queued", conclusion: null };
  if (runs.some((run) => run.status !== "completed")) return { status: "in_progress", conclusion: null };
  const worst = ["action_required", "timed_out", "failure", "cancelled", "success"];
  const found = worst.find((conclusion) => runs.some((run) => run.conclusion === conclusion));
  return { status: "completed", conclusion: found ?? "neutral" };
}

import { type CheckChange, announceSuite, createRun, latestRuns, rerequestRun, updateRun } from "../checks.ts";
import {
  type Call,
  type Operation,
  Refusal,
  actorOf,
  created,
  notFound,
  ok,
  page,
  repoOf,
  text,
} from "../operation.ts";
import { checkRunShape, checkSuiteShape } from "../shapes/check.ts";
import type { CheckAction, CheckRun, CheckSuite, Repo } from "../world.ts";
import { commitOf } from "./repos.ts";

export const checkOperations: readonly Operation[] = [
  {
    id: "checks/create",
    method: "POST",
    path: "/repos/{owner}/{repo}/check-runs",
    needs: ["checks", "write"],
    handle: async (call) => {
      const repo = repoOf(call);
      mustBeApp(call);
      const sha = text(call.body, "head_sha") ?? "";
      if ((await repo.git.typeOf(sha)) !== "commit") throw new Refusal(422, `No commit found for SHA: ${sha}`);
      const run = createRun(call.hub, repo, sha, text(call.body, "name") ?? "", changeOf(call.body));
      return created(checkRunShape(call.hub.world, run));
    },
  },
  {
    id: "checks/update",
    method: "PATCH",
    path: "/repos/{owner}/{repo}/check-runs/{check_run_id}",
    needs: ["checks", "write"],
    handle: (call) => {
      const run = runOf(call);
      mustBeApp(call);
      if (run.appId !== call.hub.world.app.id) throw new Refusal(403, "Invalid app_id for check run");
      updateRun(call.hub, run, changeOf(call.body));
      return ok(checkRunShape(call.hub.world, run));
    },
  },
  {
    id: "checks/get",
    method: "GET",
    path: "/repos/{owner}/{repo}/check-runs/{check_run_id}",
    needs: ["checks", "read"],
    handle: (call) => ok(checkRunShape(call.hub.world, runOf(call))),
  },
  {
    id: "checks/list-annotations",
    method: "GET",
    path: "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations",
    needs: ["checks", "read"],
    handle: (call) => {
      const run = runOf(call);
      return page(call, run.annotations, (annotation) => ({
        start_column: null,
        end_column: null,
        title: null,
        raw_details: null,
        ...annotation,
        blob_href: `${call.hub.world.url}/${run.repo.owner.login}/${run.repo.name}/blob/${run.headSha}`,
      }));
    },
  },
  {
    id: "checks/rerequest-run",
    method: "POST",
    path: "/repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest",
    needs: ["checks", "write"],
    handle: (call) => {
      const actor = actorOf(call);
      rerequestRun(call.hub, runOf(call), actor.type === "Bot" ? runOf(call).repo.owner.login : actor.login);
      return created({});
    },
  },
  {
    id: "checks/list-for-ref",
    method: "GET",
    path: "/repos/{owner}/{repo}/commits/{ref}/check-runs",
    needs: ["checks", "read"],
    handle: async (call) => {
      const repo = repoOf(call);
      const { sha } = await commitOf(repo, call.path["ref"] ?? "");
      return runPage(call, runsAt(call, repo, sha));
    },
  },
  {
    id: "checks/list-suites-for-ref",
    method: "GET",
    path: "/repos/{owner}/{repo}/commits/{ref}/check-suites",
    needs: ["checks", "read"],
    handle: async (call) => {
      const repo = repoOf(call);
      const commit = await commitOf(repo, call.path["ref"] ?? "");
      const suites = [...call.hub.world.suites.values()].filter(
        (suite) => suite.repo === repo && suite.headSha === commit.sha,
      );
      return page(
        call,
        suites,
        (suite) => checkSuiteShape(call.hub.world, suite, commit),
        (check_suites) => ({ total_count: suites.length, check_suites }),
      );
    },
  },
  {
    id: "checks/get-suite",
    method: "GET",
    path: "/repos/{owner}/{repo}/check-suites/{check_suite_id}",
    needs: ["checks", "read"],
    handle: async (call) => {
      const suite = suiteOf(call);
      return ok(checkSuiteShape(call.hub.world, suite, await suite.repo.git.commit(suite.headSha)));
    },
  },
  {
    id: "checks/list-for-suite",
    method: "GET",
    path: "/repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs",
    needs: ["checks", "read"],
    handle: (call) => {
      const suite = suiteOf(call);
      return runPage(call, runsAt(call, suite.repo, suite.headSha));
    },
  },
  {
    id: "checks/rerequest-suite",
    method: "POST",
    path: "/repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest",
    needs: ["checks", "write"],
    handle: async (call) => {
      await announceSuite(call.hub, suiteOf(call), actorOf(call), "rerequested");
      return created({});
    },
  },
];

function runsAt(call: Call, repo: Repo, sha: string): readonly CheckRun[] {
  const everything = call.query.get("filter") === "all";
  const runs = everything
    ? [...call.hub.world.runs.values()].filter((run) => run.repo === repo && run.headSha === sha)
    : latestRuns(call.hub.world, repo, sha);
  const [name, status] = [call.query.get("check_name"), call.query.get("status")];
  return runs
    .filter((run) => name === undefined || run.name === name)
    .filter((run) => status === undefined || run.status === status);
}

function runPage(call: Call, runs: readonly CheckRun[]): ReturnType<typeof page> {
  return page(
    call,
    runs,
    (run) => checkRunShape(call.hub.world, run),
    (check_runs) => ({ total_count: runs.length, check_runs }),
  );
}

function runOf(call: Call): CheckRun {
  const repo = repoOf(call);
  const run = call.hub.world.runs.get(Number(call.path["check_run_id"]));
  if (run === undefined || run.repo !== repo) throw notFound();
  return run;
}

function suiteOf(call: Call): CheckSuite {
  const repo = repoOf(call);
  const suite = call.hub.world.suites.get(Number(call.path["check_suite_id"]));
  if (suite === undefined || suite.repo !== repo) throw notFound();
  return suite;
}

function mustBeApp(call: Call): void {
  if (call.caller.kind !== "installation") {
    throw new Refusal(403, "You must authenticate via a GitHub App.");
  }
}

function changeOf(body: Readonly<Record<string, unknown>>): CheckChange {
  const output = body["output"] as Readonly<Record<string, unknown>> | undefined;
  const annotations = output?.["annotations"] as Record<string, unknown>[] | undefined;
  const actions = body["actions"] as readonly CheckAction[] | undefined;
  const optional = (name: string, as: string): Record<string, string> => {
    const value = text(body, name);
    return value === undefined ? {} : { [as]: value };
  };
  const [startedAt, completedAt] = [text(body, "started_at"), text(body, "completed_at")];
  return {
    ...optional("name", "name"),
    ...optional("status", "status"),
    ...optional("conclusion", "conclusion"),
    ...optional("external_id", "externalId"),
    ...optional("details_url", "detailsUrl"),
    ...(startedAt === undefined ? {} : { startedAt: new Date(startedAt) }),
    ...(completedAt === undefined ? {} : { completedAt: new Date(completedAt) }),
    ...(actions === undefined ? {} : { actions }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(output === undefined
      ? {}
      : {
          output: {
            title: text(output, "title"),
            summary: text(output, "summary"),
            text: text(output, "text"),
          },
        }),
  };
}

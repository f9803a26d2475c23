import { CodedError } from "#kernel";
import { type Hub, announce } from "./hub.ts";
import { checkSuiteShape, hookCheckRun } from "./shapes/check.ts";
import {
  type Account,
  type CheckAction,
  type CheckOutput,
  type CheckRun,
  type CheckSuite,
  type Repo,
  type World,
  mayWrite,
} from "./world.ts";

export interface CheckChange {
  readonly name?: string;
  readonly status?: string;
  readonly conclusion?: string;
  readonly externalId?: string;
  readonly detailsUrl?: string;
  readonly startedAt?: Date;
  readonly completedAt?: Date;
  readonly output?: CheckOutput;
  readonly annotations?: readonly Record<string, unknown>[];
  readonly actions?: readonly CheckAction[];
}

/** The newest run of each name on a commit, oldest first. */
export function latestRuns(world: World, repo: Repo, sha: string): readonly CheckRun[] {
  const newest = new Map<string, CheckRun>();
  for (const run of world.runs.values()) {
    if (run.repo !== repo || run.headSha !== sha) continue;
    newest.delete(run.name);
    newest.set(run.name, run);
  }
  return [...newest.values()];
}

/** The app's suite on a commit; GitHub makes one at each push, or with the first run. */
export function suiteOf(
  world: World,
  repo: Repo,
  headSha: string,
  push?: { branch: string; before: string },
): CheckSuite {
  const known = [...world.suites.values()].find((suite) => suite.repo === repo && suite.headSha === headSha);
  if (known !== undefined) return known;
  const now = world.clock.now();
  const suite: CheckSuite = {
    id: world.nextId(),
    repo,
    headSha,
    headBranch: push?.branch,
    before: push?.before,
    createdAt: now,
    updatedAt: now,
  };
  world.suites.set(suite.id, suite);
  return suite;
}

export function createRun(hub: Hub, repo: Repo, headSha: string, name: string, change: CheckChange): CheckRun {
  const { world } = hub;
  const run: CheckRun = {
    id: world.nextId(),
    repo,
    suite: suiteOf(world, repo, headSha),
    headSha,
    appId: world.app.id,
    annotations: [],
    name,
    status: "queued",
    conclusion: undefined,
    externalId: "",
    detailsUrl: undefined,
    startedAt: world.clock.now(),
    completedAt: undefined,
    output: { title: undefined, summary: undefined, text: undefined },
    actions: [],
  };
  world.runs.set(run.id, run);
  assign(world, run, change);
  announceRun(hub, run, world.app.bot, "created");
  if (run.status === "completed") announceRun(hub, run, world.app.bot, "completed");
  return run;
}

export function updateRun(hub: Hub, run: CheckRun, change: CheckChange): void {
  const wasCompleted = run.status === "completed";
  assign(hub.world, run, change);
  hub.world.changed(run.repo);
  if (!wasCompleted && run.status === "completed") announceRun(hub, run, hub.world.app.bot, "completed");
}

function assign(world: World, run: CheckRun, change: CheckChange): void {
  // A conclusion alone completes a run; a run that is taken up again loses its conclusion.
  const status = change.conclusion === undefined ? change.status : "completed";
  run.name = change.name ?? run.name;
  run.status = status ?? run.status;
  run.conclusion = run.status === "completed" ? (change.conclusion ?? run.conclusion) : undefined;
  run.externalId = change.externalId ?? run.externalId;
  run.detailsUrl = change.detailsUrl ?? run.detailsUrl;
  run.startedAt = change.startedAt ?? run.startedAt;
  run.completedAt =
    run.status === "completed" ? (change.completedAt ?? run.completedAt ?? world.clock.now()) : undefined;
  if (change.output !== undefined) {
    run.output = { ...change.output, title: change.output.title ?? run.output.title };
  }
  run.annotations.push(...(change.annotations ?? []));
  run.actions = change.actions ?? run.actions;
  run.suite.updatedAt = world.clock.now();
}

/** @throws CodedError `sandbox/no-button` when nobody could click it on GitHub */
export function requestAction(hub: Hub, run: CheckRun, identifier: string, login: string): void {
  const sender = clicker(hub.world, run, login);
  if (run.status !== "completed") {
    throw new CodedError("sandbox/no-button", `${run.name} is ${run.status}: buttons show on completed runs only`);
  }
  if (!run.actions.some((action) => action.identifier === identifier)) {
    throw new CodedError("sandbox/no-button", `${run.name} has no button ${identifier}`);
  }
  announceRun(hub, run, sender, "requested_action", { requested_action: { identifier } });
}

export function rerequestRun(hub: Hub, run: CheckRun, login: string): void {
  announceRun(hub, run, clicker(hub.world, run, login), "rerequested");
}

export async function announceSuite(
  hub: Hub,
  suite: CheckSuite,
  sender: Account,
  action: "requested" | "rerequested",
): Promise<void> {
  const head = await suite.repo.git.commit(suite.headSha);
  const shape = checkSuiteShape(hub.world, suite, head);
  announce(hub, suite.repo, { event: "check_suite", action, sender, payload: { check_suite: shape } });
}

function announceRun(
  hub: Hub,
  run: CheckRun,
  sender: Account,
  action: string,
  extra: Record<string, unknown> = {},
): void {
  const payload = { check_run: hookCheckRun(hub.world, run), ...extra };
  announce(hub, run.repo, { event: "check_run", action, sender, payload });
}

function clicker(world: World, run: CheckRun, login: string): Account {
  if (!mayWrite(world.permissionOf(run.repo, login))) {
    throw new CodedError("sandbox/forbidden", `${login} sees no buttons on ${run.name}: that takes write access`);
  }
  return world.account(login);
}

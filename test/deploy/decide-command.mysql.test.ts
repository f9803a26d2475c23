import { decideCommand, type CommandRequest, type Control, type DeployDeps, type DeploymentView } from "#deploy";
import { CodedError, newDeploymentId, shortFingerprint, type DeploymentId } from "#kernel";
import { startMysql, type MysqlServer } from "#sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recall, record } from "../../src/deploy/record.ts";
import { freshControl } from "../support/deploy-control.ts";
import { origin, planOf, started } from "../support/deploy-plans.ts";
import { EVENTS, wayTo } from "../support/deploy-states.ts";
import { DeployWorld } from "../support/deploy-world.ts";

let server: MysqlServer;
let control: Control & AsyncDisposable;
let deps: DeployDeps;
let woken: DeploymentId[] = [];
let merges = 0;

beforeAll(async () => {
  server = await startMysql({ label: "decide" });
  control = await freshControl((database) => server.dsn(database), "control");
  const world = new DeployWorld(control, { "shop-prod": {} });
  const { dispatcher } = world.deps;
  deps = { ...world.deps, dispatcher: { ...dispatcher, wake: (id) => void woken.push(id) } };
});
afterAll(async () => {
  await control?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** A deployment in that state, as its events would have made it. */
async function deploymentAt(state: "ready" | "window", approvals = 1): Promise<DeploymentId> {
  merges += 1;
  const place = { ...origin, mergeSha: merges.toString(16).padStart(40, "0") };
  const first = started({ database: `db-${merges}`, origin: place, approvals });
  let known;
  for (const event of [first, ...wayTo(state).slice(1)]) known = await record(control, known, event);
  return first.id;
}

const request = (deployment: DeploymentId, over: Partial<CommandRequest> = {}): CommandRequest => ({
  verb: "apply",
  deployment,
  actor: "sara",
  via: "comment",
  key: `key-${newDeploymentId()}`,
  ...over,
});
const codesOf = (answer: Awaited<ReturnType<typeof decideCommand>>): readonly string[] =>
  answer.at === "refused" ? answer.reasons.map((reason) => reason.code) : [];
const viewOf = async (id: DeploymentId): Promise<DeploymentView> => {
  const view = await control.deployments.get(id);
  if (view === undefined) throw new Error("no view");
  return view;
};

test("an accepted command is an event, is answered in words, and wakes the driver", async () => {
  const id = await deploymentAt("ready");
  woken = [];
  const answer = await decideCommand(deps, request(id, { why: "the release is out" }));
  expect(answer).toEqual({ at: "accepted", message: expect.stringContaining("Sealing") });
  const view = await viewOf(id);
  expect(view.votes.map((vote) => [vote.actor, vote.via])).toEqual([["sara", "comment"]]);
  expect(view.history.at(-1)).toMatchObject({ what: "voted", actor: "sara", detail: "the release is out" });
  expect(woken).toEqual([id]);
});

test("the same key acts once however often and however many at once, and always gets its first answer", async () => {
  const id = await deploymentAt("window");
  const revert = request(id, { verb: "revert" });
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => decideCommand(deps, revert)));
  answers.push(await decideCommand(deps, revert));
  expect(new Set(answers.map((answer) => answer.at))).toEqual(new Set(["accepted"]));
  const view = await viewOf(id);
  expect(view.history.filter((line) => line.what === "revert-asked")).toHaveLength(1);
});

test("a key whose answer was lost after its event acts no second time", async () => {
  const id = await deploymentAt("ready", 2);
  const failing: DeployDeps = {
    ...deps,
    control: {
      ...control,
      commands: { ...control.commands, put: () => Promise.reject(new CodedError("store/gone", "gone")) },
    },
  };
  const vote = request(id, { actor: "ada" });
  await expect(decideCommand(failing, vote)).rejects.toMatchObject({ code: "store/gone" });
  expect(await decideCommand(deps, vote)).toMatchObject({ at: "accepted" });
  expect((await viewOf(id)).votes).toHaveLength(1);
});

test("a refusal is remembered too: what was refused by this comment is not done later", async () => {
  const id = await deploymentAt("ready");
  const early = request(id, { verb: "revert" });
  expect(codesOf(await decideCommand(deps, early))).toEqual(["deploy/not-sealed"]);
  let known = await recall(control, id);
  for (const event of [EVENTS["seal-started"], EVENTS.sealed]) known = await record(control, known, event);
  expect((await viewOf(id)).at).toBe("window");
  expect(codesOf(await decideCommand(deps, early))).toEqual(["deploy/not-sealed"]);
});

test("all reasons come at once: role, permission, pin and state", async () => {
  const id = await deploymentAt("window");
  const stranger: DeployDeps = { ...deps, permissions: { of: () => Promise.resolve("read") } };
  const answer = await decideCommand(stranger, request(id, { actor: "eve", pin: "abcdef" }));
  expect(codesOf(answer)).toEqual([
    "deploy/not-in-role",
    "deploy/no-permission",
    "deploy/pin-mismatch",
    "deploy/already-sealed",
  ]);
  expect((await viewOf(id)).history.at(-1)?.what).toBe("window-opened");
});

test("the permission is asked for the repository of the deployment, and a lookup that fails is a no", async () => {
  const id = await deploymentAt("ready");
  const asked: string[] = [];
  const failing: DeployDeps = {
    ...deps,
    permissions: {
      of: (repository, login) => {
        asked.push(`${repository.owner}/${repository.name} ${login}`);
        return Promise.reject(new CodedError("github/unavailable", "no answer"));
      },
    },
  };
  expect(codesOf(await decideCommand(failing, request(id)))).toEqual(["deploy/permission-unknown"]);
  expect(asked).toEqual(["acme/shop sara"]);
});

test("a button of an older plan seals nothing", async () => {
  const id = await deploymentAt("ready");
  const old = shortFingerprint(planOf("older").fingerprint);
  const answer = await decideCommand(deps, request(id, { via: "button", pin: old }));
  expect(codesOf(answer)).toEqual(["deploy/pin-mismatch"]);
  const [reason] = answer.at === "refused" ? answer.reasons : [];
  expect(reason?.paste).toBe(`/apply @${shortFingerprint((await viewOf(id)).plan.fingerprint)}`);
  expect((await viewOf(id)).votes).toEqual([]);
});

test("of many who vote at once each counts once", async () => {
  const id = await deploymentAt("ready", 3);
  const votes = ["sara", "ada", "sara", "ada", "sara"].map((actor) => decideCommand(deps, request(id, { actor })));
  const answers = await Promise.all(votes);
  expect(answers.every((answer) => answer.at === "accepted")).toBe(true);
  expect((await viewOf(id)).votes.map((vote) => vote.actor).sort()).toEqual(["ada", "sara"]);
});

test("a deployment that is not there is refused as such", async () => {
  expect(codesOf(await decideCommand(deps, request(newDeploymentId())))).toEqual(["deploy/unknown-deployment"]);
});

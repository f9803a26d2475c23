import { proposePlans, reconcileDeployments, startDeployments, type Control, type DeployDeps } from "#deploy";
import { CodedError, type DeploymentId } from "#kernel";
import { startMysql, type MysqlServer } from "#sandbox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshControl } from "../support/deploy-control.ts";
import { origin } from "../support/deploy-plans.ts";
import { DeployWorld, tableSql } from "../support/deploy-world.ts";

let server: MysqlServer;
let control: Control & AsyncDisposable;
let world: DeployWorld;
const never = new AbortController().signal;

beforeAll(async () => {
  server = await startMysql({ label: "propose" });
  control = await freshControl((database) => server.dsn(database), "control");
  world = new DeployWorld(control, { one: {}, two: {} });
});
afterAll(async () => {
  await control?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const asking = { group: "g-one", channel: "c", repository: origin.repository, pull: 7, headSha: "a".repeat(40) };
const files = [{ path: "t.sql", text: `${tableSql("t")};\n` }];

test("a plan is kept and given back, and its pull request is marked", async () => {
  const [proposal] = await proposePlans(world.deps, { ...asking, files }, never);
  expect(proposal?.result).toMatchObject({ at: "planned", plan: { changes: [{ kind: "create", table: "t" }] } });
  expect(await control.proposals.list(asking, asking.headSha)).toEqual([proposal]);
  const claims = await control.outbox.claim(10, 0);
  expect(claims.map((claim) => claim.subject)).toEqual([{ repository: origin.repository, pull: 7 }]);
});

test("bad SQL is a refused proposal that names file and line, not an error", async () => {
  const bad = [{ path: "bad.sql", text: "\nDROP TABLE t;\n" }];
  const [proposal] = await proposePlans(world.deps, { ...asking, files: bad }, never);
  expect(proposal?.result).toMatchObject({ at: "refused", reasons: [{ where: { file: "bad.sql", line: 2 } }] });
});

test("a server that does not answer is a refused proposal, without a foreign error's text", async () => {
  const unreachable = (error: Error): DeployDeps => ({
    ...world.deps,
    access: { ...world.deps.access, live: () => Promise.reject(error) },
  });
  const coded = new CodedError("drivers/cannot-connect", "Cannot connect to db:3306", { next: "retry" });
  const [first] = await proposePlans(unreachable(coded), { ...asking, files }, never);
  expect(first?.result).toMatchObject({ at: "refused", reasons: [{ code: "drivers/cannot-connect" }] });
  const [second] = await proposePlans(unreachable(new Error("row value 'secret'")), { ...asking, files }, never);
  expect(second?.result).toMatchObject({ at: "refused", reasons: [{ code: "deploy/planning-failed" }] });
  expect(JSON.stringify(second)).not.toContain("secret");
});

test("a repository may raise a finding's severity and never lower it", async () => {
  const bare = [
    { path: "t.sql", text: `${tableSql("t").replace("  PRIMARY KEY (`id`)\n", "").replace("NULL,\n)", "NULL\n)")};\n` },
  ];
  const severity = async (rule: string, asked: "error" | "notice"): Promise<string | undefined> => {
    const [proposal] = await proposePlans(world.deps, { ...asking, files: bare, lint: { [rule]: asked } }, never);
    const findings = proposal?.result.at === "planned" ? proposal.result.plan.findings : [];
    return findings.find((finding) => finding.rule === rule)?.severity;
  };
  const [plain] = await proposePlans(world.deps, { ...asking, files: bare }, never);
  const finding = plain?.result.at === "planned" ? plain.result.plan.findings[0] : undefined;
  expect(finding).toBeDefined();
  expect(await severity(finding?.rule ?? "", "error")).toBe("error");
  expect(await severity(finding?.rule ?? "", "notice")).toBe(finding?.severity);
});

test("a merge is started once per database, however many webhooks tell of it, and is woken until it is over", async () => {
  const woken: DeploymentId[] = [];
  const deps = {
    ...world.deps,
    dispatcher: { ...world.deps.dispatcher, wake: (id: DeploymentId) => void woken.push(id) },
  };
  const start = { group: "g-two", channel: "c", origin, files, approvals: 2 };
  const runs = await Promise.all([1, 2, 3].map(() => startDeployments(deps, start)));
  const ids = new Set(runs.flat());
  expect(ids.size).toBe(1);
  const [id] = [...ids];
  expect(id !== undefined && (await control.deployments.get(id))).toMatchObject({ at: "queued", approvals: 2 });
  woken.length = 0;
  expect(await reconcileDeployments(deps)).toBe(1);
  expect(woken).toEqual([id]);
  await expect(startDeployments(deps, { ...start, group: "nobody's" })).rejects.toMatchObject({
    code: "deploy/unknown-group",
  });
});

import type { DeploymentView } from "#deploy";
import type { Fingerprint } from "#kernel";
import { describe, expect, test } from "vitest";
import { renderDeploymentComment } from "../../src/github/render/deployment-comment.ts";
import { renderPing } from "../../src/github/render/ping.ts";
import { renderPlanCheck } from "../../src/github/render/plan-check.ts";
import { renderPlanComment } from "../../src/github/render/plan-comment.ts";
import { FORK, UNTOUCHED, summarise } from "../../src/github/render/plan-groups.ts";
import { renderSealCheck, sealCheckName } from "../../src/github/render/seal-check.ts";
import { parseSealId, printSealId } from "../../src/github/render/seal-id.ts";
import {
  HEAD,
  NOW,
  SEALED,
  STAGED,
  binding,
  copyChange,
  database,
  deployment,
  plan,
  progress,
  proposal,
} from "./fixtures.ts";

const golden = (name: string): string => `./golden/${name}.md.golden`;
const planned = (more: Parameters<typeof plan>[0] = {}) =>
  summarise([binding()], [proposal({ at: "planned", plan: plan(more) })]);
const blocked = planned({
  refusals: [
    {
      code: "engine/not-yet",
      message: "Table `orders` has foreign keys.",
      hint: "They come later.",
      where: { file: "orders.sql", line: 3 },
    },
  ],
  notHandled: [
    {
      object: "view",
      name: "v_open",
      action: "alter",
      reason: { code: "schema/not-handled", message: "View `v_open` differs." },
    },
  ],
  findings: [
    {
      rule: "float-money",
      severity: "warning",
      message: "`price` is a float.",
      place: { file: "line_item.sql", line: 9 },
    },
    {
      rule: "no-primary-key",
      severity: "error",
      message: "`t` has no primary key.",
      place: { file: "t.sql", line: 1 },
    },
  ],
});

describe("the plan comment", () => {
  test("shows every table, what it costs, how it can be undone, and the proof", async () => {
    await expect(renderPlanComment(planned(), HEAD)).toMatchFileSnapshot(golden("plan"));
  });

  test("names everything that stands in the way", async () => {
    await expect(renderPlanComment(blocked, HEAD)).toMatchFileSnapshot(golden("plan-blocked"));
  });

  test("tells one plan once for databases that share it", () => {
    const both = [database("shop-eu"), database("shop-us")];
    const summary = summarise(
      [binding(both)],
      both.map((one) => proposal({ at: "planned", plan: plan() }, one.name)),
    );
    expect(renderPlanComment(summary, HEAD).match(/### Schema plan/g)).toHaveLength(1);
    expect(renderPlanComment(summary, HEAD)).toContain("`shop-eu`, `shop-us`");
  });

  test("stays under GitHub's limit with a huge plan", () => {
    const changes = Array.from({ length: 3000 }, (_, i) => copyChange(`table_${i}`));
    expect(Buffer.byteLength(renderPlanComment(planned({ changes }), HEAD))).toBeLessThanOrEqual(60_000);
  });

  test("lets no foreign text out of its cell or fence", () => {
    const change = copyChange("a|b`\n### x", {
      summary: ["add column `</details>@acme/dba` <img src=x>"],
      statements: ["ALTER TABLE `t` COMMENT '```\n# pwned'"],
    });
    const body = renderPlanComment(planned({ changes: [change] }), HEAD);
    expect(body).not.toMatch(/^### x/m);
    expect(body).not.toContain("<img");
    expect(body).toContain("`</details>@acme/dba`");
    expect(body).toContain("````sql\n");
  });
});

describe("the plan check", () => {
  test("is in progress while a database has no plan yet", () => {
    expect(renderPlanCheck(summarise([binding()], []), HEAD)).toMatchObject({ status: "in_progress" });
  });

  test("succeeds with changes that nothing stands against", () => {
    expect(renderPlanCheck(planned(), HEAD)).toMatchObject({ conclusion: "success", title: "2 changes" });
  });

  test.each([
    ["nothing to change", summarise([binding()], [proposal({ at: "planned", plan: plan({ changes: [] }) })])],
    [
      "no file touched",
      summarise([binding()], [proposal({ at: "refused", reasons: [{ code: UNTOUCHED, message: "x" }] })]),
    ],
    ["a branch that no database follows", summarise([binding([])], [])],
  ])("reports success with %s", (_why, summary) => {
    expect(renderPlanCheck(summary, HEAD)).toMatchObject({
      status: "completed",
      conclusion: "success",
      title: "No schema changes",
    });
  });

  test("fails on what stands in the way and marks the lines", () => {
    const face = renderPlanCheck(blocked, HEAD);
    expect(face).toMatchObject({ conclusion: "failure", title: "3 things stand in the way" });
    expect(face.annotations).toEqual([
      {
        path: "schemas/shop/line_item.sql",
        line: 9,
        level: "warning",
        title: "float-money",
        message: "`price` is a float.",
      },
      {
        path: "schemas/shop/t.sql",
        line: 1,
        level: "failure",
        title: "no-primary-key",
        message: "`t` has no primary key.",
      },
      {
        path: "schemas/shop/orders.sql",
        line: 3,
        level: "failure",
        title: "engine/not-yet",
        message: "Table `orders` has foreign keys. They come later.",
      },
    ]);
  });

  test("asks for a maintainer when the change comes from a fork", () => {
    const summary = summarise([binding()], [proposal({ at: "refused", reasons: [{ code: FORK, message: "x" }] })]);
    expect(renderPlanCheck(summary, HEAD)).toMatchObject({ conclusion: "action_required" });
  });
});

const STORIES: readonly [name: string, view: DeploymentView][] = [
  ["staging", deployment({ at: "staging", progress: progress(0.4), history: deployment().history.slice(0, 1) })],
  ["ready", deployment({ staged: STAGED, progress: progress(1, "ready") })],
  [
    "sealed",
    deployment({
      at: "window",
      staged: STAGED,
      sealed: { ...SEALED, oldSnapshots: 1 },
      windowUntil: "2026-11-21T12:23:00Z",
    }),
  ],
  ["reverted", deployment({ at: "reverted", staged: STAGED, sealed: SEALED, reverted: { ...SEALED, lockHeldMs: 21 } })],
  [
    "blocked",
    deployment({
      at: "blocked",
      reasons: [{ code: "deploy/plan-changed", message: "The plan differs from the reviewed one.", paste: "/plan" }],
    }),
  ],
];

describe("a deployment", () => {
  test.each(STORIES)("is told in its comment when it is %s", async (name, view) => {
    await expect(renderDeploymentComment([view], NOW)).toMatchFileSnapshot(golden(`deployment-${name}`));
  });

  test.each<[at: string, view: DeploymentView, face: object]>([
    [
      "staging",
      STORIES[0]?.[1] ?? deployment(),
      { status: "in_progress", title: "Staging 70 % · 2 tables x 2 shards", buttons: [] },
    ],
    ["queued", deployment({ at: "queued", queuePlace: 2 }), { status: "in_progress", title: "Queued behind 2" }],
    [
      "ready in an automatic channel",
      deployment({ seal: "auto" }),
      { status: "in_progress", title: "Ready, sealing by itself" },
    ],
    ["blocked", STORIES[4]?.[1] ?? deployment(), { conclusion: "failure", title: "Blocked: deploy/plan-changed" }],
    ["failed", deployment({ at: "failed" }), { conclusion: "failure", title: "Failed, production untouched" }],
    ["cancelled", deployment({ at: "cancelled" }), { conclusion: "cancelled" }],
    ["unchanged", deployment({ at: "unchanged" }), { conclusion: "success", title: "Nothing to change" }],
    ["finalised", deployment({ at: "finalised" }), { conclusion: "success", buttons: [] }],
  ])("has a check that tells it when it is %s", (_at, view, face) => {
    expect(renderSealCheck(sealCheckName("prod"), HEAD, [view], NOW)).toMatchObject(face);
  });

  test("held at the gate it offers Apply and Cancel on a completed check that does not pass", () => {
    const face = renderSealCheck(sealCheckName("prod"), HEAD, [deployment({ staged: STAGED })], NOW);
    expect(face).toMatchObject({ name: "sluice / seal (prod)", status: "completed", conclusion: "action_required" });
    expect(face.buttons.map((button) => button.label)).toEqual(["Apply", "Cancel"]);
  });

  test("in its revert window it passes and offers Revert and Finalize, within GitHub's lengths", () => {
    const face = renderSealCheck(sealCheckName("prod"), HEAD, [STORIES[2]?.[1] ?? deployment()], NOW);
    expect(face).toMatchObject({ conclusion: "success", title: "Sealed · 23 min left to revert" });
    expect(face.buttons.map((button) => button.label)).toEqual(["Revert", "Finalize"]);
    for (const button of face.buttons) {
      expect(button.label.length).toBeLessThanOrEqual(20);
      expect(button.description.length).toBeLessThanOrEqual(40);
      expect(button.identifier.length).toBeLessThanOrEqual(20);
    }
  });

  test("one that was reverted is not covered up by one in its window, which keeps its buttons", () => {
    const views = [STORIES[2]?.[1] ?? deployment(), deployment({ at: "reverted", database: "shop-us" })];
    const face = renderSealCheck(sealCheckName("prod"), HEAD, views, NOW);
    expect(face).toMatchObject({ conclusion: "failure", title: "Sealed · 23 min left to revert (1 of 2 databases)" });
    expect(face.buttons.map((button) => button.label)).toEqual(["Revert", "Finalize"]);
  });

  test("one that failed outweighs one that is ready", () => {
    const views = [deployment(), deployment({ at: "failed", database: "shop-us" })];
    const face = renderSealCheck(sealCheckName("prod"), HEAD, views, NOW);
    expect(face).toMatchObject({ conclusion: "failure", title: "Failed, production untouched (1 of 2 databases)" });
  });

  test("a button carries exactly the plans it showed", () => {
    const views = [deployment(), deployment({ plan: plan({ fingerprint: "f".repeat(64) as Fingerprint }) })];
    expect(parseSealId(printSealId(views))).toEqual([
      { deployment: "d123456789", pin: plan().fingerprint.slice(0, 12) },
      { deployment: "d123456789", pin: "ffffffffffff" },
    ]);
    expect(parseSealId("seal:../../x@000000000000")).toBeUndefined();
    expect(parseSealId("plan:abc")).toBeUndefined();
  });

  test.each<[at: string, view: DeploymentView, news: string | undefined]>([
    ["ready by hand", deployment(), "ready"],
    ["ready by itself", deployment({ seal: "auto" }), undefined],
    ["staging", deployment({ at: "staging" }), undefined],
    ["blocked", deployment({ at: "blocked" }), "blocked"],
    ["failed", deployment({ at: "failed" }), "failed"],
    ["reverted", deployment({ at: "reverted" }), "reverted"],
    ["sealed", deployment({ at: "window" }), undefined],
  ])("notifies people only when one is needed: %s", (_at, view, news) => {
    expect(renderPing(view)?.news).toBe(news);
  });
});

test("a database whose plan is refused does not hide behind another with the same changes", () => {
  const both = binding([database("shop-eu"), database("shop-us")]);
  const shardsDiffer = { code: "plan/shards-differ", message: "`orders` is not the same on all shards" } as const;
  const summary = summarise(
    [both],
    [
      { ...proposal({ at: "planned", plan: plan({ refusals: [shardsDiffer] }) }), database: "shop-eu" },
      { ...proposal({ at: "planned", plan: plan() }), database: "shop-us" },
    ],
  );
  expect(summary.groups).toHaveLength(2);
  expect(renderPlanCheck(summary, HEAD).conclusion).not.toBe("success");
});

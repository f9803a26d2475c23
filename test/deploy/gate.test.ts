import { COMMAND_VERBS, gate, legalCommands, type DeploymentAt, type DeploymentView } from "#deploy";
import { shortFingerprint } from "#kernel";
import { describe, expect, test } from "vitest";
import { viewOfKnown } from "../../src/deploy/fold.ts";
import { planOf, type started } from "../support/deploy-plans.ts";
import { after, ALL_STATES, EVENTS, knownAt } from "../support/deploy-states.ts";

type First = Parameters<typeof started>[0];
const viewAt = (state: DeploymentAt, first: First = {}): DeploymentView => viewOfKnown(knownAt(state, first));
const codes = (view: DeploymentView): readonly string[] => {
  const asked = gate(view);
  return asked.at === "open" ? [] : asked.reasons.map((reason) => reason.code);
};

describe("the gate", () => {
  test.each(ALL_STATES.filter((state) => state !== "ready"))("is shut while it is %s", (state) => {
    expect(codes(viewAt(state))).toContain("deploy/not-ready");
  });

  test("an automatic one opens by itself once staged, but for a plan that nobody saw", () => {
    expect(codes(viewAt("ready", { seal: "auto" }))).toEqual([]);
    expect(codes(viewAt("ready", { seal: "auto", reviewed: false }))).toEqual(["deploy/votes-missing"]);
  });

  test("a manual one needs as many different people as the repository asks for", () => {
    const first = { approvals: 2 };
    const one = after(knownAt("ready", first), EVENTS.voted, EVENTS.voted);
    expect(codes(viewAt("ready", first))).toEqual(["deploy/votes-missing"]);
    expect(codes(viewOfKnown(one))).toEqual(["deploy/votes-missing"]);
    expect(codes(viewOfKnown(after(one, { ...EVENTS.voted, actor: "bob" })))).toEqual([]);
  });

  test("names every reason at once, with the next line to paste", () => {
    const refusal = { code: "engine/not-yet", message: "foreign key" } as const;
    const plan = planOf("refused", {
      refusals: [refusal],
      notHandled: [
        { object: "view", name: "v", action: "alter", reason: { code: "schema/not-handled", message: "v" } },
      ],
    });
    const view = { ...viewAt("staging"), plan };
    expect(codes(view)).toEqual(["deploy/not-ready", "engine/not-yet", "schema/not-handled", "deploy/votes-missing"]);
    const asked = gate(viewAt("ready"));
    const paste = `/apply @${shortFingerprint(planOf("two").fingerprint)}`;
    expect(asked).toMatchObject({ at: "shut", reasons: [{ code: "deploy/votes-missing", paste }] });
  });
});

describe("legal commands", () => {
  const LEGAL: Partial<Record<DeploymentAt, readonly string[]>> = {
    queued: ["cancel"],
    planning: ["cancel"],
    staging: ["cancel"],
    ready: ["apply", "cancel"],
    blocked: ["cancel"],
    window: ["revert", "finalize"],
  };

  test.each(ALL_STATES)("in %s are exactly those of the table", (state) => {
    const answers = legalCommands(viewAt(state));
    expect(answers.map((answer) => answer.verb)).toEqual(COMMAND_VERBS);
    expect(answers.filter((answer) => answer.reasons.length === 0).map((answer) => answer.verb)).toEqual(
      LEGAL[state] ?? [],
    );
  });

  test.each<[DeploymentAt, string, string, string | undefined]>([
    ["window", "cancel", "deploy/already-sealed", "/revert db:shop-prod"],
    ["ready", "revert", "deploy/not-sealed", "/cancel db:shop-prod"],
    ["sealing", "cancel", "deploy/seal-started", undefined],
    ["staging", "apply", "deploy/not-ready", undefined],
    ["finalised", "revert", "deploy/over", undefined],
  ])("in %s, %s is refused as %s and the next line is %s", (state, verb, code, paste) => {
    const answer = legalCommands(viewAt(state)).find((one) => one.verb === verb);
    expect(answer?.reasons[0]?.code).toBe(code);
    expect(answer?.reasons[0]?.paste).toBe(paste);
  });
});

import type { DeploymentAt } from "#deploy";
import { advance } from "#kernel";
import { describe, expect, test } from "vitest";
import { deploymentMoves } from "../../src/deploy/deployment.machine.ts";
import { EVENT_TYPES, fromStored, toStored, type DeploymentEventType } from "../../src/deploy/deployment-events.ts";
import { fold, next, viewOfKnown } from "../../src/deploy/fold.ts";
import { holdsLane, isOver } from "#deploy";
import { planOf, started } from "../support/deploy-plans.ts";
import { after, ALL_STATES, EVENTS, knownAt, reason, sealReport, wayTo } from "../support/deploy-states.ts";

/** Every move there is; a pair that is not here is refused. */
const MOVES: { readonly [At in DeploymentAt]: { readonly [Type in DeploymentEventType]?: DeploymentAt } } = {
  queued: { "turn-came": "planning", "cancel-asked": "cancelling" },
  planning: {
    planned: "staging",
    unchanged: "unchanged",
    blocked: "blocked",
    failed: "failed",
    hindered: "planning",
    "cancel-asked": "cancelling",
  },
  staging: {
    "preflight-passed": "staging",
    staged: "ready",
    blocked: "blocked",
    failed: "failed",
    hindered: "staging",
    "cancel-asked": "cancelling",
  },
  ready: {
    voted: "ready",
    "seal-started": "sealing",
    "stage-lost": "staging",
    blocked: "blocked",
    failed: "failed",
    hindered: "ready",
    "cancel-asked": "cancelling",
  },
  sealing: { sealed: "window", "seal-refused": "ready", "seal-unsure": "unsure" },
  unsure: { sealed: "window", "seal-refused": "ready", hindered: "unsure" },
  window: {
    "window-opened": "window",
    "revert-asked": "reverting",
    "finalise-asked": "finalising",
    "window-ended": "finalising",
    hindered: "window",
  },
  reverting: { "revert-done": "reverting", "revert-refused": "window", reverted: "reverted", hindered: "reverting" },
  finalising: { finalised: "finalised", hindered: "finalising" },
  cancelling: { cancelled: "cancelled", hindered: "cancelling" },
  blocked: { "replan-asked": "queued", "cancel-asked": "cancelling", superseded: "cancelled" },
  finalised: {},
  reverted: {},
  cancelled: {},
  failed: {},
  unchanged: {},
};

const PAIRS = ALL_STATES.flatMap((state) => EVENT_TYPES.map((type) => [state, type, MOVES[state][type]] as const));

test.each(PAIRS)("%s on %s goes to %s", (state, type, to) => {
  const known = knownAt(state);
  expect(known.state.at).toBe(state);
  expect(advance(deploymentMoves, known.state, EVENTS[type])?.at).toBe(to);
});

describe("what a state remembers", () => {
  test("an illegal event in a stream is an error that says so", () => {
    expect(() => next(knownAt("sealing"), EVENTS["cancel-asked"])).toThrow(
      expect.objectContaining({ code: "deploy/illegal-event" }),
    );
    expect(() => next(undefined, EVENTS.voted)).toThrow(expect.objectContaining({ code: "deploy/illegal-event" }));
  });

  test("a person votes once, however often they say so", () => {
    const twice = after(knownAt("ready"), EVENTS.voted, EVENTS.voted, { ...EVENTS.voted, actor: "bob" });
    expect(twice.state.body.votes.map((vote) => vote.actor)).toEqual(["ada", "bob"]);
    const shouted = after(knownAt("ready"), EVENTS.voted, { ...EVENTS.voted, actor: "ADA", via: "cli" });
    expect(shouted.state.body.votes.map((vote) => vote.actor)).toEqual(["ada"]);
  });

  test("a refused seal keeps its votes until the rounds are used up, then even an automatic one needs a vote", () => {
    const sealing = knownAt("sealing", { seal: "auto" });
    const again = after(sealing, EVENTS["seal-refused"]);
    expect(again.state).toMatchObject({ at: "ready", rounds: 1, body: { needsVote: false, reasons: [reason] } });
    expect(again.state.body.votes).toHaveLength(1);
    const spent = after(sealing, { ...EVENTS["seal-refused"], votesSpent: true });
    expect(spent.state).toMatchObject({ at: "ready", rounds: 0, body: { votes: [], needsVote: true } });
  });

  test("an automatic seal needs a vote when nobody saw a plan, and a shown plan replaces the reviewed one", () => {
    const unseen = knownAt("blocked", { seal: "auto", reviewed: false });
    expect(unseen.state.body.needsVote).toBe(true);
    expect(viewOfKnown(unseen).reviewedFingerprint).toBeUndefined();
    const seen = after(unseen, EVENTS["replan-asked"]);
    expect(seen.state.body).toMatchObject({ needsVote: false, votes: [], reasons: [], plan: planOf("three") });
    expect(viewOfKnown(seen).reviewedFingerprint).toBe(planOf("three").fingerprint);
  });

  test("whether the servers were touched is known to the one who cancels", () => {
    const touched = (state: DeploymentAt): unknown => after(knownAt(state), EVENTS["cancel-asked"]).state;
    expect(touched("queued")).toMatchObject({ touched: false });
    expect(touched("planning")).toMatchObject({ touched: false });
    expect(touched("blocked")).toMatchObject({ touched: false });
    expect(touched("staging")).toMatchObject({ touched: true });
    expect(touched("ready")).toMatchObject({ touched: true });
  });

  test("a revert whose names are back is refused by nothing", () => {
    const back = after(knownAt("reverting"), EVENTS["revert-done"]);
    expect(back.state).toMatchObject({ at: "reverting", done: true, body: { reverted: sealReport } });
    expect(after(back, EVENTS["revert-refused"]).state).toEqual(back.state);
  });

  test("reasons are gone as soon as it gets on", () => {
    const hindered = after(knownAt("staging"), EVENTS.hindered);
    expect(hindered.state.body.reasons).toEqual([reason]);
    expect(after(hindered, EVENTS["preflight-passed"]).state.body.reasons).toEqual([]);
  });
});

describe("streams", () => {
  test.each(ALL_STATES)("a restart reads %s back from its stored events", (state) => {
    const first = started();
    const known = after(undefined, first, ...wayTo(state).slice(1));
    const stored = [first, ...wayTo(state).slice(1)].map(
      (event) => JSON.parse(JSON.stringify(toStored(event))) as ReturnType<typeof toStored>,
    );
    expect(fold(stored)).toEqual(known);
    expect(viewOfKnown(known)).toMatchObject({ at: state, version: stored.length });
    expect(viewOfKnown(known).history).toHaveLength(stored.length);
  });

  test("an event of a newer Sluice is refused, never guessed", () => {
    const newer = { ...toStored(EVENTS.voted), payload: 2 };
    const unknown = { ...toStored(EVENTS.voted), type: "paused" };
    for (const stored of [newer, unknown]) {
      expect(() => fromStored(stored)).toThrow(expect.objectContaining({ code: "deploy/event-too-new" }));
    }
  });

  test("one deployment at work keeps the others of its database out; queued, blocked and ended ones do not", () => {
    const working = ALL_STATES.filter(holdsLane);
    expect(working).toEqual(["planning", "staging", "ready", "sealing", "unsure", "window", "reverting", "finalising"]);
    expect(ALL_STATES.filter(isOver)).toEqual(["finalised", "reverted", "cancelled", "failed", "unchanged"]);
  });
});

import type { SealReport, StageReport } from "#engine";
import type { DeploymentId, Moves, Reason } from "#kernel";
import type { Plan } from "#plan";
import type { Act, DeploymentEvent, EventOf } from "./deployment-events.ts";
import type { DeploymentOrigin, Vote } from "./view.ts";

/** What every state knows. */
export interface Body {
  readonly id: DeploymentId;
  readonly group: string;
  readonly database: string;
  readonly channel: string;
  readonly seal: "auto" | "manual";
  /** Seal votes needed, each by another person. */
  readonly approvals: number;
  readonly origin: DeploymentOrigin;
  /** Key of the authored files in Sources. */
  readonly source: string;
  readonly plan: Plan;
  /** What people saw before the merge; absent when nobody saw a plan. */
  readonly reviewed?: Plan;
  readonly votes: readonly Vote[];
  /** An automatic seal is off until somebody votes: nobody reviewed the plan, or its rounds are used up. */
  readonly needsVote: boolean;
  readonly reasons: readonly Reason[];
  readonly staged?: StageReport;
  readonly sealed?: SealReport;
  readonly reverted?: SealReport;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** One member per state. `body.reasons` says why it does not go on; every move that gets on clears it. */
export type Deployment =
  | { readonly at: "queued"; readonly body: Body }
  | { readonly at: "planning"; readonly body: Body }
  | { readonly at: "staging"; readonly body: Body; readonly checked: boolean }
  /** `rounds` seals were refused since the last vote that counted; `refusedAt` starts the pause before the next. */
  | { readonly at: "ready"; readonly body: Body; readonly rounds: number; readonly refusedAt?: string }
  | { readonly at: "sealing"; readonly body: Body; readonly round: number }
  | { readonly at: "unsure"; readonly body: Body; readonly round: number }
  | { readonly at: "window"; readonly body: Body; readonly windowUntil: string; readonly opened: boolean }
  /** `done`: the names are back, the cleaning is not over. */
  | { readonly at: "reverting"; readonly body: Body; readonly windowUntil: string; readonly done: boolean }
  | { readonly at: "finalising"; readonly body: Body }
  /** `touched`: something of ours may be on the targets. */
  | { readonly at: "cancelling"; readonly body: Body; readonly touched: boolean }
  | { readonly at: "blocked"; readonly body: Body }
  | { readonly at: "finalised"; readonly body: Body }
  | { readonly at: "reverted"; readonly body: Body }
  | { readonly at: "cancelled"; readonly body: Body }
  | { readonly at: "failed"; readonly body: Body }
  | { readonly at: "unchanged"; readonly body: Body };

/** `started` makes a deployment and is legal in no state. */
export const deploymentMoves: Moves<Deployment, DeploymentEvent> = {
  queued: {
    "turn-came": (s) => ({ at: "planning", body: on(s) }),
    "cancel-asked": (s) => ({ at: "cancelling", body: on(s), touched: false }),
  },
  planning: {
    planned: (s, e) => ({ at: "staging", body: on(s, { plan: e.plan }), checked: false }),
    unchanged: (s, e) => ({ at: "unchanged", body: on(s, { plan: e.plan }) }),
    blocked: (s, e) => blocked(s, e),
    failed: (s, e) => ({ at: "failed", body: on(s, { reasons: e.reasons }) }),
    hindered: (s, e) => ({ ...s, body: on(s, { reasons: e.reasons }) }),
    "cancel-asked": (s) => ({ at: "cancelling", body: on(s), touched: false }),
  },
  staging: {
    "preflight-passed": (s) => ({ at: "staging", body: on(s), checked: true }),
    staged: (s, e) => ({ at: "ready", body: on(s, { staged: e.report }), rounds: 0 }),
    blocked: (s, e) => blocked(s, e),
    failed: (s, e) => ({ at: "failed", body: on(s, { reasons: e.reasons }) }),
    hindered: (s, e) => ({ ...s, body: on(s, { reasons: e.reasons }) }),
    "cancel-asked": (s) => ({ at: "cancelling", body: on(s), touched: true }),
  },
  ready: {
    voted: (s, e) => ({ at: "ready", body: on(s, { votes: voted(s.body.votes, e) }), rounds: s.rounds }),
    "seal-started": (s, e) => ({ at: "sealing", body: on(s), round: e.round }),
    "stage-lost": (s, e) => ({ at: "staging", body: on(s, { reasons: [e.reason] }), checked: true }),
    blocked: (s, e) => blocked(s, e),
    failed: (s, e) => ({ at: "failed", body: on(s, { reasons: e.reasons }) }),
    hindered: (s, e) => ({ ...s, body: on(s, { reasons: e.reasons }) }),
    "cancel-asked": (s) => ({ at: "cancelling", body: on(s), touched: true }),
  },
  sealing: {
    sealed: (s, e) => sealed(s, e),
    "seal-refused": (s, e) => refused(s, e),
    // The server may have renamed before we lost it, so look; never seal again blind.
    "seal-unsure": (s, e) => ({ at: "unsure", body: on(s, { reasons: [e.reason] }), round: s.round }),
  },
  // "refused" here needs proof: every shard was looked at and holds the original names.
  unsure: {
    sealed: (s, e) => sealed(s, e),
    "seal-refused": (s, e) => refused(s, e),
    hindered: (s, e) => ({ ...s, body: on(s, { reasons: e.reasons }) }),
  },
  window: {
    "window-opened": (s) => ({ at: "window", body: on(s), windowUntil: s.windowUntil, opened: true }),
    "revert-asked": (s) => ({ at: "reverting", body: on(s), windowUntil: s.windowUntil, done: false }),
    "finalise-asked": (s) => ({ at: "finalising", body: on(s) }),
    "window-ended": (s) => ({ at: "finalising", body: on(s) }),
    hindered: (s, e) => ({ ...s, body: on(s, { reasons: e.reasons }) }),
  },
  reverting: {
    "revert-done": (s, e) => ({
      at: "reverting",
      body: on(s, e.report === undefined ? {} : { reverted: e.report }),
      windowUntil: s.windowUntil,
      done: true,
    }),
    // After the names went back there is nothing to refuse any more.
    "revert-refused": (s, e) =>
      s.done ? s : { at: "window", body: on(s, { reasons: [e.reason] }), windowUntil: e.windowUntil, opened: true },
    reverted: (s) => ({ at: "reverted", body: on(s) }),
    hindered: (s, e) => ({ ...s, body: on(s, { reasons: e.reasons }) }),
  },
  finalising: {
    finalised: (s) => ({ at: "finalised", body: on(s) }),
    hindered: (s, e) => ({ ...s, body: on(s, { reasons: e.reasons }) }),
  },
  cancelling: {
    cancelled: (s) => ({ at: "cancelled", body: on(s) }),
    hindered: (s, e) => ({ ...s, body: on(s, { reasons: e.reasons }) }),
  },
  blocked: {
    "replan-asked": (s, e) => ({
      at: "queued",
      body: on(s, { plan: e.plan, reviewed: e.plan, votes: [], needsVote: false }),
    }),
    "cancel-asked": (s) => ({ at: "cancelling", body: on(s), touched: false }),
    superseded: (s, e) => ({ at: "cancelled", body: on(s, { reasons: [supersededBy(e.by)] }) }),
  },
  finalised: {},
  reverted: {},
  cancelled: {},
  failed: {},
  unchanged: {},
};

/** The first state, from the first event. */
export function begin(event: EventOf<"started">): Deployment {
  const { at, type: _type, reviewed, ...facts } = event;
  return {
    at: "queued",
    body: {
      ...facts,
      ...(reviewed ? { reviewed: facts.plan } : {}),
      votes: [],
      needsVote: facts.seal === "auto" && !reviewed,
      reasons: [],
      createdAt: at,
    },
  };
}

/** A move that gets on: reasons of the state left behind are gone unless the patch brings new ones. */
function on(state: Deployment, patch: Partial<Body> = {}): Body {
  return { ...state.body, reasons: [], ...patch };
}

function blocked(state: Deployment, event: EventOf<"blocked">): Deployment {
  const plan = event.plan === undefined ? {} : { plan: event.plan };
  return { at: "blocked", body: on(state, { ...plan, reasons: event.reasons, votes: [] }) };
}

function sealed(state: Deployment, event: EventOf<"sealed">): Deployment {
  const report = event.report === undefined ? {} : { sealed: event.report };
  return { at: "window", body: on(state, report), windowUntil: event.windowUntil, opened: false };
}

function refused(state: Extract<Deployment, { round: number }>, event: EventOf<"seal-refused">): Deployment {
  const again = event.votesSpent ? { votes: [], needsVote: true } : {};
  return {
    at: "ready",
    body: on(state, { ...again, reasons: [event.reason] }),
    rounds: event.votesSpent ? 0 : state.round,
    refusedAt: event.at,
  };
}

function voted(votes: readonly Vote[], event: Act & { readonly at: string }): readonly Vote[] {
  // GitHub's logins differ by more than case; what is typed at the CLI is the same person in any case.
  const who = event.actor.toLowerCase();
  if (votes.some((vote) => vote.actor.toLowerCase() === who)) return votes;
  return [...votes, { actor: event.actor, via: event.via, at: event.at }];
}

function supersededBy(by: DeploymentId): Reason {
  return { code: "deploy/superseded", message: `Deployment ${by} of a later merge carries these changes too.` };
}

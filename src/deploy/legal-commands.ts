import type { Reason } from "#kernel";
import { pasteLine } from "./paste-line.ts";
import type { CommandVerb, CommandVia, DeploymentAt, DeploymentView } from "./view.ts";

export const COMMAND_VERBS: readonly CommandVerb[] = ["apply", "cancel", "revert", "finalize"];

const LEGAL_IN: Record<CommandVerb, readonly DeploymentAt[]> = {
  apply: ["ready"],
  cancel: ["queued", "planning", "staging", "ready", "blocked"],
  revert: ["window"],
  finalize: ["window"],
};

/** Which verbs are legal now, else the reasons with the next line to paste. Pure. */
export function legalCommands(
  view: DeploymentView,
  via: CommandVia = "comment",
): readonly { readonly verb: CommandVerb; readonly reasons: readonly Reason[] }[] {
  return COMMAND_VERBS.map((verb) => ({ verb, reasons: whyIllegal(view, verb, via) }));
}

/** Empty when `verb` is legal in the deployment's state. */
export function whyIllegal(view: DeploymentView, verb: CommandVerb, via: CommandVia = "comment"): readonly Reason[] {
  if (LEGAL_IN[verb].includes(view.at)) return [];
  const message = `${sentence(verb)} ${view.database}: ${STORY[view.at]}.`;
  const instead = LEGAL_IN_PLACE[verb]?.find((other) => LEGAL_IN[other].includes(view.at));
  return [
    {
      code: codeOf(verb, view.at),
      message,
      ...(HINT[view.at] === undefined ? {} : { hint: HINT[view.at] }),
      ...(instead === undefined ? {} : { paste: pasteLine(view, instead, via) }),
    },
  ];
}

/** What a person who asked for the one at the wrong time most likely wants. */
const LEGAL_IN_PLACE: Partial<Record<CommandVerb, readonly CommandVerb[]>> = {
  cancel: ["revert"],
  revert: ["cancel"],
  finalize: ["apply"],
};

const STORY: Record<DeploymentAt, string> = {
  queued: "it waits for its turn",
  planning: "its plan is being computed",
  staging: "its tables are still being staged",
  ready: "it is staged and not sealed yet",
  sealing: "it is being sealed at this moment",
  unsure: "the seal's answer was lost and the servers are being looked at",
  window: "it is sealed already and its revert window is open",
  reverting: "it is being reverted",
  finalising: "its revert window is over",
  cancelling: "it is being cancelled",
  blocked: "it is blocked",
  finalised: "it is finalised",
  reverted: "it was reverted",
  cancelled: "it was cancelled",
  failed: "it failed, production is untouched",
  unchanged: "there was nothing to change",
};

const HINT: Partial<Record<DeploymentAt, string>> = {
  queued: "It goes on by itself when the deployments before it are over.",
  planning: "Wait until it is ready.",
  staging: "Wait until it is ready; /status shows how far it is.",
  sealing: "This takes seconds; /status tells how it ended.",
  unsure: "This ends by itself; /status tells how.",
  blocked: "Mend what the reasons name, then /plan.",
};

function codeOf(verb: CommandVerb, at: DeploymentAt): Reason["code"] {
  switch (at) {
    case "finalised":
    case "reverted":
    case "cancelled":
    case "failed":
    case "unchanged":
      return "deploy/over";
    case "sealing":
    case "unsure":
      return "deploy/seal-started";
    case "window":
    case "reverting":
    case "finalising":
      return "deploy/already-sealed";
    case "queued":
    case "planning":
    case "staging":
    case "ready":
    case "cancelling":
    case "blocked":
      return verb === "apply" ? "deploy/not-ready" : verb === "cancel" ? "deploy/being-cancelled" : "deploy/not-sealed";
  }
}

function sentence(verb: CommandVerb): string {
  return `Cannot ${verb}`;
}

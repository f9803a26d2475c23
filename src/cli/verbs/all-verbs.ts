import type { Verb } from "../verb.ts";
import { alterVerb } from "./alter.ts";
import { decidingVerb } from "./decide.ts";
import { diffVerb } from "./diff.ts";
import { planVerb } from "./plan.ts";
import { demoVerb, healthVerb, serveVerb, workVerb } from "./processes.ts";
import { statusVerb } from "./status.ts";

/** In the order of the help. */
export const VERBS: readonly Verb[] = [
  planVerb,
  diffVerb,
  alterVerb,
  statusVerb,
  decidingVerb("apply", "Vote for the seal of a staged deployment; with votes enough it is sealed"),
  decidingVerb("cancel", "End a deployment before its seal and drop what was staged"),
  decidingVerb("revert", "Put the old tables back, within the revert window, with every write made since"),
  decidingVerb("finalize", "End the revert window now and let go of the old tables"),
  serveVerb,
  workVerb,
  healthVerb,
  demoVerb,
];

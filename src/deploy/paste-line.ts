import { shortFingerprint } from "#kernel";
import type { CommandVerb, CommandVia, DeploymentView } from "./view.ts";

/** The exact line a person may paste: into a comment, or for `cli` into a shell. */
export function pasteLine(view: DeploymentView, verb: CommandVerb, via: CommandVia = "comment"): string {
  const pin = shortFingerprint(view.plan.fingerprint);
  if (via === "cli") return `sluice ${verb} ${view.id}${verb === "apply" ? ` --pin ${pin}` : ""}`;
  return verb === "apply" ? `/apply @${pin}` : `/${verb} db:${view.database}`;
}

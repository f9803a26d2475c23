import type { DeploymentId } from "#kernel";
import { streamOf, toStored, type DeploymentEvent } from "./deployment-events.ts";
import { fold, next, viewOfKnown, type Known } from "./fold.ts";
import type { Control, Subject } from "./ports.ts";

/** The deployment as its events tell it; undefined when there is none of that id. */
export async function recall(control: Pick<Control, "events">, id: DeploymentId): Promise<Known | undefined> {
  return fold((await control.events.load(streamOf(id))).events);
}

/**
 * Appends one event to what is known, together with the new view and the mark that its pull request's public face is
 * out of date.
 *
 * @returns what is known now; undefined when somebody else appended since, or the database's lane is taken
 * @throws CodedError `deploy/illegal-event` when the event is no move from here
 */
export async function record(
  control: Pick<Control, "events">,
  known: Known | undefined,
  event: DeploymentEvent,
): Promise<Known | undefined> {
  const after = next(known, event);
  const appended = await control.events.append(streamOf(after.state.body.id), known?.version ?? 0, [toStored(event)], {
    subjects: [subjectOf(after)],
    view: viewOfKnown(after),
  });
  return appended === "appended" ? after : undefined;
}

/** The pull request a deployment belongs to. */
export function subjectOf(known: Known): Subject {
  const { repository, pull } = known.state.body.origin;
  return { repository, pull };
}

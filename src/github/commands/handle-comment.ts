import type { RepositoryName } from "#config";
import type { Reason } from "#kernel";
import { type Comment, react } from "../api/comments.ts";
import { readPull } from "../api/pull-requests.ts";
import { bindingsOf } from "../binding.ts";
import { sayOnce } from "../publish/put-comment.ts";
import { type Surface, surfaceOf } from "../publish/surface.ts";
import { reasonItem } from "../render/plan-rows.ts";
import type { GithubDeps } from "../room.ts";
import type { CommandContext, CommandOutcome } from "./command.ts";
import { COMMANDS } from "./list.ts";
import { type Command, parseComment } from "./parse.ts";

/** A comment is dealt with once; what was dealt with is remembered under this. */
export function commentKind(id: number): string {
  return `command:${id}`;
}

/**
 * Acts on the commands of a comment and answers: eyes at once, then a rocket, or confused and one short comment that
 * says why and what to paste next. Comments that hold no command get no answer at all.
 */
export async function handleComment(
  deps: GithubDeps,
  repository: RepositoryName,
  pullNumber: number,
  comment: Comment,
  signal: AbortSignal,
): Promise<void> {
  const { commands, problems } = parseComment(comment.body);
  if (commands.length === 0 && problems.length === 0) return;
  const subject = { repository, pull: pullNumber };
  if ((await deps.control.publications.get(subject, commentKind(comment.id))) !== undefined) return;
  const surface = await surfaceOf(deps, repository, pullNumber);
  const pull = await readPull(surface.octokit, repository, pullNumber);
  if (pull === undefined) return;
  const bindings = bindingsOf(deps.fleet, repository, pull.base);
  // Not our branch: the words may be meant for somebody else.
  if (bindings.length === 0) return;
  await react(surface.octokit, repository, comment.id, "eyes");
  const facts = { surface, pull, bindings, actor: comment.author, commentId: comment.id, signal };
  const outcome = problems.length > 0 ? ({ at: "refused", reasons: problems } as const) : await runAll(facts, commands);
  deps.log.info("command.answered", {
    comment: comment.id,
    actor: comment.author,
    verbs: commands.map((command) => command.verb),
    at: outcome.at,
    codes: outcome.at === "refused" ? outcome.reasons.map((reason) => reason.code) : [],
  });
  await answer(surface, comment, outcome);
  await deps.control.publications.put(subject, commentKind(comment.id), outcome.at, "");
  await deps.control.outbox.mark(subject);
}

type Facts = Omit<CommandContext, "command" | "deployments">;

/** In their order; the first refusal ends it, since what follows was written with the first in mind. */
async function runAll(facts: Facts, commands: readonly Command[]): Promise<CommandOutcome> {
  const said: string[] = [];
  for (const command of commands) {
    // Read anew for each: the one before may have changed them.
    const { deps, subject } = facts.surface;
    const deployments = [...(await deps.control.deployments.list({ subject }))].sort((a, b) =>
      a.database < b.database ? -1 : 1,
    );
    const kind = COMMANDS.find((one) => one.verb === command.verb);
    const outcome = await kind?.run({ ...facts, command, deployments });
    if (outcome?.at === "refused") return outcome;
    if (outcome?.say !== undefined) said.push(outcome.say);
  }
  return said.length === 0 ? { at: "done" } : { at: "done", say: said.join("\n\n") };
}

/** The words first: the last reaction says that everything is done. */
async function answer(surface: Surface, comment: Comment, outcome: CommandOutcome): Promise<void> {
  const { octokit, subject } = surface;
  const say = outcome.at === "done" ? outcome.say : refusal(outcome.reasons);
  if (say !== undefined) {
    const kind = `reply:${comment.id}`;
    const marker = `<!-- sluice:${kind} -->`;
    await sayOnce(surface, kind, marker, `${marker}\n${say}`);
  }
  await react(octokit, subject.repository, comment.id, outcome.at === "done" ? "rocket" : "confused");
}

export function refusal(reasons: readonly Reason[]): string {
  return reasons.map(reasonItem).join("\n");
}

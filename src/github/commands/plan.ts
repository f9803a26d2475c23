import { proposePlans } from "#deploy";
import { CodedError, type Reason } from "#kernel";
import { readRepositorySettings } from "../api/settings.ts";
import { readSchemaFiles } from "../api/trees.ts";
import { planPull } from "../plan-pull.ts";
import type { CommandContext, CommandKind, CommandOutcome } from "./command.ts";

const MAY_WRITE = ["admin", "maintain", "write"];

/**
 * Plans again. For an open pull request: the head's merge result. After the merge: what was merged, against the
 * databases as they are now; a blocked deployment then takes the new plan and goes on.
 */
export const plan: CommandKind = {
  verb: "plan",
  run: async (context) => {
    const denied = await whyNot(context);
    if (denied !== undefined) return { at: "refused", reasons: [denied] };
    if (context.pull.state === "open") {
      await planPull(context.surface.deps, context.surface.subject.repository, context.pull.number, context.signal);
      return { at: "done" };
    }
    return replan(context);
  },
};

async function whyNot({ surface, actor, pull }: CommandContext): Promise<Reason | undefined> {
  // The author may refresh what is only shown; after the merge a new plan lets a deployment go on.
  if (pull.state === "open" && actor === pull.author) return undefined;
  const { deps, subject } = surface;
  try {
    if (MAY_WRITE.includes(await deps.permissions.of(subject.repository, actor))) return undefined;
  } catch {
    return {
      code: "github/permission-unknown",
      message: `The permission of ${actor} could not be looked up.`,
      hint: "Nothing was done. Try again in a minute.",
      paste: "/plan",
    };
  }
  return {
    code: "github/no-permission",
    message: `${actor} may not plan: it takes write access to ${subject.repository.owner}/${subject.repository.name}.`,
    hint: "Somebody with write access can paste it.",
    paste: "/plan",
  };
}

async function replan({ surface, pull, deployments, signal }: CommandContext): Promise<CommandOutcome> {
  const { deps, octokit, subject } = surface;
  const blocked = deployments.filter((view) => view.at === "blocked");
  const groups = new Set(blocked.map((view) => JSON.stringify([view.group, view.channel])));
  if (blocked.length === 0 || pull.mergeSha === undefined) {
    return {
      at: "refused",
      reasons: [
        {
          code: "github/merged",
          message: "The pull request is closed and none of its deployments is blocked: there is nothing to plan again.",
          paste: "/status",
        },
      ],
    };
  }
  try {
    for (const view of blocked) {
      if (!groups.delete(JSON.stringify([view.group, view.channel]))) continue;
      const group = deps.fleet.groups.find((one) => one.name === view.group);
      const channel = group?.channels.find((one) => one.name === view.channel);
      if (group === undefined || channel === undefined) continue;
      const read = await readRepositorySettings(octokit, subject.repository, `refs/heads/${channel.branch}`);
      if (read.at === "refused") return { at: "refused", reasons: read.problems };
      const files = await readSchemaFiles(octokit, subject.repository, pull.mergeSha, group.path, deps.blobs);
      await proposePlans(
        deps,
        {
          group: group.name,
          channel: channel.name,
          repository: subject.repository,
          pull: pull.number,
          headSha: pull.headSha,
          files,
          lint: read.settings.lint,
        },
        signal,
      );
    }
  } catch (error) {
    if (error instanceof CodedError && error.next === "fix-input")
      return { at: "refused", reasons: [error.toReason()] };
    throw error;
  }
  return { at: "done" };
}

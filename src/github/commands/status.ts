import { shortFingerprint } from "#kernel";
import { stateIcon, stateWords } from "../render/deployment-state.ts";
import { code, prose, table } from "../render/markdown.ts";
import { isQuiet, stops, summarise } from "../render/plan-groups.ts";
import { reasonItem } from "../render/plan-rows.ts";
import type { CommandContext, CommandKind } from "./command.ts";

/** Says where everything stands, at this moment, with places in the queue. */
export const status: CommandKind = {
  verb: "status",
  run: async (context) => {
    const { deployments, command } = context;
    const shown = deployments.filter((view) => command.database === undefined || view.database === command.database);
    if (shown.length === 0) return { at: "done", say: await planStatus(context) };
    const now = context.surface.deps.clock.now().getTime();
    const rows = shown.map((view) => [
      code(view.database),
      prose(view.channel),
      `${stateIcon(view)} ${stateWords(view, now)}`,
      view.queuePlace === 0 ? "–" : `${view.queuePlace + 1}`,
      `\`@${shortFingerprint(view.plan.fingerprint)}\``,
    ]);
    const reasons = shown.flatMap((view) => view.reasons.map(reasonItem));
    return {
      at: "done",
      say: [table(["Database", "Channel", "State", "Place in the queue", "Plan"], rows), ...new Set(reasons)].join(
        "\n\n",
      ),
    };
  },
};

async function planStatus({ surface, pull, bindings }: CommandContext): Promise<string> {
  const proposals = await surface.deps.control.proposals.list(surface.subject, pull.headSha);
  const { groups, missing } = summarise(bindings, proposals);
  if (missing > 0) return `Commit ${code(pull.headSha.slice(0, 7))} is being planned.`;
  const rows = groups.flatMap((group) =>
    group.databases.map((database) => [
      code(database.name),
      prose(group.binding.channel.name),
      isQuiet(group) ? "no change" : stops(group).length === 0 ? "planned" : "something stands in the way",
      group.at === "planned" ? `\`@${shortFingerprint(group.plan.fingerprint)}\`` : "–",
    ]),
  );
  return table(["Database", "Channel", "State", "Plan"], rows);
}

import type { DeploymentView, Subject } from "#deploy";
import { pullsOfCommit, readPull } from "../api/pull-requests.ts";
import { readRepositorySettings } from "../api/settings.ts";
import { asBound, bindingsOf } from "../binding.ts";
import { DEPLOYMENT_MARKER, renderDeploymentComment } from "../render/deployment-comment.ts";
import { type Ping, pingMarker, renderPing } from "../render/ping.ts";
import { renderPlanCheck } from "../render/plan-check.ts";
import { PLAN_MARKER, renderPlanComment } from "../render/plan-comment.ts";
import { type PlanSummary, isQuiet, joinSummaries, summarise } from "../render/plan-groups.ts";
import { databaseCheckName, renderSealCheck, sealCheckName } from "../render/seal-check.ts";
import type { GithubDeps } from "../room.ts";
import { commitSubject, putCheck } from "./put-check.ts";
import { putComment, sayOnce } from "./put-comment.ts";
import { type Surface, surfaceOf } from "./surface.ts";

/** Brings everything that GitHub shows of one pull request up to date with what is true now. */
export async function publishSubject(deps: GithubDeps, subject: Subject, signal: AbortSignal): Promise<void> {
  // A repository that fleet.yml does not name (any more), or a merge group, which its handler answers itself.
  if (subject.pull === 0 || asBound(deps.fleet, subject.repository) === undefined) return;
  const surface = await surfaceOf(deps, subject.repository, subject.pull);
  const deployments = await deps.control.deployments.list({ subject });
  const ordered = [...deployments].sort((a, b) => (a.database < b.database ? -1 : a.database > b.database ? 1 : 0));
  if (ordered.length === 0) await publishPlan(surface);
  signal.throwIfAborted();
  if (ordered.length > 0) await publishDeployments(surface, ordered, signal);
}

/** Only while the pull request is open: after the merge the plan stays as it was reviewed. */
async function publishPlan(surface: Surface): Promise<void> {
  const { deps, octokit, subject } = surface;
  const pull = await readPull(octokit, subject.repository, subject.pull);
  if (pull === undefined || pull.state !== "open") return;
  const bindings = bindingsOf(deps.fleet, subject.repository, pull.base);
  if (bindings.length === 0) return;
  const summary = summarise(bindings, await deps.control.proposals.list(subject, pull.headSha));
  try {
    if (summary.missing === 0) await publishPlanComment(surface, summary, pull.headSha);
  } finally {
    // The check comes last, since a merge may wait for nothing else, and it comes even where nobody may comment.
    await publishPlanCheck(surface, pull.headSha, summary);
  }
}

async function publishPlanComment(surface: Surface, summary: PlanSummary, headSha: string): Promise<void> {
  const { deps, subject } = surface;
  const isNews = !summary.groups.every(isQuiet);
  // Nobody is told about nothing; but what was said before is taken back.
  if (!isNews && (await deps.control.publications.get(subject, "comment:plan")) === undefined) return;
  await putComment(surface, "comment:plan", PLAN_MARKER, renderPlanComment(summary, headSha));
}

/**
 * A check belongs to a commit, and several open pull requests may have it as their head, each to another branch: it
 * passes only when all of their plans do. Of a commit that the default branch has already (one channel's branch on its
 * way into the next) GitHub names only the merged pull request, so that the subject's own never depends on that list.
 *
 * @param own what the comment says of the subject: the check knows nothing newer
 */
async function publishPlanCheck(surface: Surface, headSha: string, own: PlanSummary): Promise<void> {
  const { deps, octokit, subject } = surface;
  const { repository } = subject;
  const others = (await pullsOfCommit(octokit, repository, headSha)).filter(
    (pull) => pull.isOpen && pull.headSha === headSha && pull.number !== subject.pull,
  );
  const summaries: PlanSummary[] = [own];
  for (const pull of others) {
    const proposals = await deps.control.proposals.list({ repository, pull: pull.number }, headSha);
    summaries.push(summarise(bindingsOf(deps.fleet, repository, pull.base), proposals));
  }
  const face = renderPlanCheck(joinSummaries(summaries), headSha, deps.publicUrl);
  await putCheck({ ...surface, subject: commitSubject(repository) }, face);
}

async function publishDeployments(
  surface: Surface,
  views: readonly DeploymentView[],
  signal: AbortSignal,
): Promise<void> {
  const { deps } = surface;
  const now = deps.clock.now().getTime();
  for (const [channel, some] of byChannel(views)) {
    const origin = some[0]?.origin;
    if (origin === undefined) continue;
    // The pull request's page shows the checks of its head; the branch shows those of the merge commit.
    for (const sha of new Set([origin.headSha, origin.mergeSha])) {
      signal.throwIfAborted();
      await putCheck(surface, renderSealCheck(sealCheckName(channel), sha, some, now, deps.publicUrl));
    }
    if (some.length < 2) continue;
    for (const view of some) {
      signal.throwIfAborted();
      await putCheck(
        surface,
        renderSealCheck(databaseCheckName(view.database), origin.mergeSha, [view], now, deps.publicUrl),
      );
    }
  }
  signal.throwIfAborted();
  await putComment(surface, "comment:deploy", DEPLOYMENT_MARKER, renderDeploymentComment(views, now, deps.publicUrl));
  await publishPings(surface, views);
}

async function publishPings(surface: Surface, views: readonly DeploymentView[]): Promise<void> {
  const { deps, subject } = surface;
  const due: { readonly view: DeploymentView; readonly ping: Ping }[] = [];
  for (const view of views) {
    const ping = renderPing(view);
    if (ping !== undefined && (await deps.control.publications.get(subject, ping.key)) === undefined)
      due.push({ view, ping });
  }
  for (const { view, ping } of due) {
    if (await wants(surface, view, ping)) await sayOnce(surface, ping.key, pingMarker(ping.key), ping.body);
  }
}

/** The repository chooses which news get a comment of their own; unreadable wishes silence nothing. */
async function wants(surface: Surface, view: DeploymentView, ping: Ping): Promise<boolean> {
  const { deps, octokit, subject } = surface;
  const group = deps.fleet.groups.find((one) => one.name === view.group);
  const branch = group?.channels.find((one) => one.name === view.channel)?.branch;
  if (branch === undefined) return true;
  const read = await readRepositorySettings(octokit, subject.repository, `refs/heads/${branch}`);
  return read.at === "refused" || read.settings.ping.includes(ping.news);
}

function byChannel(views: readonly DeploymentView[]): ReadonlyMap<string, readonly DeploymentView[]> {
  const channels = new Map<string, DeploymentView[]>();
  for (const view of views) channels.set(view.channel, [...(channels.get(view.channel) ?? []), view]);
  return channels;
}

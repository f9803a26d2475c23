import { randomUUID } from "node:crypto";
import { type CommandVerb, type DeployDeps, decideCommand, type DeploymentAt, type DeploymentView } from "#deploy";
import { type DeploymentId, parseDeploymentId, CodedError } from "#kernel";
import type { CliDeps } from "../deps.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { required } from "../options.ts";
import { deploymentLines } from "../show/deployment.ts";
import { reasonsText } from "../show/reason.ts";
import type { Verb } from "../verb.ts";

interface DecideOptions {
  readonly as?: string;
  readonly pin?: string;
  readonly why?: string;
  readonly wait?: true;
  readonly json?: true;
}

const LOOK_EVERY_MS = 500;

/** Where waiting for a verb ends, and what the shell is told there. */
const ENDS: Record<CommandVerb, Partial<Record<DeploymentAt, ExitCode>>> = {
  apply: {
    window: EXIT.done,
    finalised: EXIT.done,
    finalising: EXIT.done,
    reverted: EXIT.failed,
    cancelled: EXIT.failed,
    failed: EXIT.failed,
    blocked: EXIT.failed,
  },
  cancel: { cancelled: EXIT.done, failed: EXIT.done },
  revert: { reverted: EXIT.done, finalised: EXIT.failed },
  finalize: { finalised: EXIT.done, reverted: EXIT.failed },
};

/** The four verbs that decide about a deployment differ only in words. */
export function decidingVerb(verb: CommandVerb, description: string): Verb {
  return {
    name: verb,
    register: (program, deps, action) => {
      const command = program
        .command(`${verb} <deployment>`)
        .description(description)
        .option("--as <login>", "who decides (default: SLUICE_ACTOR); the roles of fleet.yml hold")
        .option("--pin <fingerprint>", "refuse unless the plan is still this one (6 hex digits or more)")
        .option("--why <text>", "for the history")
        .option("--wait", "wait until it is carried out")
        .option("--json", "print JSON");
      command.action(action((id: string, options: DecideOptions) => decide(verb, id, options, deps)));
    },
  };
}

async function decide(verb: CommandVerb, text: string, options: DecideOptions, deps: CliDeps): Promise<ExitCode> {
  const id = parseDeploymentId(text);
  if (id === undefined)
    throw new CodedError("cli/bad-deployment", "That is no deployment's name", {
      hint: "`sluice status` lists them.",
      next: "fix-input",
    });
  const actor = required(options.as ?? deps.env["SLUICE_ACTOR"], "--as", "SLUICE_ACTOR");
  await using deploy = await deps.openDeploy();
  const answer = await decideCommand(deploy, {
    verb,
    deployment: id,
    actor,
    via: "cli",
    key: `cli:${randomUUID()}`,
    ...(options.pin === undefined ? {} : { pin: options.pin.replace(/^@/, "") }),
    ...(options.why === undefined ? {} : { why: options.why }),
  });
  if (options.json === true) deps.screen.out(JSON.stringify({ event: answer.at, deployment: id, ...answer }));
  else if (answer.at === "accepted") deps.screen.out(answer.message);
  else deps.screen.note(reasonsText(answer.reasons));
  if (answer.at === "refused") return EXIT.refused;
  return options.wait === true ? await waitForEnd(verb, id, options, deploy, deps) : EXIT.done;
}

async function waitForEnd(
  verb: CommandVerb,
  id: DeploymentId,
  options: DecideOptions,
  deploy: DeployDeps,
  deps: CliDeps,
): Promise<ExitCode> {
  const { clock, screen } = deps;
  const forever = new AbortController().signal;
  for (let left: DeploymentView | undefined; ; await clock.sleep(LOOK_EVERY_MS, forever)) {
    const view = await deploy.control.deployments.get(id);
    if (view === undefined) continue;
    const end = ENDS[verb][view.at] ?? (gaveUp(verb, left, view) ? EXIT.failed : undefined);
    if (options.json !== true) screen.live(deploymentLines(view, clock.now()));
    if (end !== undefined) {
      screen.live([]);
      screen.out(
        options.json === true
          ? JSON.stringify({ event: "ended", deployment: view })
          : deploymentLines(view, clock.now()).join("\n"),
      );
      return end;
    }
    left = view;
  }
}

/** A seal that could not get its locks is ready again without votes; a revert that was blocked is in its window again. */
function gaveUp(verb: CommandVerb, before: DeploymentView | undefined, now: DeploymentView): boolean {
  if (verb === "apply") return now.at === "ready" && now.votes.length === 0;
  return verb === "revert" && before?.at === "reverting" && now.at === "window";
}

import type { DeployDeps, DeploymentView } from "#deploy";
import { isOver } from "#deploy";
import { CodedError, parseDeploymentId } from "#kernel";
import type { CliDeps } from "../deps.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { deploymentLines, deploymentTable } from "../show/deployment.ts";
import type { Verb } from "../verb.ts";

interface StatusOptions {
  readonly watch?: true;
  readonly all?: true;
  readonly database?: string;
  readonly json?: true;
}

const LOOK_EVERY_MS = 1000;
const MOST = 50;

/** `sluice status [deployment]`. */
export const statusVerb: Verb = {
  name: "status",
  register: (program, deps, action) => {
    program
      .command("status [deployment]")
      .description("Show deployments: the open ones, or one with its progress and what may be done next")
      .option("--watch", "go on showing until it is over (without a deployment: until Ctrl-C)")
      .option("--all", "list those that are over too")
      .option("--database <name>", "only those of one database")
      .option("--json", "print JSON; with --watch one line whenever something has changed")
      .action(action((id: string | undefined, options: StatusOptions) => status(id, options, deps)));
  },
};

async function status(text: string | undefined, options: StatusOptions, deps: CliDeps): Promise<ExitCode> {
  await using deploy = await deps.openDeploy();
  const stop = new AbortController();
  using _interrupt =
    options.watch === true ? deps.keyboard.onInterrupt(() => stop.abort()) : { [Symbol.dispose]: () => undefined };
  let shown = "";
  for (;;) {
    const views = await look(text, options, deploy);
    const lines =
      text === undefined ? deploymentTable(views) : views.flatMap((view) => deploymentLines(view, deps.clock.now()));
    const isEnd = options.watch !== true || (text !== undefined && views.every(({ at }) => isOver(at)));
    shown = show(views, lines, shown, isEnd, options, deps);
    if (isEnd) return EXIT.done;
    await deps.clock.sleep(LOOK_EVERY_MS, stop.signal).catch(() => undefined);
    if (stop.signal.aborted) return EXIT.done;
  }
}

/** A terminal is painted over; elsewhere only what has changed is printed again. */
function show(
  views: readonly DeploymentView[],
  lines: readonly string[],
  before: string,
  isEnd: boolean,
  options: StatusOptions,
  { screen }: CliDeps,
): string {
  const asJson = options.json === true;
  const text = asJson
    ? JSON.stringify(options.watch === true || views.length !== 1 ? { deployments: views } : views[0])
    : lines.join("\n");
  const empty = views.length === 0 && !asJson ? "Nothing is under way." : text;
  if (screen.isTerminal && !isEnd && !asJson) screen.live(empty.split("\n"));
  else if (empty !== before) {
    screen.live([]);
    screen.out(empty);
  }
  return empty;
}

async function look(
  text: string | undefined,
  options: StatusOptions,
  { control }: DeployDeps,
): Promise<readonly DeploymentView[]> {
  if (text === undefined) {
    const { database, all } = options;
    return await control.deployments.list({
      open: all !== true,
      limit: MOST,
      ...(database === undefined ? {} : { database }),
    });
  }
  const id = parseDeploymentId(text);
  const view = id === undefined ? undefined : await control.deployments.get(id);
  if (view === undefined) {
    throw new CodedError("cli/no-such-deployment", "There is no deployment of that name", {
      hint: "`sluice status --all` lists them.",
      next: "fix-input",
    });
  }
  return [view];
}

import type { DeployDeps } from "#deploy";
import type { Runner, RunnerRequest, Target } from "#engine";
import type { Clock, Log } from "#kernel";
import type { LiveDatabase, Scratch } from "#plan";
import type { Screen } from "./screen.ts";

/** The real objects behind the verbs; `app` builds them, each when it is first asked for. */
export interface CliDeps {
  readonly screen: Screen;
  readonly keyboard: Keyboard;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Control database, fleet and dispatcher as the environment names them. */
  openDeploy(): Promise<DeployDeps & AsyncDisposable>;
  openTarget(dsn: string): Target;
  openLive(dsn: string): LiveDatabase;
  /** @param targetServerIds servers that may not be the scratch server (`Target.serverId`) */
  openScratch(dsn: string, targetServerIds: readonly string[]): Scratch;
  openRunner(request: RunnerRequest, signal: AbortSignal): Promise<Runner>;
  /** Each resolves when the process has been told to end and has done so. */
  serve(options: { readonly alsoWork: boolean }): Promise<void>;
  work(): Promise<void>;
  demo(args: readonly string[]): Promise<number>;
}

export interface Keyboard {
  /** Resolves at Enter; never when there is no keyboard. */
  enter(signal: AbortSignal): Promise<void>;
  /** Calls `heard` at every Ctrl-C or SIGTERM until disposed; the process does not end by itself then. */
  onInterrupt(heard: () => void): Disposable;
}

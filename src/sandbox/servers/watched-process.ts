import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Socket } from "node:net";

/**
 * Kept by the watchdog shell: its stdin is a pipe to us, so it reads end-of-file the moment we die, however we die.
 * A line before that says that the server has ended in good order. $0 is the server's pid, $1 its folder.
 */
const WATCHDOG = 'if read -r line; then exit 0; fi; kill -9 "$0"; sleep 0.2; rm -rf "$1"';

export interface WatchedProcess {
  readonly pid: number;
  /** Undefined while it runs; afterwards how it ended. */
  ended(): string | undefined;
  /** Sends the signal and resolves when the process is gone; after `patienceMs` it is killed. */
  end(signal: "SIGKILL" | "SIGTERM", patienceMs?: number): Promise<void>;
}

/**
 * Starts a server that does not outlive this process, not even when this process gets SIGKILL: then the server is
 * killed and `folder` is removed. Output goes to `logFile`. Does not keep this process alive.
 */
export function startWatched(
  command: string,
  args: readonly string[],
  options: { readonly folder: string; readonly logFile: string },
): WatchedProcess {
  const log = openSync(options.logFile, "a");
  // Own process groups, so that Ctrl-C reaches us first and we can end things in order.
  const child = spawn(command, args, { stdio: ["ignore", log, log], detached: true, cwd: options.folder });
  closeSync(log);
  let ended: string | undefined;
  const gone = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      ended = error.message;
      resolve();
    });
    child.once("exit", (code, signal) => {
      ended = signal ?? `exit code ${code}`;
      resolve();
    });
  });
  child.unref();
  const dismiss = child.pid === undefined ? () => undefined : startWatchdog(child.pid, options.folder);
  void gone.then(dismiss);
  return {
    pid: child.pid ?? 0,
    ended: () => ended,
    end: (signal, patienceMs = 20_000) => endChild(child, gone, () => ended !== undefined, signal, patienceMs),
  };
}

function startWatchdog(pid: number, folder: string): () => void {
  const watchdog = spawn("/bin/sh", ["-c", WATCHDOG, String(pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    cwd: "/",
  });
  const pipe = watchdog.stdin as Socket;
  pipe.on("error", () => undefined);
  watchdog.on("error", () => undefined);
  pipe.unref();
  watchdog.unref();
  return () => pipe.end("done\n");
}

async function endChild(
  child: ChildProcess,
  gone: Promise<void>,
  hasEnded: () => boolean,
  signal: "SIGKILL" | "SIGTERM",
  patienceMs: number,
): Promise<void> {
  if (hasEnded()) return;
  child.ref();
  child.kill(signal);
  const impatience = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  await gone;
  clearTimeout(impatience);
}

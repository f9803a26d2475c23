import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { CodedError, systemClock } from "#kernel";
import { makePrivateFolder, removeFolder } from "./private-folder.ts";
import { findTool } from "./tools.ts";
import type { RedisServer } from "./types.ts";
import { startWatched, type WatchedProcess } from "./watched-process.ts";

const READY_WITHIN_MS = 20_000;
const POLL_MS = 10;

/**
 * Starts a private Redis on a unix socket, append-only file on, nothing evicted (as BullMQ wants it).
 *
 * @throws CodedError `sandbox/not-set-up`, `sandbox/redis-did-not-start`
 */
export async function startRedis(options: { readonly label?: string } = {}): Promise<RedisServer> {
  const folder = makePrivateFolder(options.label ?? "redis");
  const socketPath = join(folder, "s");
  let running: WatchedProcess;
  try {
    running = await launch(folder, socketPath);
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
  return {
    socketPath,
    pid: () => running.pid,
    kill: (signal) => running.end(signal),
    restart: async () => {
      await running.end("SIGTERM");
      running = await launch(folder, socketPath);
    },
    [Symbol.asyncDispose]: async () => {
      await running.end("SIGKILL");
      removeFolder(folder);
    },
  };
}

async function launch(folder: string, socketPath: string): Promise<WatchedProcess> {
  const redis = findTool("redis");
  const logFile = join(folder, "log");
  const where = ["--port", "0", "--unixsocket", socketPath, "--dir", folder];
  const keepAll = ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"];
  const running = startWatched(redis.command, [...redis.args, ...where, ...keepAll], { folder, logFile });
  const deadline = systemClock.monotonicMs() + READY_WITHIN_MS;
  while (!(await answers(socketPath))) {
    if (running.ended() !== undefined || systemClock.monotonicMs() > deadline) {
      await running.end("SIGKILL");
      const said = readFileSync(logFile, "utf8").trim().split("\n").slice(-5).join("\n");
      throw new CodedError("sandbox/redis-did-not-start", `redis-server did not start:\n${said}`);
    }
    await systemClock.sleep(POLL_MS, new AbortController().signal);
  }
  return running;
}

/** Redis says LOADING until its append-only file is read. */
function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once("connect", () => socket.write("PING\r\n"));
    socket.once("data", (data) => {
      socket.destroy();
      resolve(data.toString("latin1").startsWith("+PONG"));
    });
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
  });
}

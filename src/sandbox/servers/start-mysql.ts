import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CodedError, systemClock } from "#kernel";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { findFreePort } from "./free-port.ts";
import { copyDataTemplate, mysqldArgs, SMALL_FILES } from "./mysql-template.ts";
import { makePrivateFolder, removeFolder } from "./private-folder.ts";
import { findTool } from "./tools.ts";
import type { MysqlOptions, MysqlServer } from "./types.ts";
import { startWatched, type WatchedProcess } from "./watched-process.ts";

/** Many servers run side by side: these halve what one takes (500 MB, half of it for what nobody looks at). */
const SMALL_MEMORY = [
  "--innodb-log-buffer-size=8M",
  "--table-open-cache=400",
  "--table-definition-cache=400",
  "--performance-schema-digests-size=500",
  ...["statements", "stages", "waits", "transactions"].map(
    (what) => `--performance-schema-events-${what}-history-long-size=100`,
  ),
] as const;
const READY_WITHIN_MS = 60_000;
const POLL_MS = 25;

/**
 * Starts a private MySQL server with binary log, GTIDs and row format; about a second.
 *
 * @throws CodedError `sandbox/not-set-up`, `sandbox/mysql-did-not-start` (the message ends with the server's last words)
 */
export async function startMysql(options: MysqlOptions = {}): Promise<MysqlServer> {
  const folder = makePrivateFolder(options.label ?? "mysql");
  const dataDir = join(folder, "data");
  try {
    await copyDataTemplate(dataDir);
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
  const place = {
    folder,
    dataDir,
    socketPath: join(folder, "s"),
    logFile: join(folder, "log"),
    serverId: randomInt(1, 2 ** 31),
  };
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    try {
      const running = await launch(place, port, options.args ?? []);
      return serverFrom(place, port, options.args ?? [], running);
    } catch (error) {
      // Somebody else took the port between our look and mysqld's.
      if (attempt < 5 && lastWords(place.logFile, 200).includes("Address already in use")) continue;
      removeFolder(folder);
      throw error;
    }
  }
}

interface Place {
  readonly folder: string;
  readonly dataDir: string;
  readonly socketPath: string;
  readonly logFile: string;
  readonly serverId: number;
}

function serverFrom(place: Place, port: number, args: readonly string[], first: WatchedProcess): MysqlServer {
  let running = first;
  return {
    host: "127.0.0.1",
    port,
    socketPath: place.socketPath,
    version: findTool("mysqld").version,
    dataDir: place.dataDir,
    pid: () => running.pid,
    dsn: (database) => `mysql://root@127.0.0.1:${port}/${database ?? ""}`,
    kill: (signal) => running.end(signal),
    restart: async () => {
      await running.end("SIGTERM");
      running = await launch(place, port, args);
    },
    [Symbol.asyncDispose]: async () => {
      // Nobody reads this data again, so there is nothing to flush.
      await running.end("SIGKILL");
      removeFolder(place.folder);
    },
  };
}

async function launch(place: Place, port: number, args: readonly string[]): Promise<WatchedProcess> {
  const mysqld = findTool("mysqld");
  const all = [...mysqldArgs(mysqld), ...standingArgs(place, port), ...args];
  const running = startWatched(mysqld.command, all, place);
  const deadline = systemClock.monotonicMs() + READY_WITHIN_MS;
  for (;;) {
    const notReady = await whyNotReady(place, port);
    const ended = running.ended();
    if (notReady === undefined && ended === undefined) return running;
    if (ended !== undefined || systemClock.monotonicMs() > deadline) {
      await running.end("SIGKILL");
      throw didNotStart(place, ended ?? `not ready within ${READY_WITHIN_MS / 1000} s, ${notReady}`);
    }
    await systemClock.sleep(POLL_MS, new AbortController().signal);
  }
}

/**
 * Undefined when a server answers over TCP on our port *and* works on our data folder. InnoDB holds a lock on its files, so
 * that is our process and no other, and it has its ports and sockets: this proves what waiting 2 s makes likely.
 */
async function whyNotReady(place: Place, port: number): Promise<string | undefined> {
  try {
    const connection = await createConnection({ host: "127.0.0.1", port, user: "root", connectTimeout: 2000 });
    try {
      const [rows] = await connection.query<RowDataPacket[]>("SELECT @@datadir AS dataDir, @@socket AS socketPath");
      const isOurs = rows[0]?.["socketPath"] === place.socketPath && rows[0]["dataDir"] === `${place.dataDir}/`;
      return isOurs ? undefined : "another server has the port";
    } finally {
      connection.destroy();
    }
  } catch (error) {
    return `last answer: ${(error as Partial<NodeJS.ErrnoException>).code ?? "unknown"}`;
  }
}

function standingArgs(place: Place, port: number): string[] {
  return [
    `--datadir=${place.dataDir}`,
    `--socket=${place.socketPath}`,
    `--pid-file=${join(place.folder, "pid")}`,
    `--tmpdir=${join(place.folder, "tmp")}`,
    "--secure-file-priv=",
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    "--mysqlx=0",
    `--server-id=${place.serverId}`,
    "--log-bin=binlog",
    "--binlog-format=ROW",
    "--gtid-mode=ON",
    "--enforce-gtid-consistency=ON",
    // Speed over safety from power cuts; a killed server still finds everything in the page cache.
    "--innodb-flush-log-at-trx-commit=2",
    "--sync-binlog=0",
    "--max-connections=300",
    "--skip-name-resolve",
    ...SMALL_FILES,
    ...SMALL_MEMORY,
  ];
}

function didNotStart(place: Place, why: string): CodedError {
  return new CodedError(
    "sandbox/mysql-did-not-start",
    `mysqld did not start (${why}):\n${lastWords(place.logFile, 8)}`,
  );
}

function lastWords(logFile: string, lines: number): string {
  return readFileSync(logFile, "utf8").trim().split("\n").slice(-lines).join("\n");
}

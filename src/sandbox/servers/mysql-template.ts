import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { CodedError } from "#kernel";
import { cacheFolder, findTool, type Tool } from "./tools.ts";

const run = promisify(execFile);
/** Raise it when the options below change: old templates are then left aside. */
const TEMPLATE_FORMAT = 3;
/** Servers run without name resolution, so `localhost` matches nobody who comes over TCP. Each statement on one line. */
const ROOT_OVER_TCP = `CREATE USER root@'127.0.0.1';
GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;
`;

/** What every private mysqld needs on its command line, before anything else. */
export function mysqldArgs(mysqld: Tool): string[] {
  const isRoot = process.getuid?.() === 0;
  const alone = mysqld.args.includes("--no-defaults") ? [] : ["--no-defaults"];
  return [...mysqld.args, ...alone, ...(isRoot ? ["--user=root"] : [])];
}

/**
 * An initialised, empty data folder (root without password) in the cache, made once per server version: initialising
 * takes seconds, copying does not.
 *
 * @throws CodedError `sandbox/mysql-init-failed`
 */
export async function ensureDataTemplate(onWork: () => void = () => undefined): Promise<string> {
  const mysqld = findTool("mysqld");
  const template = join(cacheFolder(), `mysql-data-${mysqld.version}-${TEMPLATE_FORMAT}`);
  if (existsSync(template)) return template;
  onWork();
  mkdirSync(cacheFolder(), { recursive: true });
  const fresh = `${template}.${process.pid}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const initFile = `${fresh}.sql`;
  writeFileSync(initFile, ROOT_OVER_TCP);
  const only = [`--datadir=${fresh}`, `--init-file=${initFile}`, "--skip-log-bin"];
  try {
    await run(mysqld.command, [...mysqldArgs(mysqld), "--initialize-insecure", ...only, ...SMALL_FILES], {
      timeout: 120_000,
    });
  } catch (cause) {
    rmSync(fresh, { recursive: true, force: true });
    const said = (cause as { stderr?: string }).stderr?.trim().split("\n").slice(-3).join("\n") ?? "";
    throw new CodedError("sandbox/mysql-init-failed", `mysqld could not make a data folder: ${said}`, { cause });
  } finally {
    rmSync(initFile, { force: true });
  }
  // Every copy gives itself its own server_uuid. The TLS keys stay: making new ones takes half of the start-up time.
  rmSync(join(fresh, "auto.cnf"), { force: true });
  try {
    renameSync(fresh, template);
  } catch (cause) {
    rmSync(fresh, { recursive: true, force: true });
    // Another process was faster, and its template is as good.
    if (!existsSync(template)) throw cause;
  }
  return template;
}

/** Copies the template; blocks are shared where the file system can. */
export async function copyDataTemplate(to: string): Promise<void> {
  await run("cp", ["-R", "--reflink=auto", "--sparse=always", await ensureDataTemplate(), to]);
}

/** A small server: many of them run side by side in tests. */
export const SMALL_FILES = ["--innodb-redo-log-capacity=32M", "--innodb-buffer-pool-size=64M"] as const;

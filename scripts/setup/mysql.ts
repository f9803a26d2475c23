import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loaderIn, namesIn } from "./own-loader.ts";
import { unpackPackages } from "./private-packages.ts";
import { SetupError, say } from "./report.ts";
import { type FoundTool, isAtLeast, isExecutable, onPath, run, versionIn } from "./run.ts";

const OLDEST = [8, 0, 13];
const UNUSED_LIBRARY =
  /^(perl|perl-base|gconv|krb5|sasl2|engines-3)$|^lib(perl|ldap|krb5|gssapi|ssh2|ngtcp2|nghttp|fido2|icutest|icutu|tcmalloc_)/;
const UNUSED_PLUGIN = /_client\.so$|webauthn|telemetry|mysqlbackup|pluginmecab|group_replication/;
const CURE = "install a MySQL server of 8.0.13 or newer, or name its mysqld in SLUICE_TEST_MYSQLD.";

/** A mysqld of 8.0.13 or newer: the named one, one on PATH, or one unpacked privately into the cache. */
export function findMysqld(cache: string): FoundTool {
  const named = process.env["SLUICE_TEST_MYSQLD"];
  if (named) {
    const found = probe(named, []);
    if (found === undefined)
      throw new SetupError(`SLUICE_TEST_MYSQLD is not a MySQL server of 8.0.13 or newer: ${named}`, CURE);
    return found;
  }
  const installed = onPath("mysqld");
  const usable = installed === undefined ? undefined : probe(installed, []);
  return usable ?? privateMysqld(cache);
}

function probe(command: string, args: readonly string[]): FoundTool | undefined {
  if (!isExecutable(command)) return undefined;
  const answer = run(command, [...args, "--no-defaults", "--version"]);
  const version = versionIn(/Ver\s+\S+/.exec(answer.text)?.[0] ?? "");
  // MariaDB also calls itself mysqld; it has a driver of its own.
  if (!answer.ok || version === undefined || /mariadb/i.test(answer.text) || !isAtLeast(version, OLDEST))
    return undefined;
  return { command, args, version: version.join(".") };
}

function privateMysqld(cache: string): FoundTool {
  const home = join(cache, "mysql");
  if (!existsSync(home)) {
    say("MySQL: unpacking a private server into .cache/mysql (about 60 MB to fetch) ...");
    const unpacked = join(cache, `mysql.${process.pid}.new`);
    rmSync(unpacked, { recursive: true, force: true });
    // Debian's stable releases carry MariaDB only; sid has MySQL.
    unpackPackages({ packages: ["mysql-server-core"], suite: "sid", folder: unpacked, what: "MySQL", cure: CURE });
    keepOnlyTheServer(unpacked);
    renameSync(unpacked, home);
  }
  const { loader, libraries } = loaderIn(home);
  const found = probe(loader, ["--library-path", libraries.join(":"), join(home, "usr/sbin/mysqld")]);
  if (found === undefined) {
    rmSync(home, { recursive: true, force: true });
    throw new SetupError("The privately unpacked MySQL server does not run on this machine.", CURE);
  }
  const args = [
    ...found.args,
    "--no-defaults",
    `--basedir=${home}/usr`,
    `--lc-messages-dir=${home}/usr/share/mysql`,
    `--character-sets-dir=${home}/usr/share/mysql/charsets`,
    `--plugin-dir=${home}/usr/lib/mysql/plugin`,
  ];
  return { ...found, args };
}

/** 409 MB unpacked, half of it never used by a server. */
function keepOnlyTheServer(home: string): void {
  const plugins = join(home, "usr/lib/mysql/plugin");
  const folders = [
    "etc",
    "var",
    "usr/bin",
    "usr/share/perl",
    "usr/share/doc",
    "usr/share/man",
    "usr/share/lintian",
    "usr/share/locale",
  ];
  const unused = [
    ...folders.map((name) => join(home, name)),
    ...loaderIn(home).libraries.flatMap((folder) => namesIn(folder, UNUSED_LIBRARY).map((name) => join(folder, name))),
    ...namesIn(plugins, UNUSED_PLUGIN).map((name) => join(plugins, name)),
  ];
  for (const path of unused) rmSync(path, { recursive: true, force: true });
  mkdirSync(join(home, "usr/bin"), { recursive: true });
}

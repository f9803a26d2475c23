import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { machineSources, mainSource, printSource } from "./apt-sources.ts";
import { SetupError } from "./report.ts";
import { onPath, run, tailOf } from "./run.ts";

export interface PackageOrder {
  readonly packages: readonly string[];
  /** Undefined: the machine's own. */
  readonly suite: string | undefined;
  /** Must not exist yet. */
  readonly folder: string;
  /** For messages. */
  readonly what: string;
  readonly cure: string;
}

/**
 * Fetches Debian packages with everything they depend on and unpacks them into a folder, without touching the system:
 * apt gets its own lists, cache and an empty status file, so it needs no root and takes nothing for granted.
 *
 * @throws SetupError when the machine has no apt, no Debian source, or the fetch fails
 */
export function unpackPackages({ packages, suite, folder, what, cure }: PackageOrder): void {
  for (const tool of ["apt-get", "dpkg-deb"]) {
    if (onPath(tool) === undefined)
      throw new SetupError(`${what} is missing, and there is no ${tool} to fetch it with.`, cure);
  }
  const codename = machineCodename();
  const source = mainSource(machineSources(), codename);
  if (source === undefined)
    throw new SetupError(`${what} is missing, and this machine has no Debian package source.`, cure);

  const apt = `${folder}.apt`;
  const options = prepareApt(apt, printSource(source, suite ?? codename));
  try {
    aptGet(["update"], options, what, cure);
    aptGet(["install", "--yes", "--download-only", ...packages], options, what, cure);
    mkdirSync(folder, { recursive: true });
    const archives = join(apt, "cache", "archives");
    for (const name of readdirSync(archives).filter((file) => file.endsWith(".deb"))) {
      const done = run("dpkg-deb", ["-x", join(archives, name), folder]);
      if (!done.ok)
        throw new SetupError(
          `${what}: cannot unpack ${name}.\n${tailOf(done.text)}`,
          "free disk space, then run the command again.",
        );
    }
  } finally {
    rmSync(apt, { recursive: true, force: true });
  }
}

function machineCodename(): string {
  const release = readFileSync("/etc/os-release", "utf8");
  return /^VERSION_CODENAME="?([a-z]+)/m.exec(release)?.[1] ?? "sid";
}

function prepareApt(apt: string, source: string): string[] {
  for (const part of ["lists/partial", "cache/archives/partial", "sources", "log"])
    mkdirSync(join(apt, part), { recursive: true });
  writeFileSync(join(apt, "status"), "");
  writeFileSync(join(apt, "sources", "private.sources"), source);
  return [
    `Dir::State=${apt}`,
    `Dir::State::lists=${apt}/lists`,
    `Dir::State::status=${apt}/status`,
    `Dir::State::extended_states=${apt}/extended_states`,
    `Dir::Cache=${apt}/cache`,
    `Dir::Cache::archives=${apt}/cache/archives`,
    `Dir::Log=${apt}/log`,
    "Dir::Etc::sourcelist=/dev/null",
    `Dir::Etc::sourceparts=${apt}/sources`,
    "Dir::Etc::preferencesparts=/dev/null",
    "Dir::Etc::preferences=/dev/null",
    "APT::Sandbox::User=root",
    "APT::Install-Recommends=false",
    "APT::Update::Post-Invoke::=true",
    "Acquire::Check-Valid-Until=false",
    "Acquire::Languages=none",
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
    "Acquire::Retries=3",
    "Debug::NoLocking=true",
  ].flatMap((option) => ["-o", option]);
}

function aptGet(args: readonly string[], options: readonly string[], what: string, cure: string): void {
  const done = run("apt-get", [...options, ...args], { env: { DEBIAN_FRONTEND: "noninteractive" } });
  if (done.ok) return;
  throw new SetupError(
    `${what} is missing, and apt-get ${args[0]} (in a private folder) failed:\n${tailOf(done.text)}`,
    cure,
  );
}

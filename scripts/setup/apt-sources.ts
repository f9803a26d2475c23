import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  /** The value of Signed-By as written: a path, or an inline key block over several lines. */
  readonly signedBy: string | undefined;
}

/** Every binary source in one deb822 file. */
export function readDeb822(text: string): AptSource[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = fieldsOf(stanza);
    if (!/\bdeb\b/.test(fields.get("types") ?? "") || /^no$/i.test((fields.get("enabled") ?? "").trim())) return [];
    const suites = words(fields.get("suites"));
    return words(fields.get("uris")).map((uri) => ({ uri, suites, signedBy: fields.get("signed-by") }));
  });
}

/** Every binary source in one classic sources.list. */
export function readClassic(text: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)/.exec(line);
    if (match === null) return [];
    const signedBy = /\bsigned-by=(\S+)/i.exec(match[1] ?? "")?.[1];
    return [{ uri: match[2] ?? "", suites: [match[3] ?? ""], signedBy: signedBy?.replaceAll(",", " ") }];
  });
}

/** All sources of a machine. */
export function machineSources(etc = "/etc/apt"): AptSource[] {
  const folder = join(etc, "sources.list.d");
  const more = existsSync(folder) ? readdirSync(folder).sort() : [];
  const files = [join(etc, "sources.list"), ...more.map((name) => join(folder, name))].filter((file) =>
    existsSync(file),
  );
  return files.flatMap((file) => {
    if (file.endsWith(".sources")) return readDeb822(readFileSync(file, "utf8"));
    return file.endsWith(".list") ? readClassic(readFileSync(file, "utf8")) : [];
  });
}

/** The source the machine takes its own release from: its mirror and key serve other suites of Debian as well. */
export function mainSource(sources: readonly AptSource[], codename: string): AptSource | undefined {
  const names = new Set([codename, "stable", "testing", "sid", "unstable"]);
  const fitting = sources.filter((source) => source.suites.some((suite) => names.has(suite)));
  return fitting.find((source) => /debian\/?$/.test(source.uri)) ?? fitting.find((source) => /debian/.test(source.uri));
}

/** A deb822 file with that mirror and key for another suite. */
export function printSource(source: AptSource, suite: string): string {
  const key = source.signedBy === undefined ? "" : `Signed-By: ${source.signedBy}\n`;
  return `Types: deb\nURIs: ${source.uri}\nSuites: ${suite}\nComponents: main\n${key}`;
}

function fieldsOf(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name: string | undefined;
  for (const line of stanza.split("\n")) {
    if (line.startsWith("#")) continue;
    const match = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
    if (match !== null) {
      name = (match[1] ?? "").toLowerCase();
      fields.set(name, match[2] ?? "");
    } else if (name !== undefined && /^\s/.test(line)) fields.set(name, `${fields.get(name)}\n${line}`);
  }
  return fields;
}

function words(text: string | undefined): string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}

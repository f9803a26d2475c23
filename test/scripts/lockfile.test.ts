import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

interface Lock {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly version?: string;
        readonly resolved?: string;
        readonly optionalDependencies?: Readonly<Record<string, string>>;
      }
    >
  >;
}
const lock = JSON.parse(readFileSync(join(resolve(import.meta.dirname, "../.."), "package-lock.json"), "utf8")) as Lock;

function isLocked(from: string, name: string): boolean {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf("/node_modules/")))) {
    if (`${place === "" ? "" : `${place}/`}node_modules/${name}` in lock.packages) return true;
    if (place === "") return false;
    if (!place.includes("/node_modules/")) return `node_modules/${name}` in lock.packages;
  }
}

test("the lockfile knows the packages of every platform: npm ci refuses it otherwise, on all of them", () => {
  const wanted = Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {}).map((name) => [path, name] as const),
  );
  expect(wanted.length).toBeGreaterThan(20);
  expect(wanted.filter(([path, name]) => !isLocked(path, name))).toEqual([]);
});

test("the lockfile names versions and no host, so that everybody's own registry serves it", () => {
  const entries = Object.entries(lock.packages).filter(([path]) => path !== "");
  expect(entries.filter(([, entry]) => entry.version === undefined)).toEqual([]);
  expect(entries.filter(([, entry]) => entry.resolved?.startsWith("http") === true)).toEqual([]);
});

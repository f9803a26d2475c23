import type { KeyPath } from "./yaml-document.ts";

/**
 * Keys of the design that this version does not act on. They are refused by name instead of being read over: who
 * writes `soak: 7d` relies on it. `*` stands for any name or index.
 */
const FLEET: readonly string[] = [
  "ladder",
  "flags",
  "telemetry",
  "notifications",
  "defaults.throttle",
  "defaults.windows",
  "defaults.telemetry",
  "defaults.flag",
  "groups.*.channels.*.after",
  "groups.*.channels.*.soak",
  "groups.*.channels.*.promote",
  "groups.*.channels.*.approvals",
  "groups.*.databases.*.rung",
  "groups.*.databases.*.windows",
  "groups.*.databases.*.throttle",
  "groups.*.databases.*.telemetry",
  "groups.*.databases.*.flag",
  "groups.*.databases.*.shards.*.replicas",
  ...["defaults.gate", "groups.*.databases.*.gate"].flatMap((gate) =>
    ["hold", "warn-after", "approvals", "pin", "not-author"].map((key) => `${gate}.${key}`),
  ),
  "defaults.revert.vault",
  "groups.*.databases.*.revert.vault",
];

const REPOSITORY: readonly string[] = ["commands", "comments.progress", "schemas", "channels"];

export function isNotYet(kind: "fleet" | "repository", path: KeyPath, key: string): boolean {
  const parts = [...path, key];
  return (kind === "fleet" ? FLEET : REPOSITORY).some((pattern) => {
    const wanted = pattern.split(".");
    return wanted.length === parts.length && wanted.every((part, at) => part === "*" || part === String(parts[at]));
  });
}

import { createHash, randomBytes } from "node:crypto";
import type { DeploymentId, Fingerprint } from "./ids.ts";

/** JSON with sorted keys, so that equal values give equal text. bigint is written as a string with an `n` behind it. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === "bigint") return `${inner}n`;
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function fingerprintOf(value: unknown): Fingerprint {
  return sha256Hex(canonicalJson(value)) as Fingerprint;
}

/** A new deployment id: `d` and 9 characters of base 32 (45 bits). */
export function newDeploymentId(): DeploymentId {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  return `d${[...randomBytes(9)].map((byte) => alphabet[byte % 32]).join("")}` as DeploymentId;
}

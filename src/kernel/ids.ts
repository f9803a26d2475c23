declare const brand: unique symbol;

/** A primitive only its own maker may create. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Names a deployment everywhere; also part of the names of its own databases on the target, so `[a-z0-9]{4,20}`. */
export type DeploymentId = Brand<string, "DeploymentId">;

/** A key range as Vitess writes it, such as `-80` or `40-c0`, or a plain name such as `0` or `eu-1`. */
export type ShardName = Brand<string, "ShardName">;

/** 64 hex digits: SHA-256 over the canonical JSON of what is identified. */
export type Fingerprint = Brand<string, "Fingerprint">;

export function parseDeploymentId(text: string): DeploymentId | undefined {
  return /^[a-z0-9]{4,20}$/.test(text) ? (text as DeploymentId) : undefined;
}

export function parseShardName(text: string): ShardName | undefined {
  return /^[a-z0-9-]{1,32}$/.test(text) ? (text as ShardName) : undefined;
}

export function parseFingerprint(text: string): Fingerprint | undefined {
  return /^[0-9a-f]{64}$/.test(text) ? (text as Fingerprint) : undefined;
}

/** How much of a fingerprint people see and may paste back as a pin (`/apply @9c41e07a`). */
export function shortFingerprint(fingerprint: Fingerprint): string {
  return fingerprint.slice(0, 8);
}

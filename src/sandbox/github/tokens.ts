import { createPublicKey, randomBytes, verify } from "node:crypto";
import { type Caller, Refusal } from "./caller.ts";
import type { Account, Installation, Repo, World } from "./world.ts";

const TOKEN_LIVES_MS = 60 * 60 * 1000;
/** GitHub refuses an app token that lives longer, and forgives a minute of clock drift. */
const JWT_LIVES_S = 600;
const DRIFT_S = 60;
const LEVELS = ["none", "read", "write"];

interface Issued {
  readonly caller: Caller;
  readonly expiresAt: Date | undefined;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
  readonly permissions: Readonly<Record<string, string>>;
  readonly repos: readonly Repo[] | undefined;
}

/** Issues tokens and tells by the `Authorization` header who calls. */
export class Tokens {
  readonly #publicKey: string;
  readonly #issued = new Map<string, Issued>();

  /** @param publicKey the app's, SPKI PEM */
  constructor(publicKey: string) {
    this.#publicKey = publicKey;
  }

  forUser(account: Account): string {
    const token = `ghu_${randomBytes(18).toString("hex")}`;
    this.#issued.set(token, { caller: { kind: "user", account }, expiresAt: undefined });
    return token;
  }

  /** An installation token, for fewer repositories and permissions if the request says so. */
  issue(world: World, installation: Installation, request: Readonly<Record<string, unknown>>): IssuedToken {
    const wantedIds = request["repository_ids"] as readonly number[] | undefined;
    const wantedNames = request["repositories"] as readonly string[] | undefined;
    const all = [...world.repos.values()].filter((repo) => installation.repositoryIds.has(repo.id));
    const repos = all.filter(
      (repo) => (wantedIds?.includes(repo.id) ?? true) && (wantedNames?.includes(repo.name) ?? true),
    );
    if (repos.length < (wantedIds ?? wantedNames ?? []).length) {
      throw new Refusal(422, "There is at least one repository that does not exist or is not accessible to the app");
    }
    const wanted = request["permissions"] as Readonly<Record<string, string>> | undefined;
    const own = world.app.permissions;
    for (const [name, level] of Object.entries(wanted ?? {})) {
      if (!allows(own, name, level)) {
        throw new Refusal(422, "The permissions requested are not granted to this installation.");
      }
    }
    const permissions = { metadata: "read", ...(wanted ?? own) };
    const token = `ghs_${randomBytes(18).toString("hex")}`;
    const expiresAt = new Date(world.clock.now().getTime() + TOKEN_LIVES_MS);
    const repositoryIds = new Set(repos.map((repo) => repo.id));
    this.#issued.set(token, { caller: { kind: "installation", installation, permissions, repositoryIds }, expiresAt });
    return { token, expiresAt, permissions, repos: (wantedIds ?? wantedNames) === undefined ? undefined : repos };
  }

  /** @throws Refusal 401 for anything but a header that is good now, or none at all */
  caller(world: World, authorization: string | undefined): Caller {
    if (authorization === undefined || authorization === "") return { kind: "anonymous" };
    const token = /^(?:bearer|token)\s+(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw new Refusal(401, "Bad credentials");
    if (token.split(".").length === 3) {
      checkJwt(token, this.#publicKey, world);
      return { kind: "app" };
    }
    const issued = this.#issued.get(token);
    const now = world.clock.now();
    if (issued === undefined || (issued.expiresAt !== undefined && issued.expiresAt < now)) {
      throw new Refusal(401, "Bad credentials");
    }
    const { caller } = issued;
    if (caller.kind === "installation" && !world.installations.has(caller.installation.id)) {
      throw new Refusal(401, "Bad credentials");
    }
    return caller;
  }
}

export function allows(permissions: Readonly<Record<string, string>>, name: string, level: string): boolean {
  return LEVELS.indexOf(permissions[name] ?? "none") >= LEVELS.indexOf(level);
}

/** RS256, issued by this app, in force, and not for longer than ten minutes. */
function checkJwt(token: string, publicKey: string, world: World): void {
  const [head = "", body = "", signature = ""] = token.split(".");
  const bad = new Refusal(401, "A JSON web token could not be decoded");
  const signed = verify(
    "RSA-SHA256",
    Buffer.from(`${head}.${body}`),
    createPublicKey(publicKey),
    Buffer.from(signature, "base64url"),
  );
  if (!signed || decode(head)["alg"] !== "RS256") throw bad;
  const { iss, iat, exp } = decode(body);
  const nowS = world.clock.now().getTime() / 1000;
  if (String(iss) !== String(world.app.id) && iss !== `Iv1.sandbox${world.app.id}`) {
    throw new Refusal(401, "'Issuer' claim ('iss') must be the app's id");
  }
  if (typeof exp !== "number" || exp <= nowS || exp > nowS + JWT_LIVES_S + DRIFT_S) {
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future or past");
  }
  if (typeof iat !== "number" || iat > nowS + DRIFT_S) {
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the token was issued",
    );
  }
}

function decode(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;
  } catch {
    throw new Refusal(401, "A JSON web token could not be decoded");
  }
}

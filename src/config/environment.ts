import { CodedError, type Reason, reasonOf } from "#kernel";
import { resolveSecret } from "./secrets.ts";
import type { Environment, GithubEnvironment } from "./settings.ts";

const DEFAULT_PORT = 3000;
const DEFAULT_API_URL = "https://api.github.com";

export type EnvironmentResult =
  | { readonly at: "environment"; readonly environment: Environment }
  | { readonly at: "refused"; readonly problems: readonly Reason[] };

/**
 * Reads the process's settings, all problems at once, never a value in any of them. Every secret `X` may also be given
 * as `X_FILE`, the path of a file that holds it. GitHub is absent when none of its variables is set.
 */
export function parseEnvironment(env: NodeJS.ProcessEnv): EnvironmentResult {
  const problems: Reason[] = [];
  const reader = readerOf(env, problems);
  const github = parseGithub(reader);
  const redisUrl = reader.url("SLUICE_REDIS", ["redis:", "rediss:", "unix:"]);
  const publicUrl = reader.url("SLUICE_PUBLIC_URL", ["http:", "https:"]);
  const environment: Environment = {
    controlDsn: reader.required(
      "SLUICE_DATABASE",
      "The DSN of Sluice's own database, such as mysql://user:password@host/sluice.",
    ),
    fleetFile: reader.required("SLUICE_FLEET", "The path of fleet.yml."),
    port: reader.port("SLUICE_PORT") ?? DEFAULT_PORT,
    ...(redisUrl === undefined ? {} : { redisUrl }),
    ...(publicUrl === undefined ? {} : { publicUrl: publicUrl.replace(/\/+$/, "") }),
    ...(github === undefined ? {} : { github }),
  };
  const distinct = problems.filter((one, at) => problems.findIndex((other) => other.message === one.message) === at);
  return distinct.length > 0 ? { at: "refused", problems: distinct } : { at: "environment", environment };
}

const GITHUB_VARIABLES = ["SLUICE_GITHUB_APP_ID", "SLUICE_GITHUB_PRIVATE_KEY", "SLUICE_GITHUB_WEBHOOK_SECRET"];

function parseGithub(reader: Reader): GithubEnvironment | undefined {
  const apiUrl = reader.url("SLUICE_GITHUB_API_URL", ["http:", "https:"]);
  if (!GITHUB_VARIABLES.some((name) => reader.optional(name) !== undefined)) return undefined;
  const [appId = "", key = "", secrets = ""] = GITHUB_VARIABLES.map((name) =>
    reader.required(name, "GitHub needs all of its variables; see README."),
  );
  if (appId !== "" && !/^[1-9][0-9]{0,15}$/.test(appId))
    reader.refuse("SLUICE_GITHUB_APP_ID", "must be the App's number");
  const privateKey = pem(key);
  if (key !== "" && privateKey === undefined) {
    reader.refuse(
      "SLUICE_GITHUB_PRIVATE_KEY",
      "must be a PEM private key, as it is, with \\n for line breaks, or in base64",
    );
  }
  // Newest first; two while a secret is being rotated.
  const webhookSecrets = secrets
    .split(",")
    .map((secret) => secret.trim())
    .filter((secret) => secret !== "");
  if (secrets !== "" && webhookSecrets.length === 0) reader.refuse("SLUICE_GITHUB_WEBHOOK_SECRET", "must not be empty");
  return {
    apiUrl: (apiUrl ?? DEFAULT_API_URL).replace(/\/+$/, ""),
    appId: Number(appId),
    privateKey: privateKey ?? "",
    webhookSecrets,
  };
}

function pem(text: string): string | undefined {
  const plain = text.includes("-----BEGIN") ? text : Buffer.from(text, "base64").toString("latin1");
  const lines = plain.replaceAll("\\n", "\n");
  return /^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(lines.trim()) ? `${lines.trim()}\n` : undefined;
}

interface Reader {
  optional(name: string): string | undefined;
  /** Empty when missing, after the problem was noted. */
  required(name: string, hint: string): string;
  url(name: string, protocols: readonly string[]): string | undefined;
  port(name: string): number | undefined;
  refuse(name: string, why: string): void;
}

function readerOf(env: NodeJS.ProcessEnv, problems: Reason[]): Reader {
  const reader: Reader = {
    optional: (name) => {
      const file = env[`${name}_FILE`];
      const direct = env[name]?.trim();
      if (direct !== undefined && direct !== "") return direct;
      if (file === undefined || file === "") return undefined;
      try {
        return resolveSecret({ from: "file", path: file }, env);
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        problems.push(reasonOf(error));
        return undefined;
      }
    },
    required: (name, hint) => {
      const value = reader.optional(name);
      const noted = (env[`${name}_FILE`] ?? "") !== "";
      if (value === undefined && !noted)
        problems.push({ code: "config/variable-missing", message: `${name} is not set`, hint });
      return value ?? "";
    },
    url: (name, protocols) => {
      const value = reader.optional(name);
      if (value === undefined || (URL.canParse(value) && protocols.includes(new URL(value).protocol))) return value;
      reader.refuse(name, `must be a URL with ${protocols.join(" or ")}`);
      return undefined;
    },
    port: (name) => {
      const value = reader.optional(name);
      if (value === undefined || (/^[0-9]{1,5}$/.test(value) && Number(value) <= 65_535))
        return value === undefined ? undefined : Number(value);
      reader.refuse(name, "must be a port number");
      return undefined;
    },
    refuse: (name, why) => {
      problems.push({ code: "config/bad-variable", message: `${name} ${why}` });
    },
  };
  return reader;
}

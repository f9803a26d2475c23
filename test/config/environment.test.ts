import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnvironment, parseSecretReference, resolveSecret } from "#config";
import { afterAll, assert, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "sluice-environment-"));
afterAll(() => rmSync(folder, { recursive: true }));

const pem = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
}).privateKey;
const least = { SLUICE_DATABASE: "mysql://root:hunter2@db/sluice", SLUICE_FLEET: "fleet.yml" };
const github = {
  ...least,
  SLUICE_GITHUB_APP_ID: "7",
  SLUICE_GITHUB_PRIVATE_KEY: pem,
  SLUICE_GITHUB_WEBHOOK_SECRET: "new,old",
};

test("two variables are enough without GitHub", () => {
  expect(parseEnvironment(least)).toEqual({
    at: "environment",
    environment: { controlDsn: "mysql://root:hunter2@db/sluice", fleetFile: "fleet.yml", port: 3000 },
  });
});

test("GitHub's base URL is a setting, and two webhook secrets are accepted while rotating", () => {
  const result = parseEnvironment({
    ...github,
    SLUICE_GITHUB_API_URL: "http://127.0.0.1:4000/api/v3/",
    SLUICE_REDIS: "unix:///run/redis.sock",
    SLUICE_PORT: "0",
  });
  expect(result).toMatchObject({
    environment: {
      port: 0,
      redisUrl: "unix:///run/redis.sock",
      github: { apiUrl: "http://127.0.0.1:4000/api/v3", appId: 7, privateKey: pem, webhookSecrets: ["new", "old"] },
    },
  });
});

test.each([
  ["as it is", pem],
  ["with \\n for line breaks", pem.replaceAll("\n", "\\n")],
  ["in base64", Buffer.from(pem).toString("base64")],
])("a private key is read %s", (_how, key) => {
  const result = parseEnvironment({ ...github, SLUICE_GITHUB_PRIVATE_KEY: key });
  expect(result.at === "environment" && result.environment.github?.privateKey).toBe(pem);
});

test("a secret may stand in a file", () => {
  const file = join(folder, "dsn");
  writeFileSync(file, "mysql://from-file/sluice\n");
  const result = parseEnvironment({ SLUICE_DATABASE_FILE: file, SLUICE_FLEET: "fleet.yml" });
  expect(result).toMatchObject({ environment: { controlDsn: "mysql://from-file/sluice" } });
});

test.each<[what: string, env: NodeJS.ProcessEnv, problems: readonly string[]]>([
  ["nothing set", {}, ["SLUICE_DATABASE is not set", "SLUICE_FLEET is not set"]],
  [
    "a file that is not there",
    { ...least, SLUICE_DATABASE: "", SLUICE_DATABASE_FILE: "/nowhere" },
    ["There is no value behind file:/nowhere"],
  ],
  [
    "half of GitHub's variables",
    { ...least, SLUICE_GITHUB_APP_ID: "7" },
    ["SLUICE_GITHUB_PRIVATE_KEY is not set", "SLUICE_GITHUB_WEBHOOK_SECRET is not set"],
  ],
  [
    "an empty webhook secret",
    { ...github, SLUICE_GITHUB_WEBHOOK_SECRET: " , " },
    ["SLUICE_GITHUB_WEBHOOK_SECRET must not be empty"],
  ],
  [
    "a key that is none",
    { ...github, SLUICE_GITHUB_PRIVATE_KEY: "hunter2" },
    ["SLUICE_GITHUB_PRIVATE_KEY must be a PEM private key, as it is, with \\n for line breaks, or in base64"],
  ],
  [
    "an App that is no number",
    { ...github, SLUICE_GITHUB_APP_ID: "sluice" },
    ["SLUICE_GITHUB_APP_ID must be the App's number"],
  ],
  ["a port that is none", { ...least, SLUICE_PORT: "http" }, ["SLUICE_PORT must be a port number"]],
  [
    "a Redis that is none",
    { ...least, SLUICE_REDIS: "localhost:6379" },
    ["SLUICE_REDIS must be a URL with redis: or rediss: or unix:"],
  ],
])("%s is refused without repeating a value", (_what, env, problems) => {
  const result = parseEnvironment(env);
  expect(result.at === "refused" && result.problems.map(({ message }) => message)).toEqual(problems);
  expect(JSON.stringify(result)).not.toContain("hunter2");
});

test("a missing secret names only the reference", () => {
  const reference = parseSecretReference("env:NOT_THERE");
  assert(reference !== undefined);
  expect(() => resolveSecret(reference, {})).toThrow(
    expect.objectContaining({ code: "config/secret-missing", message: "There is no value behind env:NOT_THERE" }),
  );
  expect(resolveSecret(reference, { NOT_THERE: " x \n" })).toBe("x");
});

test.each(["mysql://root:hunter2@db", "env:", "env:A B", "vault:x"])("%s is no reference", (text) => {
  expect(parseSecretReference(text)).toBeUndefined();
});

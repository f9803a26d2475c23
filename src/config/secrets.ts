import { readFileSync } from "node:fs";
import { CodedError } from "#kernel";
import type { SecretReference } from "./settings.ts";

/** `env:NAME` or `file:PATH`; undefined when it is neither. */
export function parseSecretReference(text: string): SecretReference | undefined {
  const match = /^(env|file):(.+)$/s.exec(text);
  const value = match?.[2];
  if (match === null || value === undefined) return undefined;
  if (match[1] === "file") return { from: "file", path: value };
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(value) ? { from: "env", name: value } : undefined;
}

/** As people wrote it. */
export function printSecretReference(reference: SecretReference): string {
  return reference.from === "env" ? `env:${reference.name}` : `file:${reference.path}`;
}

/**
 * The secret itself, without white space at its ends (files end in a newline).
 *
 * @throws CodedError `config/secret-missing` naming only the reference
 */
export function resolveSecret(reference: SecretReference, env: NodeJS.ProcessEnv): string {
  const value = reference.from === "env" ? env[reference.name] : readSecretFile(reference.path);
  const trimmed = value?.trim();
  if (trimmed === undefined || trimmed === "") {
    throw new CodedError("config/secret-missing", `There is no value behind ${printSecretReference(reference)}`, {
      hint:
        reference.from === "env"
          ? `Set the environment variable ${reference.name}.`
          : `Make ${reference.path} a readable file that holds the value.`,
      next: "fix-input",
    });
  }
  return trimmed;
}

function readSecretFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

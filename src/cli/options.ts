import { parseSecretReference, resolveSecret } from "#config";
import { CodedError } from "#kernel";

/**
 * The secret behind `env:NAME` or `file:PATH` given as an option. A DSN itself is refused: command lines are seen by
 * everyone on the machine.
 *
 * @throws CodedError `cli/not-a-reference`, `config/secret-missing`
 */
export function secretOf(option: string, text: string, env: NodeJS.ProcessEnv): string {
  const reference = parseSecretReference(text);
  if (reference === undefined) {
    throw new CodedError("cli/not-a-reference", `${option} takes env:NAME or file:PATH, not the value itself`, {
      hint: `Put the DSN into a variable and name it: export DSN=mysql://user:password@host/database; ${option} env:DSN`,
      next: "fix-input",
    });
  }
  return resolveSecret(reference, env);
}

/** @throws CodedError `cli/missing-option` naming the option and the variable that stands in for it */
export function required(value: string | undefined, option: string, variable: string): string {
  if (value !== undefined && value !== "") return value;
  throw new CodedError("cli/missing-option", `${option} is missing`, {
    hint: `Give ${option}, or set ${variable}.`,
    next: "fix-input",
  });
}

import { readFile } from "node:fs/promises";
import { Refusal } from "#cli";
import { type Environment, type Fleet, parseEnvironment, parseFleet } from "#config";

/**
 * What environment and fleet.yml say.
 *
 * @throws Refusal with every problem of the one, or of the other
 */
export async function loadSettings(
  env: NodeJS.ProcessEnv,
): Promise<{ readonly environment: Environment; readonly fleet: Fleet }> {
  const parsed = parseEnvironment(env);
  if (parsed.at === "refused") throw new Refusal(parsed.problems);
  const file = parsed.environment.fleetFile;
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) {
    throw new Refusal([
      { code: "config/no-fleet", message: `Cannot read ${file}`, hint: "SLUICE_FLEET names fleet.yml." },
    ]);
  }
  const result = parseFleet(text, file);
  if (result.at === "refused") throw new Refusal(result.problems);
  return { environment: parsed.environment, fleet: result.fleet };
}

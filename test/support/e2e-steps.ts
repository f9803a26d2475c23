import type { DeploymentAt, DeploymentView } from "#deploy";
import type { CheckRunView } from "#sandbox";
import { type RowDataPacket, createConnection } from "mysql2/promise";
import type { World } from "./e2e.ts";

/** What people do and see in the end-to-end tests, one step each. */

/** The check run on a commit as soon as it is as `is` wants it. */
export function checkAt(
  world: World,
  sha: string,
  name: string,
  is: (run: CheckRunView) => boolean,
): Promise<CheckRunView> {
  return world.until(
    `${name} as expected`,
    async () => {
      const run = await world.check(sha, name);
      return run !== undefined && is(run) ? run : undefined;
    },
    120_000,
  );
}

/** Waits for the plan check of an open pull request; returns its conclusion. */
export async function planned(world: World, pull: number): Promise<string | undefined> {
  const { head } = world.repository.pullRequest(pull);
  return (await checkAt(world, head.sha, "sluice / plan", (run) => run.status === "completed")).conclusion;
}

/** The deployment of a pull request as soon as it is at one of these; a wrong end fails at once. */
export function deploymentAt(
  world: World,
  pull: number,
  at: readonly DeploymentAt[],
  options: { readonly database?: string; readonly limitMs?: number } = {},
): Promise<DeploymentView> {
  return world.until(
    `#${pull} at ${at.join(" or ")}`,
    async () => {
      const view = await world.deployment(pull, options.database);
      if (view === undefined || at.includes(view.at)) return view;
      if (ENDS.includes(view.at)) throw new Error(`#${pull} is ${view.at}: ${JSON.stringify(view.reasons)}`);
      return undefined;
    },
    options.limitMs ?? 120_000,
  );
}

const ENDS: readonly DeploymentAt[] = ["finalised", "reverted", "cancelled", "failed", "unchanged"];

/** Says something on a pull request and waits for the last reaction; `reply` is the comment that answers, if any. */
export async function say(
  world: World,
  pull: number,
  login: string,
  body: string,
): Promise<{ readonly reaction: string; readonly reply: string | undefined }> {
  const { id } = await world.repository.comment(pull, login, body);
  const reply = (): string | undefined =>
    world.comments(pull).find((one) => one.body.includes(`sluice:reply:${id} `))?.body;
  return world.until(`the answer to ${body}`, () => {
    const reactions = world.repository.comments(pull).find((one) => one.id === id)?.reactions ?? [];
    const last = reactions.map((one) => one.content).find((one) => one === "rocket" || one === "confused");
    return last === undefined ? undefined : { reaction: last, reply: reply() };
  });
}

/** Types of a deployment's events, without those that only say that something took longer. */
export function story(view: DeploymentView): readonly string[] {
  return view.history.map((line) => line.what).filter((what) => what !== "hindered");
}

export async function rows(
  dsn: string,
  sql: string,
  values: readonly (string | number)[] = [],
): Promise<readonly Record<string, unknown>[]> {
  const connection = await createConnection({ uri: dsn, supportBigNumbers: true, bigNumberStrings: true });
  try {
    const [found] = await connection.query<RowDataPacket[]>(sql, [...values]);
    return Array.isArray(found) ? found : [];
  } finally {
    await connection.end();
  }
}

/** Every table's definition, without the counter that writes move, and the checksum of its rows. */
export async function picture(dsn: string): Promise<Readonly<Record<string, string>>> {
  const names = (await rows(dsn, "SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")).map((row) =>
    String(Object.values(row)[0]),
  );
  const seen: Record<string, string> = {};
  for (const name of names) {
    const [shown] = await rows(dsn, `SHOW CREATE TABLE \`${name}\``);
    const [sum] = await rows(dsn, `CHECKSUM TABLE \`${name}\``);
    seen[name] = `${String(shown?.["Create Table"]).replace(/ AUTO_INCREMENT=\d+/, "")} ${String(sum?.["Checksum"])}`;
  }
  return seen;
}

/** Sluice's databases on a server that belong to a deployment. */
export async function leftovers(dsn: string): Promise<readonly string[]> {
  const found = await rows(dsn, "SELECT schema_name AS name FROM information_schema.schemata");
  return found.map((row) => String(row["name"])).filter((name) => name.startsWith("_sluice_"));
}

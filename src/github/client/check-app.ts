import type { Log } from "#kernel";
import { EVENT_NEEDS, OPERATIONS, type Need } from "../api/operations.ts";
import type { GithubClients } from "./clients.ts";

const LEVELS = ["none", "read", "write"];

/**
 * Compares the app as it is registered at GitHub with what we call and listen to, and logs what is missing: otherwise
 * a forgotten permission shows only as a comment that never comes.
 *
 * @returns what is missing, such as `permission checks: write` or `event merge_group`
 */
export async function checkApp(clients: GithubClients, log: Log): Promise<readonly string[]> {
  const { data } = await (await clients.app()).rest.apps.getAuthenticated();
  const granted: Readonly<Record<string, string | undefined>> = data?.permissions ?? {};
  const events = new Set(data?.events ?? []);
  const needs: readonly (Need | undefined)[] = [...Object.values(OPERATIONS), ...Object.values(EVENT_NEEDS)];
  const missing = [
    ...needs.flatMap((need) =>
      need === undefined || LEVELS.indexOf(granted[need[0]] ?? "none") >= LEVELS.indexOf(need[1])
        ? []
        : [`permission ${need[0]}: ${need[1]}`],
    ),
    ...Object.keys(EVENT_NEEDS).flatMap((event) => (events.has(event) ? [] : [`event ${event}`])),
  ];
  const distinct = [...new Set(missing)].sort();
  if (distinct.length > 0) log.warn("github.app-lacks", { missing: distinct });
  return distinct;
}

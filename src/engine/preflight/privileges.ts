import type { Reason } from "#kernel";
import { quoted } from "../sql/names.ts";
import type { Queries } from "../sql/steady-session.ts";
import { cellText } from "../sql/cell.ts";

const SERVER_WIDE = ["PROCESS", "REPLICATION SLAVE", "REPLICATION CLIENT", "XA_RECOVER_ADMIN"] as const;
/** EVENT and SHOW VIEW are for the plan, which reads views, routines and events with the same account. */
const ON_DATABASE = [
  "SELECT",
  "INSERT",
  "UPDATE",
  "CREATE",
  "DROP",
  "ALTER",
  "LOCK TABLES",
  "TRIGGER",
  "EVENT",
  "SHOW VIEW",
] as const;
const ON_OWN = [
  "SELECT",
  "INSERT",
  "UPDATE",
  "DELETE",
  "CREATE",
  "DROP",
  "ALTER",
  "INDEX",
  "LOCK TABLES",
  "CREATE TEMPORARY TABLES",
] as const;
/** For the plan, too. Unknown to servers before 8.0.20: a statement of its own, which there may fail alone. */
const SHOW_ROUTINE = "SHOW_ROUTINE";
const OWN_PATTERN = "\\_sluice%";

/**
 * The grants the engine's account needs for one database, to be pasted as they are.
 *
 * @param account as CURRENT_USER() gives it, such as `sluice@10.0.%`; or a placeholder
 */
export function requiredGrants(database: string, account = "sluice@%"): readonly string[] {
  const to = accountSql(account);
  return [
    `GRANT ${SERVER_WIDE.join(", ")} ON *.* TO ${to};`,
    `GRANT ${ON_DATABASE.join(", ")} ON ${quoted(escapePattern(database))}.* TO ${to};`,
    `GRANT ${ON_OWN.join(", ")} ON ${quoted(OWN_PATTERN)}.* TO ${to};`,
    `GRANT SELECT ON ${quoted("performance_schema")}.* TO ${to};`,
    `GRANT ${SHOW_ROUTINE} ON *.* TO ${to};`,
  ];
}

/** What the account lacks, with the exact GRANT statements. Partial revokes are not looked at. */
export async function privilegeReasons(
  session: Queries,
  shard: string,
  database: string,
  signal: AbortSignal,
): Promise<readonly Reason[]> {
  const [user] = await session.query("SELECT CURRENT_USER() AS account", undefined, signal);
  const grants = (await session.query("SHOW GRANTS", undefined, signal)).map((row) => String(Object.values(row)[0]));
  const has = readGrants(grants);
  const missing = [
    ...SERVER_WIDE.filter((privilege) => !has("*", privilege)),
    ...ON_DATABASE.filter((privilege) => !has(database, privilege)).map((one) => `${one} on ${database}`),
    ...ON_OWN.filter((privilege) => !has("_sluice_x_new", privilege)).map((one) => `${one} on _sluice%`),
    ...(has("performance_schema", "SELECT") ? [] : ["SELECT on performance_schema"]),
    ...((await seesRoutines(session, has, signal)) ? [] : [SHOW_ROUTINE]),
  ];
  if (missing.length === 0) return [];
  return [
    {
      code: "engine/privileges",
      message: `Shard ${shard}: the account lacks ${missing.join(", ")}`,
      hint: "Run these grants as an administrator of the server.",
      paste: requiredGrants(database, cellText(user?.["account"]) ?? "").join("\n"),
    },
  ];
}

async function seesRoutines(
  session: Queries,
  has: ReturnType<typeof readGrants>,
  signal: AbortSignal,
): Promise<boolean> {
  if (has("*", SHOW_ROUTINE) || has("*", "SELECT")) return true;
  const known = await session.query("SHOW PRIVILEGES", undefined, signal);
  return !known.some((row) => String(row["Privilege"]).toUpperCase() === SHOW_ROUTINE);
}

/** Whether `privilege` is held on a database (`*`: server-wide), by the lines of SHOW GRANTS. */
export function readGrants(lines: readonly string[]): (database: string, privilege: string) => boolean {
  const grants = lines.flatMap((line) => {
    const match = /^GRANT (.+) ON (?:(\*)|`((?:[^`]|``)*)`)\.\* TO /.exec(line);
    if (match === null) return [];
    const privileges = (match[1] ?? "").split(/,\s*/).map((one) => one.trim().toUpperCase());
    return [{ pattern: match[2] ?? match[3]?.replaceAll("``", "`") ?? "", privileges: new Set(privileges) }];
  });
  return (database, privilege) =>
    grants.some(
      ({ pattern, privileges }) =>
        (pattern === "*" || (database !== "*" && likeMatches(pattern, database))) &&
        (privileges.has(privilege) || privileges.has("ALL PRIVILEGES")),
    );
}

function likeMatches(pattern: string, text: string): boolean {
  const source = pattern.replaceAll(/\\([_%\\])|[_%]|[.*+?^${}()|[\]\\]/g, (found, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped === "\\" ? "\\\\" : escaped;
    if (found === "_") return ".";
    return found === "%" ? ".*" : `\\${found}`;
  });
  return new RegExp(`^${source}$`, "is").test(text);
}

function escapePattern(database: string): string {
  return database.replaceAll(/[_%]/g, (char) => `\\${char}`);
}

function accountSql(account: string): string {
  const at = account.lastIndexOf("@");
  return at < 0 ? quoted(account) : `${quoted(account.slice(0, at))}@${quoted(account.slice(at + 1))}`;
}

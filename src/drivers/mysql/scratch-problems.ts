import { CodedError, type Reason } from "#kernel";
import type { AuthoredStatement, CanonicalObject } from "#schema";
import type { BrokenForeignKey } from "./foreign-key-check.ts";
import type { Refused } from "./load-order.ts";
import { errnoOf } from "./sql-error.ts";

/** Characters of all statements together. */
export const SIZE_LIMIT = 32 * 1024 * 1024;

/** ER_BINLOG_CREATE_ROUTINE_NEED_SUPER and ER_SPECIFIC_ACCESS_DENIED_ERROR. */
const HINTS: ReadonlyMap<number, string> = new Map([
  [1419, "Start the scratch server with skip_log_bin or log_bin_trust_function_creators=ON."],
  [1227, "The object names a DEFINER: grant SET_ANY_DEFINER (SET_USER_ID before MySQL 8.2) to the scratch account."],
]);

export function problemOf({ statement, error }: Refused<AuthoredStatement>, database: string): Reason {
  return {
    code: error.code === "drivers/sql" ? "drivers/statement-refused" : error.code,
    message: `${statement.kind} ${statement.name}: ${serverText(error, database)}`,
    ...hintFor(error),
    where: statement.place,
  };
}

export function brokenKeyReason(
  { table, constraint, problem }: BrokenForeignKey,
  statements: readonly AuthoredStatement[],
): Reason {
  const place = statements.find(
    ({ kind, name }) => kind === "table" && name.toLowerCase() === table.toLowerCase(),
  )?.place;
  return {
    code: "drivers/foreign-key-refused",
    message: `Foreign key ${constraint} of ${table} ${problem}`,
    ...(place === undefined ? {} : { where: place }),
  };
}

export function notLoaded({ statement, error }: Refused<CanonicalObject>, database: string): CodedError {
  return new CodedError(
    "drivers/replay-load",
    `The scratch server refused ${statement.kind} ${statement.name}: ${serverText(error, database)}`,
    {
      hint: "The scratch server must have the target's flavour, version and settings.",
      details: { kind: statement.kind, name: statement.name, errno: errnoOf(error) },
    },
  );
}

export function replayRefused(index: number, error: CodedError, database: string): CodedError {
  return new CodedError(
    "plan/replay-refused",
    `Statement ${index + 1} of the plan was refused on the scratch server: ${serverText(error, database)}`,
    {
      details: { index, errno: errnoOf(error) },
    },
  );
}

/** What the operator can do where it is the scratch server that falls short, not the statement. */
function hintFor(error: CodedError): { readonly hint?: string } {
  const hint = HINTS.get(errnoOf(error) ?? 0);
  return hint === undefined ? {} : { hint };
}

/** The server's words without the name of the throw-away database. There are no rows here that they could hold. */
function serverText(error: CodedError, database: string): string {
  const { serverMessage, errno } = error.details;
  if (typeof serverMessage !== "string") return error.message;
  return `${serverMessage.replaceAll(`\`${database}\`.`, "").replaceAll(`${database}.`, "")} (${String(errno)})`;
}

export function tooBig(size: number): Reason {
  return {
    code: "drivers/schema-too-big",
    message: `The schema files hold ${size} characters; ${SIZE_LIMIT} are allowed`,
    hint: "Schema files declare objects; data does not belong in them.",
  };
}

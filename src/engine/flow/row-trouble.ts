import { CodedError } from "#kernel";
import type { Session } from "../ports.ts";
import { errnoOf } from "../sql/errors.ts";
import { cellText } from "../sql/cell.ts";

/** Why the server would not take rows: what is wrong with which column or key, never with which value. */
export type RowTrouble =
  | { readonly kind: "duplicate"; readonly key: string | undefined }
  | { readonly kind: "misfit"; readonly column: string | undefined; readonly errno: number };

/** Carries a `RowTrouble`; caught inside the engine, which turns it into an answer for people. */
export class RowTroubleError extends CodedError {
  readonly trouble: RowTrouble;

  constructor(trouble: RowTrouble) {
    super("engine/row-trouble", "The server would not take a row", { details: { ...trouble } });
    this.trouble = trouble;
  }
}

/**
 * Data errors: too long (1406), out of range (1264), truncated (1265, 1292), incorrect value (1366, 1411, 3140, 3156,
 * 3903), NULL (1048, 1263), no default (1364), CHECK violated (3819), generated column's trouble (3105), partition (1526),
 * foreign key (1452).
 *
 * @see https://dev.mysql.com/doc/mysql-errors/9.0/en/server-error-reference.html
 */
const MISFIT = new Set([
  1406, 1264, 1265, 1292, 1366, 1411, 3140, 3156, 3903, 1048, 1263, 1364, 3819, 3105, 1526, 1452, 1690, 1365, 1416,
  3157,
]);

/** Of these a mere warning or note already means a changed value (a rounded decimal is a note). */
const SILENT_CHANGE = new Set([1264, 1265, 1292, 1366, 1406, 1411, 1263, 1048]);

const ER_DUP_ENTRY = 1062;

/**
 * Runs an INSERT ... SELECT. Values that do not fit are trouble even where the server only warns.
 *
 * @throws RowTroubleError for what is wrong with the rows; anything else as it came
 */
export async function insertRows(session: Session, sql: string, signal: AbortSignal): Promise<number> {
  let done: { readonly affectedRows: number; readonly warnings: number };
  try {
    done = await session.execute(sql, undefined, signal);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === ER_DUP_ENTRY) throw new RowTroubleError(await duplicateFrom(session));
    if (errno !== undefined && MISFIT.has(errno)) throw new RowTroubleError(await misfitFrom(session, errno));
    throw error;
  }
  if (done.warnings > 0) await refuseSilentChange(session, signal);
  return done.affectedRows;
}

async function refuseSilentChange(session: Session, signal: AbortSignal): Promise<void> {
  for (const row of await session.query("SHOW WARNINGS", undefined, signal)) {
    const errno = Number(row["Code"]);
    if (!SILENT_CHANGE.has(errno)) continue;
    throw new RowTroubleError({ kind: "misfit", column: columnIn(String(row["Message"])), errno });
  }
}

/** The message ends with `for key 'table.name'`; what stands before may be a row's value and is left alone. */
async function duplicateFrom(session: Session): Promise<RowTrouble> {
  const message = await lastMessage(session, ER_DUP_ENTRY);
  return { kind: "duplicate", key: /for key '(?:[^']*\.)?([^'.]+)'$/.exec(message)?.[1] };
}

async function misfitFrom(session: Session, errno: number): Promise<RowTrouble> {
  return { kind: "misfit", errno, column: columnIn(await lastMessage(session, errno)) };
}

async function lastMessage(session: Session, errno: number): Promise<string> {
  const rows = await session.query("SHOW WARNINGS").catch(() => []);
  return cellText(rows.find((row) => Number(row["Code"]) === errno)?.["Message"]) ?? "";
}

/** `... for column 'c' at row 5`, `Column 'c' cannot be null`, `Field 'c' doesn't have a default value`. */
function columnIn(message: string): string | undefined {
  const match =
    /for column '([^']*)'(?: at row \d+)?$/.exec(message) ??
    /^(?:Column|Field) '([^']*)' /.exec(message) ??
    /^Check constraint '([^']*)' is violated/.exec(message);
  return match?.[1];
}

import type { LogPosition } from "#binlog";
import type { Session, SqlValue } from "../ports.ts";
import { isMissing } from "../sql/errors.ts";
import { quoted } from "../sql/names.ts";
import type { SteadySession } from "../sql/steady-session.ts";
import { fencedTransaction } from "./fence.ts";
import { OWN_DATABASE, type OwnNames } from "./own-names.ts";
import { cellText } from "../sql/cell.ts";

export type TablePhase = "creating" | "copying" | "indexing" | "checking" | "ready";

/** What was last begun on the names: after a crash it tells in which direction a split is to be ended. */
type Intent = "none" | "seal" | "revert";

export interface ShardRow {
  readonly intent: Intent;
  readonly sealConnection: number | undefined;
  /** Every key that changed before this position has been applied to the shadows. */
  readonly applied: LogPosition | undefined;
  /** Read under the seal's locks: the first change of a new table comes after it. */
  readonly sealedFrom: LogPosition | undefined;
  /** Every key that changed before this position has been applied to the retired tables. */
  readonly windowApplied: LogPosition | undefined;
}

export interface TableRow {
  readonly table: string;
  readonly kind: "copy" | "create" | "drop";
  readonly phase: TablePhase;
  /** InnoDB's table ids, stable over RENAME; undefined while there is no such table. */
  readonly sourceId: string | undefined;
  readonly shadowId: string | undefined;
  readonly copiedTo: readonly string[] | undefined;
  readonly rowsCopied: number;
  readonly rowsEstimated: number;
  readonly rowsChecked: number;
  readonly repaired: number;
}

const SHARD = `${quoted(OWN_DATABASE)}.shard`;
const PROGRESS = `${quoted(OWN_DATABASE)}.progress`;

/** The columns of `_sluice.progress` that may be set after the row is there. */
export type TableChange = Partial<
  Record<
    "phase" | "source_id" | "shadow_id" | "copied_to" | "rows_copied" | "rows_estimated" | "rows_checked" | "repaired",
    SqlValue
  >
>;

/** Rows of one deployment and shard in our own tables. Every write is refused once a newer runner has claimed it. */
export class Store {
  readonly #session: SteadySession;
  readonly #guard: SteadySession;
  readonly #names: OwnNames;
  readonly #fence: bigint;

  /** @param guard holds the fence while DDL runs, which may take hours: the tail's checkpoints must not wait for it */
  constructor(session: SteadySession, guard: SteadySession, names: OwnNames, fence: bigint) {
    this.#session = session;
    this.#guard = guard;
    this.#names = names;
    this.#fence = fence;
  }

  /** Undefined when nothing was staged here. */
  shard(signal: AbortSignal): Promise<ShardRow | undefined> {
    return this.#session.use(async (session) => {
      const rows = await orNone(session.query(`SELECT * FROM ${SHARD} WHERE ${OURS}`, this.#ours, signal));
      return rows[0] === undefined ? undefined : shardFrom(rows[0]);
    }, signal);
  }

  tables(signal: AbortSignal): Promise<readonly TableRow[]> {
    return this.#session.use(async (session) => {
      const rows = await orNone(session.query(`SELECT * FROM ${PROGRESS} WHERE ${OURS}`, this.#ours, signal));
      return rows.map(tableFrom);
    }, signal);
  }

  async begin(
    applied: LogPosition,
    tables: readonly Pick<TableRow, "table" | "kind">[],
    signal: AbortSignal,
  ): Promise<void> {
    await this.write(async (session) => {
      await session.execute(
        `INSERT INTO ${SHARD} (deployment, shard, intent, applied) VALUES (?, ?, 'none', ?)`,
        [...this.#ours, JSON.stringify(applied)],
        signal,
      );
      for (const { table, kind } of tables) {
        await session.execute(
          `INSERT INTO ${PROGRESS} (deployment, shard, table_name, kind, phase) VALUES (?, ?, ?, ?, 'creating')`,
          [...this.#ours, table, kind],
          signal,
        );
      }
    }, signal);
  }

  async saveShard(
    change: Partial<Record<"intent" | "seal_connection" | "applied" | "sealed_from" | "window_applied", SqlValue>>,
    signal: AbortSignal,
  ): Promise<void> {
    const { sql, values } = assignments(change);
    await this.write(
      (session) => session.execute(`UPDATE ${SHARD} SET ${sql} WHERE ${OURS}`, [...values, ...this.#ours], signal),
      signal,
    );
  }

  async saveTable(table: string, change: TableChange, signal: AbortSignal): Promise<void> {
    await this.write((session) => this.saveTableIn(session, table, change, signal), signal);
  }

  /** The same inside the caller's transaction, which holds the fence. */
  async saveTableIn(session: Session, table: string, change: TableChange, signal: AbortSignal): Promise<void> {
    const { sql, values } = assignments(change);
    await session.execute(
      `UPDATE ${PROGRESS} SET ${sql} WHERE ${OURS} AND table_name = ?`,
      [...values, ...this.#ours, table],
      signal,
    );
  }

  /** A transaction that holds the fence. */
  write<Result>(work: (session: Session) => Promise<Result>, signal: AbortSignal): Promise<Result> {
    return this.#session.use((session) => this.#fenced(session, () => work(session), signal), signal);
  }

  /** Runs DDL of another session while one of ours holds the fence. */
  guarded<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    return this.#guard.use((session) => this.#fenced(session, work, signal), signal);
  }

  #fenced<Result>(session: Session, work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    return fencedTransaction(session, { names: this.#names, fence: this.#fence }, work, signal);
  }

  get #ours(): readonly string[] {
    return [this.#names.deployment, this.#names.shard];
  }
}

const OURS = "deployment = ? AND shard = ?";

function assignments(change: Readonly<Record<string, SqlValue>>): { sql: string; values: SqlValue[] } {
  const names = Object.keys(change);
  return { sql: names.map((name) => `${quoted(name)} = ?`).join(", "), values: Object.values(change) };
}

async function orNone<Row>(rows: Promise<readonly Row[]>): Promise<readonly Row[]> {
  try {
    return await rows;
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function shardFrom(row: Readonly<Record<string, unknown>>): ShardRow {
  const connection = row["seal_connection"];
  return {
    intent: String(row["intent"]) as Intent,
    sealConnection: connection === null ? undefined : Number(connection),
    applied: positionFrom(row["applied"]),
    sealedFrom: positionFrom(row["sealed_from"]),
    windowApplied: positionFrom(row["window_applied"]),
  };
}

function positionFrom(value: unknown): LogPosition | undefined {
  const text = cellText(value);
  return text === undefined ? undefined : (JSON.parse(text) as LogPosition);
}

function tableFrom(row: Readonly<Record<string, unknown>>): TableRow {
  const copiedTo = cellText(row["copied_to"]);
  return {
    table: String(row["table_name"]),
    kind: String(row["kind"]) as TableRow["kind"],
    phase: String(row["phase"]) as TablePhase,
    sourceId: cellText(row["source_id"]),
    shadowId: cellText(row["shadow_id"]),
    copiedTo: copiedTo === undefined ? undefined : (JSON.parse(copiedTo) as readonly string[]),
    rowsCopied: Number(row["rows_copied"]),
    rowsEstimated: Number(row["rows_estimated"]),
    rowsChecked: Number(row["rows_checked"]),
    repaired: Number(row["repaired"]),
  };
}

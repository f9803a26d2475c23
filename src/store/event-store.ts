import { holdsLane, isOver, queueKey, type DeploymentView, type EventStore, type StoredEvent } from "#deploy";
import { CodedError } from "#kernel";
import { markIn } from "./outbox.ts";
import { datetime, json, text, time, whole } from "./read.ts";
import { isDuplicate, type Database, type Sql, type Value } from "./sql.ts";

/** Undoes the transaction; the caller hears "conflict". */
const CONFLICT = "store/conflict";

/** Event streams; the view of the deployment and the marks of its subjects are kept in the same transaction. */
export function createEventStore(database: Database): EventStore {
  return {
    async load(stream) {
      const rows = await database.rows(
        "SELECT `version`, `type`, `payload`, `data`, `at` FROM `event` WHERE `stream` = ? ORDER BY `version`",
        [stream],
      );
      const events = rows.map((row): StoredEvent => ({
        type: text(row, "type"),
        payload: whole(row, "payload"),
        data: json(row, "data"),
        at: time(row, "at"),
      }));
      return { version: events.length, events };
    },

    async version(stream) {
      const [row] = await database.rows(
        "SELECT COALESCE(MAX(`version`), 0) AS `version` FROM `event` WHERE `stream` = ?",
        [stream],
      );
      return row === undefined ? 0 : whole(row, "version");
    },

    async append(stream, expectedVersion, events, together) {
      try {
        await database.together(async (sql) => {
          await insertEvents(sql, stream, expectedVersion, events);
          await keepView(sql, together.view, expectedVersion === 0);
          await markIn(sql, together.subjects);
        });
        return "appended";
      } catch (error) {
        // The same version, the same merge, or a lane that is taken: the caller looks again.
        if ((error instanceof CodedError && error.code === CONFLICT) || isDuplicate(error)) return "conflict";
        throw error;
      }
    },
  };
}

async function insertEvents(sql: Sql, stream: string, after: number, events: readonly StoredEvent[]): Promise<void> {
  const [row] = await sql.rows("SELECT COALESCE(MAX(`version`), 0) AS `version` FROM `event` WHERE `stream` = ?", [
    stream,
  ]);
  if (row === undefined || whole(row, "version") !== after) throw new CodedError(CONFLICT, "The stream has moved on");
  for (const [index, event] of events.entries()) {
    // Two at once meet on the primary key.
    await sql.run(
      "INSERT INTO `event` (`stream`, `version`, `type`, `payload`, `data`, `at`) VALUES (?, ?, ?, ?, ?, ?)",
      [stream, after + index + 1, event.type, event.payload, JSON.stringify(event.data), datetime(event.at)],
    );
  }
}

async function keepView(sql: Sql, view: DeploymentView, isNew: boolean): Promise<void> {
  const { progress: _progress, ...kept } = view;
  const moving: readonly Value[] = [
    view.at,
    isOver(view.at) ? 0 : 1,
    holdsLane(view.at) ? view.database : null,
    queueKey(view),
    view.version,
    JSON.stringify(kept),
    datetime(view.updatedAt),
  ];
  if (!isNew) {
    await sql.run(
      "UPDATE `deployment` SET `state` = ?, `is_open` = ?, `lane` = ?, `queue_key` = ?, `version` = ?, `view` = ?," +
        " `updated_at` = ? WHERE `id` = ?",
      [...moving, view.id],
    );
    return;
  }
  const { origin } = view;
  await sql.run(
    "INSERT INTO `deployment` (`state`, `is_open`, `lane`, `queue_key`, `version`, `view`, `updated_at`, `id`," +
      " `group_name`, `database_name`, `channel`, `owner`, `repository`, `pull`, `merge_sha`, `created_at`)" +
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [
      ...moving,
      view.id,
      view.group,
      view.database,
      view.channel,
      origin?.repository.owner ?? null,
      origin?.repository.name ?? null,
      origin?.pull ?? null,
      origin?.mergeSha ?? null,
      datetime(view.createdAt),
    ],
  );
}

import { gunzipSync, gzipSync } from "node:zlib";
import type { Delivery, Inbox } from "#deploy";
import { bytes, text, textOrNone, whole } from "./read.ts";
import { isDuplicate, type Database, type Row } from "./sql.ts";

/** After this many tries a delivery stays for people to look at. */
const MOST_TRIES = 12;
const FORGOTTEN_AT_ONCE = 1000;
/** Pause before the next try, milliseconds: 1 s, 2 s, 4 s, … at most 5 min. */
const pauseMs = (tries: number): number => Math.min(300_000, 500 * 2 ** Math.min(tries, 12));

/** Webhook deliveries by their id; the payload is kept compressed and only until it is done. */
export function createInbox(database: Database): Inbox {
  return {
    async receive(delivery) {
      try {
        await database.run(
          "INSERT INTO `delivery` (`id`, `event`, `action`, `payload`, `state`, `tries`, `run_at`, `received_at`)" +
            " VALUES (?, ?, ?, ?, 'waiting', 0, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))",
          [delivery.id, delivery.event, delivery.action ?? null, gzipSync(JSON.stringify(delivery.payload))],
        );
        return "new";
      } catch (error) {
        if (isDuplicate(error)) return "known";
        throw error;
      }
    },

    claim(limit, claimMs) {
      return database.together(async (sql) => {
        const rows = await sql.rows(
          "SELECT `seq`, `id`, `event`, `action`, `payload` FROM `delivery`" +
            " WHERE `state` = 'waiting' AND `run_at` <= UTC_TIMESTAMP(3) ORDER BY `seq`" +
            ` LIMIT ${Math.max(0, Math.trunc(limit))} FOR UPDATE SKIP LOCKED`,
        );
        for (const row of rows) {
          await sql.run(
            "UPDATE `delivery` SET `run_at` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, `tries` = `tries` + 1 WHERE `seq` = ?",
            [Math.round(claimMs * 1000), whole(row, "seq")],
          );
        }
        return rows.map(deliveryOf);
      });
    },

    async done(id) {
      await database.run(
        "UPDATE `delivery` SET `state` = 'done', `payload` = NULL, `error_code` = NULL WHERE `id` = ?",
        [id],
      );
    },

    async failed(id, code, retryMs) {
      await database.together(async (sql) => {
        const [row] = await sql.rows("SELECT `tries` FROM `delivery` WHERE `id` = ? FOR UPDATE", [id]);
        if (row === undefined) return;
        const tries = whole(row, "tries");
        await sql.run(
          "UPDATE `delivery` SET `state` = IF(`state` = 'done', 'done', ?), `error_code` = ?, `tries` = ?," +
            " `run_at` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND WHERE `id` = ?",
          retryMs === undefined
            ? [tries >= MOST_TRIES ? "failed" : "waiting", code, tries, pauseMs(tries) * 1000, id]
            : ["waiting", code, Math.max(0, tries - 1), Math.round(retryMs * 1000), id],
        );
      });
    },

    async forget(olderMs) {
      // By the key `due`: a delivery's last `run_at` is the end of its claim.
      return await database.run(
        "DELETE FROM `delivery` WHERE `state` = 'done' AND `run_at` < UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND" +
          ` ORDER BY \`run_at\` LIMIT ${FORGOTTEN_AT_ONCE}`,
        [Math.round(olderMs * 1000)],
      );
    },
  };
}

function deliveryOf(row: Row): Delivery {
  const action = textOrNone(row, "action");
  return {
    id: text(row, "id"),
    event: text(row, "event"),
    ...(action === undefined ? {} : { action }),
    payload: JSON.parse(gunzipSync(bytes(row, "payload")).toString("utf8")) as unknown,
  };
}

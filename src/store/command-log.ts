import type { CommandAnswer, CommandLog } from "#deploy";
import { json } from "./read.ts";
import type { Database } from "./sql.ts";

/** First answers by key; a later one does not replace it. */
export function createCommandLog(database: Database): CommandLog {
  return {
    async find(key) {
      const [row] = await database.rows("SELECT `answer` FROM `command` WHERE `key` = ?", [key]);
      return row === undefined ? undefined : json<CommandAnswer>(row, "answer");
    },

    async put(key, answer) {
      await database.run(
        "INSERT INTO `command` (`key`, `answer`, `at`) VALUES (?, ?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE `key` = `key`",
        [key, JSON.stringify(answer)],
      );
    },
  };
}

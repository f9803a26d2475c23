import type { Publications } from "#deploy";
import { text } from "./read.ts";
import type { Database } from "./sql.ts";

/** What was published where. */
export function createPublications(database: Database): Publications {
  return {
    async get({ repository, pull }, kind) {
      const [row] = await database.rows(
        "SELECT `external_id`, `hash` FROM `publication` WHERE `owner` = ? AND `repository` = ? AND `pull` = ? AND `kind` = ?",
        [repository.owner, repository.name, pull, kind],
      );
      return row === undefined ? undefined : { externalId: text(row, "external_id"), hash: text(row, "hash") };
    },

    async put({ repository, pull }, kind, externalId, hash) {
      await database.run(
        "INSERT INTO `publication` (`owner`, `repository`, `pull`, `kind`, `external_id`, `hash`, `updated_at`)" +
          " VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))" +
          " ON DUPLICATE KEY UPDATE `external_id` = ?, `hash` = ?, `updated_at` = UTC_TIMESTAMP(3)",
        [repository.owner, repository.name, pull, kind, externalId, hash, externalId, hash],
      );
    },
  };
}

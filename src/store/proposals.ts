import type { Proposal, Proposals } from "#deploy";
import { markIn } from "./outbox.ts";
import { datetime, json } from "./read.ts";
import type { Database } from "./sql.ts";

/** The latest proposal per database and pull request head. */
export function createProposals(database: Database): Proposals {
  return {
    async put(proposal) {
      const { repository, pull, headSha } = proposal;
      await database.together(async (sql) => {
        await sql.run(
          "REPLACE INTO `proposal` (`owner`, `repository`, `pull`, `head_sha`, `database_name`, `body`, `created_at`)" +
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
          [
            repository.owner,
            repository.name,
            pull,
            headSha,
            proposal.database,
            JSON.stringify(proposal),
            datetime(proposal.createdAt),
          ],
        );
        await markIn(sql, [{ repository, pull }]);
      });
    },

    async list({ repository, pull }, headSha) {
      const rows = await database.rows(
        "SELECT `body` FROM `proposal` WHERE `owner` = ? AND `repository` = ? AND `pull` = ? AND `head_sha` = ?" +
          " ORDER BY `database_name`",
        [repository.owner, repository.name, pull, headSha],
      );
      return rows.map((row) => json<Proposal>(row, "body"));
    },
  };
}

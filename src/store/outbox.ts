import { randomUUID } from "node:crypto";
import type { Outbox, Subject } from "#deploy";
import { text, whole } from "./read.ts";
import type { Database, Row, Sql } from "./sql.ts";

/** Subjects whose public face is out of date: one row each, which counts its marks. */
export function createOutbox(database: Database): Outbox {
  return {
    async mark(subject) {
      await markIn(database, [subject]);
    },

    claim(limit, claimMs) {
      return database.together(async (sql) => {
        const rows = await sql.rows(
          "SELECT `owner`, `repository`, `pull` FROM `outbox` WHERE `run_at` <= UTC_TIMESTAMP(3) ORDER BY `run_at`" +
            ` LIMIT ${Math.max(0, Math.trunc(limit))} FOR UPDATE SKIP LOCKED`,
        );
        const claims = rows.map((row) => ({ subject: subjectOf(row), ticket: randomUUID() }));
        for (const { subject, ticket } of claims) {
          await sql.run(
            "UPDATE `outbox` SET `ticket` = ?, `claimed_marks` = `marks`," +
              " `run_at` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND WHERE `owner` = ? AND `repository` = ? AND `pull` = ?",
            [ticket, Math.round(claimMs * 1000), subject.repository.owner, subject.repository.name, subject.pull],
          );
        }
        return claims;
      });
    },

    async renew(ticket, claimMs) {
      const renewed = await database.run(
        "UPDATE `outbox` SET `run_at` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND WHERE `ticket` = ? AND `run_at` > UTC_TIMESTAMP(3)",
        [Math.round(claimMs * 1000), ticket],
      );
      return renewed === 1;
    },

    async done(ticket) {
      await database.together(async (sql) => {
        const gone = await sql.run("DELETE FROM `outbox` WHERE `ticket` = ? AND `marks` = `claimed_marks`", [ticket]);
        // Marked again while it was being published: once more.
        if (gone === 0) {
          await sql.run("UPDATE `outbox` SET `ticket` = NULL, `run_at` = UTC_TIMESTAMP(3) WHERE `ticket` = ?", [
            ticket,
          ]);
        }
      });
    },

    async failed(ticket, code, retryMs) {
      await database.run(
        "UPDATE `outbox` SET `ticket` = NULL, `error_code` = ?, `run_at` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND" +
          " WHERE `ticket` = ?",
        [code, Math.round(retryMs * 1000), ticket],
      );
    },
  };
}

/** Marks in whatever transaction the caller is in; always in one order, so that two cannot wait for each other. */
export async function markIn(sql: Sql, subjects: readonly Subject[]): Promise<void> {
  const sorted = [...subjects].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  for (const { repository, pull } of sorted) {
    await sql.run(
      "INSERT INTO `outbox` (`owner`, `repository`, `pull`, `marks`, `claimed_marks`, `run_at`)" +
        " VALUES (?, ?, ?, 1, 0, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE `marks` = `marks` + 1",
      [repository.owner, repository.name, pull],
    );
  }
}

function subjectOf(row: Row): Subject {
  return {
    repository: { owner: text(row, "owner"), name: text(row, "repository") },
    pull: whole(row, "pull"),
  };
}

function keyOf({ repository, pull }: Subject): string {
  return `${repository.owner}/${repository.name}#${pull}`.toLowerCase();
}

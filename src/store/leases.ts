import type { Leases } from "#deploy";
import { big, whole } from "./read.ts";
import type { Database, Sql } from "./sql.ts";

/** Times are the control database's own, so that clocks of workers do not matter. */
const EXPIRY = "UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND";

/** Leases by name; fences come from one counter, so a later holder of anything has a greater one than all before. */
export function createLeases(database: Database): Leases {
  return {
    take(name, holder, ttlMs) {
      return database.together(async (sql) => {
        // The row is there before it is locked: two who find none must not both believe they were first.
        await sql.run(
          "INSERT INTO `lease` (`name`, `holder`, `fence`, `expires_at`) VALUES (?, '', 0, '2000-01-01')" +
            " ON DUPLICATE KEY UPDATE `name` = `name`",
          [name],
        );
        const [row] = await sql.rows(
          "SELECT `expires_at` <= UTC_TIMESTAMP(3) AS `free` FROM `lease` WHERE `name` = ? FOR UPDATE",
          [name],
        );
        if (row === undefined || whole(row, "free") === 0) return undefined;
        const fence = await nextFence(sql);
        await sql.run(
          `UPDATE \`lease\` SET \`holder\` = ?, \`fence\` = ?, \`expires_at\` = ${EXPIRY} WHERE \`name\` = ?`,
          [holder, fence, micros(ttlMs), name],
        );
        return { fence };
      });
    },

    async renew(name, holder, fence, ttlMs) {
      const renewed = await database.run(
        `UPDATE \`lease\` SET \`expires_at\` = ${EXPIRY}` +
          " WHERE `name` = ? AND `holder` = ? AND `fence` = ? AND `expires_at` > UTC_TIMESTAMP(3)",
        [micros(ttlMs), name, holder, fence],
      );
      return renewed === 1;
    },

    async release(name, holder, fence) {
      await database.run(
        "UPDATE `lease` SET `expires_at` = '2000-01-01' WHERE `name` = ? AND `holder` = ? AND `fence` = ?",
        [name, holder, fence],
      );
    },
  };
}

async function nextFence(sql: Sql): Promise<bigint> {
  await sql.run(
    "INSERT INTO `counter` (`name`, `value`) VALUES ('fence', 1) ON DUPLICATE KEY UPDATE `value` = `value` + 1",
  );
  const [row] = await sql.rows("SELECT `value` FROM `counter` WHERE `name` = 'fence'");
  return row === undefined ? 1n : big(row, "value");
}

function micros(ms: number): number {
  return Math.round(ms * 1000);
}

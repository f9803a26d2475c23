import type { Deployments, DeploymentView } from "#deploy";
import { parseDeploymentId } from "#kernel";
import { markIn } from "./outbox.ts";
import { json, text, textOrNone, whole } from "./read.ts";
import type { Database, Row, Value } from "./sql.ts";

/**
 * How many deployments of the database go before a queued one: those at work, and those queued with a smaller key.
 * Mirrors `queuePlace` of the deploy room; a test holds them equal.
 */
const PLACE =
  "(SELECT COUNT(*) FROM `deployment` `o` WHERE `d`.`state` = 'queued' AND `o`.`database_name` = `d`.`database_name`" +
  " AND `o`.`is_open` = 1 AND `o`.`id` <> `d`.`id` AND `o`.`state` <> 'blocked'" +
  " AND (`o`.`state` <> 'queued' OR `o`.`queue_key` < `d`.`queue_key`)) AS `place`";
const SELECT = `SELECT \`d\`.\`view\`, \`d\`.\`progress\`, ${PLACE} FROM \`deployment\` \`d\``;
const MOST = 1000;

/** Read views of deployments and their latest progress. */
export function createDeployments(database: Database): Deployments {
  return {
    async get(id) {
      const [row] = await database.rows(`${SELECT} WHERE \`d\`.\`id\` = ?`, [id]);
      return row === undefined ? undefined : viewOf(row);
    },

    async list(query) {
      const { where, values } = conditions(query);
      const rows = await database.rows(
        `${SELECT}${where} ORDER BY \`d\`.\`queue_key\` DESC LIMIT ${Math.max(0, Math.trunc(query.limit ?? MOST))}`,
        values,
      );
      return rows.map(viewOf).reverse();
    },

    async findByMerge(name, mergeSha) {
      const [row] = await database.rows("SELECT `id` FROM `deployment` WHERE `database_name` = ? AND `merge_sha` = ?", [
        name,
        mergeSha,
      ]);
      return row === undefined ? undefined : parseDeploymentId(text(row, "id"));
    },

    async putProgress(id, progress, news) {
      const body = JSON.stringify(progress);
      await database.run("UPDATE `deployment` SET `progress` = ? WHERE `id` = ?", [body, id]);
      if (news !== undefined) await markIn(database, [news]);
    },
  };
}

function conditions(query: Parameters<Deployments["list"]>[0]): { where: string; values: readonly Value[] } {
  const parts: [string, readonly Value[]][] = [];
  if (query.group !== undefined) parts.push(["`d`.`group_name` = ?", [query.group]]);
  if (query.database !== undefined) parts.push(["`d`.`database_name` = ?", [query.database]]);
  if (query.open === true) parts.push(["`d`.`is_open` = 1", []]);
  if (query.subject !== undefined) {
    const { repository, pull } = query.subject;
    parts.push([
      "`d`.`owner` = ? AND `d`.`repository` = ? AND `d`.`pull` = ?",
      [repository.owner, repository.name, pull],
    ]);
  }
  if (parts.length === 0) return { where: "", values: [] };
  return {
    where: ` WHERE ${parts.map(([part]) => part).join(" AND ")}`,
    values: parts.flatMap(([, values]) => values),
  };
}

function viewOf(row: Row): DeploymentView {
  const view = json<DeploymentView>(row, "view");
  const progress = textOrNone(row, "progress");
  return {
    ...view,
    queuePlace: whole(row, "place"),
    ...(progress === undefined ? {} : { progress: json<NonNullable<DeploymentView["progress"]>>(row, "progress") }),
  };
}

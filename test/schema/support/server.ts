import { createConnection, type Connection, type RowDataPacket } from "mysql2/promise";
import { startMysql } from "#sandbox";
import type { CanonicalObject, CanonicalSchema } from "#schema";

/** A private server with one connection whose session prints canonical text. */
export interface SchemaServer extends AsyncDisposable {
  readonly connection: Connection;
  /** Empty database of that name, in use. */
  fresh(database: string): Promise<void>;
  run(statements: readonly string[]): Promise<void>;
  read(): Promise<CanonicalSchema>;
  rows(sql: string): Promise<readonly Record<string, unknown>[]>;
}

export async function startSchemaServer(): Promise<SchemaServer> {
  const server = await startMysql({
    label: "schema",
    args: ["--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=OFF"],
  });
  const connection = await createConnection({ uri: server.dsn(), charset: "utf8mb4" });
  await connection.query("SET SESSION sql_mode=''");
  const rows = async (sql: string): Promise<readonly Record<string, unknown>[]> =>
    (await connection.query<RowDataPacket[]>(sql))[0];
  return {
    connection,
    rows,
    fresh: async (database) => {
      await connection.query(`DROP DATABASE IF EXISTS \`${database}\``);
      await connection.query(`CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci`);
      await connection.query(`USE \`${database}\``);
    },
    run: async (statements) => {
      for (const statement of statements) await connection.query(statement);
    },
    read: async () => {
      const objects: CanonicalObject[] = [];
      for (const row of await rows("SHOW FULL TABLES")) {
        const [name, type] = Object.values(row).map(String);
        if (name === undefined) continue;
        const kind = type === "VIEW" ? "view" : "table";
        const [created] = await rows(`SHOW CREATE ${kind} \`${name.replaceAll("`", "``")}\``);
        objects.push({ kind, name, sql: String(Object.values(created ?? {})[1]) });
      }
      const [version] = await rows("SELECT VERSION() AS v");
      return {
        flavour: "mysql",
        version: String(version?.["v"]),
        charset: "utf8mb4",
        collation: "utf8mb4_0900_ai_ci",
        objects,
      };
    },
    [Symbol.asyncDispose]: async () => {
      await connection.end();
      await server[Symbol.asyncDispose]();
    },
  };
}

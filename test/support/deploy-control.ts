import { readdir, readFile } from "node:fs/promises";
import { silentLog, systemClock } from "#kernel";
import { openControl } from "#store";
import { createConnection } from "mysql2/promise";

/** A fresh control database of its own on a test's server, as the shipped schema files declare it. */
export async function freshControl(dsn: (database?: string) => string, name: string) {
  const connection = await createConnection({ uri: dsn(), multipleStatements: true });
  try {
    await connection.query(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    await connection.query(`USE \`${name}\``);
    for (const sql of await controlSchemas()) await connection.query(sql.text);
  } finally {
    await connection.end();
  }
  return await openControl({ dsn: dsn(name), clock: systemClock, log: silentLog });
}

/** The shipped schema files, by name. */
export async function controlSchemas(): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const folder = new URL("../../schemas/control/", import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return await Promise.all(
    names.map(async (name) => ({
      name: name.replace(/\.sql$/, ""),
      text: await readFile(new URL(name, folder), "utf8"),
    })),
  );
}

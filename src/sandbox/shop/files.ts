import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createConnection } from "mysql2/promise";

const FOLDER = resolve(import.meta.dirname, "../../../schemas/shop");

/** The shop's schema: file name, such as `carts.sql`, to its text. */
export type ShopFiles = Readonly<Record<string, string>>;

export function shopFiles(): ShopFiles {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".sql"));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(FOLDER, name), "utf8")]));
}

/** Creates the DSN's database and in it the tables of `files`, which must not be there yet. */
export async function createShop(dsn: string, files: ShopFiles = shopFiles()): Promise<void> {
  const url = new URL(dsn);
  const database = url.pathname.slice(1);
  url.pathname = "/";
  const connection = await createConnection({ uri: url.href });
  try {
    await connection.query("CREATE DATABASE IF NOT EXISTS ?? DEFAULT CHARACTER SET utf8mb4", [database]);
    await connection.query("USE ??", [database]);
    // The files come in alphabetical order; a child's may be before its parent's.
    await connection.query("SET foreign_key_checks = 0");
    for (const sql of Object.values(files)) await connection.query(sql);
  } finally {
    await connection.end();
  }
}

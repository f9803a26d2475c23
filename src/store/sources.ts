import { gunzipSync, gzipSync } from "node:zlib";
import type { Sources } from "#deploy";
import { canonicalJson, sha256Hex } from "#kernel";
import { bytes } from "./read.ts";
import type { Database } from "./sql.ts";

type Files = Parameters<Sources["put"]>[0];

/** Authored files by content hash, compressed. */
export function createSources(database: Database): Sources {
  return {
    async put(files) {
      const text = canonicalJson([...files].sort((a, b) => (a.path < b.path ? -1 : 1)));
      const hash = sha256Hex(text);
      await database.run(
        "INSERT INTO `source` (`hash`, `files`, `created_at`) VALUES (?, ?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE `hash` = `hash`",
        [hash, gzipSync(text)],
      );
      return hash;
    },

    async get(hash) {
      const [row] = await database.rows("SELECT `files` FROM `source` WHERE `hash` = ?", [hash]);
      return row === undefined ? undefined : (JSON.parse(gunzipSync(bytes(row, "files")).toString("utf8")) as Files);
    },
  };
}

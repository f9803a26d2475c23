import type { Check, ForeignKey, Key, KeyPart } from "../model.ts";
import { quoteName, quoteNames } from "../text/quote.ts";

const HEADS = {
  primary: "PRIMARY KEY",
  unique: "UNIQUE KEY",
  fulltext: "FULLTEXT KEY",
  spatial: "SPATIAL KEY",
  plain: "KEY",
} as const;

/** The key as the server prints it; also valid behind ADD. */
export function printKey(key: Key): string {
  const name = key.kind === "primary" ? "" : ` ${quoteName(key.name)}`;
  return [
    `${HEADS[key.kind]}${name} (${key.parts.map(printPart).join(",")})`,
    key.using === undefined ? "" : ` USING ${key.using}`,
    key.blockSize === undefined ? "" : ` KEY_BLOCK_SIZE=${key.blockSize}`,
    key.comment === undefined ? "" : ` COMMENT ${key.comment}`,
    key.invisible ? " /*!80000 INVISIBLE */" : "",
    // The blank behind the comment is the server's.
    key.parser === undefined ? "" : ` /*!50100 WITH PARSER ${quoteName(key.parser)} */ `,
    key.engineAttribute === undefined ? "" : ` /*!80021 ENGINE_ATTRIBUTE ${key.engineAttribute} */`,
    key.secondaryEngineAttribute === undefined
      ? ""
      : ` /*!80021 SECONDARY_ENGINE_ATTRIBUTE ${key.secondaryEngineAttribute} */`,
  ].join("");
}

function printPart(part: KeyPart): string {
  const what =
    part.kind === "expression"
      ? part.expression
      : `${quoteName(part.column)}${part.prefix === undefined ? "" : `(${part.prefix})`}`;
  return part.descending ? `${what} DESC` : what;
}

export function printForeignKey(key: ForeignKey): string {
  const parent =
    key.database === undefined ? quoteName(key.table) : `${quoteName(key.database)}.${quoteName(key.table)}`;
  return [
    `CONSTRAINT ${quoteName(key.name)} FOREIGN KEY (${quoteNames(key.columns)})`,
    ` REFERENCES ${parent} (${quoteNames(key.parentColumns)})`,
    key.onDelete === undefined ? "" : ` ON DELETE ${key.onDelete}`,
    key.onUpdate === undefined ? "" : ` ON UPDATE ${key.onUpdate}`,
  ].join("");
}

export function printCheck(check: Check): string {
  return `CONSTRAINT ${quoteName(check.name)} CHECK ${check.expression}${check.enforced ? "" : " /*!80016 NOT ENFORCED */"}`;
}

import type { Flavour } from "./canonical.ts";

/**
 * What a server can do: the only place that compares versions. Others read facts.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html
 */
export interface ServerFacts {
  readonly flavour: Flavour;
  /** As the server prints it. */
  readonly version: string;
  /** RENAME TABLE works under LOCK TABLES (MySQL 8.0.13, WL#9826). */
  readonly renameUnderLock: boolean;
  /** INSTANT ADD COLUMN: nowhere, as last column (8.0.12), anywhere and DROP too (8.0.29). */
  readonly instantAddColumn: "no" | "last" | "anywhere";
  /** SHOW BINARY LOG STATUS (8.2) instead of SHOW MASTER STATUS. */
  readonly binaryLogStatus: "SHOW BINARY LOG STATUS" | "SHOW MASTER STATUS";
  /** Foreign-key cascades appear as row events (MySQL 9.6). */
  readonly cascadesInBinlog: boolean;
  /** Expression defaults, CHECK constraints and functional indexes (8.0.13 / 8.0.16). */
  readonly checkConstraints: boolean;
}

export function serverFacts(flavour: Flavour, version: string): ServerFacts {
  const number = versionNumber(version);
  const mysql = flavour === "mysql";
  return {
    flavour,
    version,
    renameUnderLock: mysql && number >= 80013,
    instantAddColumn: mysql
      ? number >= 80029
        ? "anywhere"
        : number >= 80012
          ? "last"
          : "no"
      : number >= 100400
        ? "anywhere"
        : "no",
    binaryLogStatus: mysql && number >= 80200 ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS",
    cascadesInBinlog: mysql && number >= 90600,
    checkConstraints: mysql ? number >= 80016 : number >= 100201,
  };
}

/** `8.0.29-log` as 80029, `10.11.6-MariaDB` as 101106. */
function versionNumber(version: string): number {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (match === null) return 0;
  return Number(match[1]) * 10_000 + Number(match[2]) * 100 + Number(match[3]);
}

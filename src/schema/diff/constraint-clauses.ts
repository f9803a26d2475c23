import type { Check, ForeignKey } from "../model.ts";
import { printCheck, printForeignKey } from "../print/print-key.ts";
import { quoteName } from "../text/quote.ts";
import type { ClauseOf } from "./clause.ts";

export function addForeignKey(foreignKey: ForeignKey): ClauseOf<"add-foreign-key"> {
  return {
    kind: "add-foreign-key",
    foreignKey,
    sql: `ADD ${printForeignKey(foreignKey)}`,
    inverse: `DROP FOREIGN KEY ${quoteName(foreignKey.name)}`,
    danger: "may-not-fit",
    summary: `add ${printForeignKey(foreignKey)}`,
  };
}

export function dropForeignKey(foreignKey: ForeignKey): ClauseOf<"drop-foreign-key"> {
  return {
    kind: "drop-foreign-key",
    foreignKey,
    sql: `DROP FOREIGN KEY ${quoteName(foreignKey.name)}`,
    inverse: `ADD ${printForeignKey(foreignKey)}`,
    danger: "gives-up-guarantee",
    summary: `drop foreign key ${quoteName(foreignKey.name)}`,
  };
}

export function addCheck(check: Check): ClauseOf<"add-check"> {
  return {
    kind: "add-check",
    check,
    sql: `ADD ${printCheck(check)}`,
    inverse: `DROP CHECK ${quoteName(check.name)}`,
    danger: check.enforced ? "may-not-fit" : "none",
    summary: `add ${printCheck(check)}`,
  };
}

export function dropCheck(check: Check): ClauseOf<"drop-check"> {
  return {
    kind: "drop-check",
    check,
    sql: `DROP CHECK ${quoteName(check.name)}`,
    inverse: `ADD ${printCheck(check)}`,
    danger: check.enforced ? "gives-up-guarantee" : "none",
    summary: `drop check ${quoteName(check.name)}`,
  };
}

/** @param check as it shall be */
export function checkEnforcement(check: Check): ClauseOf<"check-enforcement"> {
  const sql = (enforced: boolean): string => `ALTER CHECK ${quoteName(check.name)} ${enforced ? "" : "NOT "}ENFORCED`;
  return {
    kind: "check-enforcement",
    check,
    sql: sql(check.enforced),
    inverse: sql(!check.enforced),
    danger: check.enforced ? "may-not-fit" : "gives-up-guarantee",
    summary: `${check.enforced ? "enforce" : "no longer enforce"} check ${quoteName(check.name)}`,
  };
}

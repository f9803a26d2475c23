import { sameName } from "../model.ts";
import { quoteName } from "../text/quote.ts";
import { finding, touchedColumns } from "./finding.ts";
import type { LintRule } from "./rule.ts";

const LARGEST: Readonly<Record<string, readonly [signed: string, unsigned: string]>> = {
  tinyint: ["127", "255"],
  smallint: ["32,767", "65,535"],
  mediumint: ["8,388,607", "16,777,215"],
  int: ["2,147,483,647", "4,294,967,295"],
};

/** A numbering primary key that ends one day ends at the worst moment. */
export const keyCapacity: LintRule = {
  name: "key-capacity",
  check: (context) =>
    touchedColumns(context).flatMap(({ table, column }) => {
      const largest = LARGEST[column.type.name];
      const isKey = table.keys.some(
        (key) =>
          key.kind === "primary" &&
          key.parts.some((part) => part.kind === "column" && sameName(part.column, column.name)),
      );
      if (!column.autoIncrement || !isKey || largest === undefined) return [];
      return [
        finding(
          context,
          {
            rule: "key-capacity",
            severity: column.type.name === "int" ? "notice" : "warning",
            message: `${quoteName(table.name)}.${quoteName(column.name)} numbers rows up to ${largest[column.type.unsigned ? 1 : 0]}`,
            hint: "Use bigint unsigned.",
          },
          table.name,
          column.name,
        ),
      ];
    }),
};

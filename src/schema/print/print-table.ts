import type { Table, TableOption } from "../model.ts";
import { quoteName } from "../text/quote.ts";
import { printColumn } from "./print-column.ts";
import { printCheck, printForeignKey, printKey } from "./print-key.ts";

/** The CREATE TABLE statement exactly as the server prints it. */
export function printTable(table: Table): string {
  const lines = [
    ...table.columns.map(printColumn),
    ...table.keys.map(printKey),
    ...table.foreignKeys.map(printForeignKey),
    ...table.checks.map(printCheck),
  ];
  const options = table.options.map((option) => ` ${printOption(option)}`).join("");
  const partition = table.partition === undefined ? "" : `\n${table.partition}`;
  return `CREATE TABLE ${quoteName(table.name)} (\n  ${lines.join(",\n  ")}\n)${options}${partition}`;
}

/** Also valid as an ALTER TABLE clause. */
export function printOption(option: TableOption): string {
  const text = option.name === "TABLESPACE" ? `TABLESPACE ${option.value}` : `${option.name}=${option.value}`;
  return option.version === undefined ? text : `/*!${option.version} ${text} */`;
}

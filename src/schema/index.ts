export type {
  AuthoredFile,
  AuthoredStatement,
  CanonicalObject,
  CanonicalSchema,
  Flavour,
  ObjectKind,
} from "./canonical.ts";
export { bytesPerCharacter, charsetOf, defaultCollation, tableCharset, type Charset } from "./charset.ts";
export { comparableText, sameTable, schemaShape, withoutAutoIncrement } from "./compare.ts";
export type { Clause, ClauseOf, Danger } from "./diff/clause.ts";
export { conversionOf, type Conversion, type ConversionNote } from "./diff/conversion.ts";
export type { Renames } from "./diff/diff-columns.ts";
export { recollatedUniques } from "./diff/recollated.ts";
export {
  diffSchemas,
  type AlterTable,
  type CreateTable,
  type DiffOptions,
  type DropTable,
  type SchemaChange,
  type UnhandledChange,
} from "./diff/diff-schemas.ts";
export { alterTableSql, diffTables, type TableDiffOptions } from "./diff/diff-table.ts";
export {
  columnOf,
  optionOf,
  sameName,
  type Check,
  type Column,
  type ColumnDefault,
  type ColumnType,
  type ForeignKey,
  type Generated,
  type Key,
  type KeyKind,
  type KeyPart,
  type Table,
  type TableOption,
} from "./model.ts";
export { orderChanges, orderStatements, type OrderedStatement, type TableChange } from "./order/order-changes.ts";
export { parseTable, type ParsedTable } from "./parse/parse-table.ts";
export { printColumn, printType } from "./print/print-column.ts";
export { printCheck, printForeignKey, printKey } from "./print/print-key.ts";
export { printTable } from "./print/print-table.ts";
export { serverFacts, type ServerFacts } from "./server-facts.ts";
export { quoteName, quoteNames } from "./text/quote.ts";
export type { Algorithm, Verdict } from "./classify/algorithm.ts";
export { classifyAlter } from "./classify/classify.ts";
export { lint } from "./lint/lint.ts";
export type { LintContext, LintFinding, LintRule } from "./lint/rule.ts";
export { columnsWithoutValue } from "./lint/columns-without-value.ts";
export { splitFiles, type SplitResult } from "./split/split-files.ts";
export { mentionsOf, type Mentions } from "./mentions/mentions.ts";
export { triggerTable } from "./mentions/trigger-table.ts";

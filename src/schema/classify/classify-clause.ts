import type { Clause } from "../diff/clause.ts";
import { optionOf } from "../model.ts";
import { quoteName } from "../text/quote.ts";
import type { Verdict } from "./algorithm.ts";
import { classifyColumn } from "./classify-column.ts";
import { hasFulltext, rebuild, type ClassifyContext } from "./context.ts";

/**
 * One clause alone, on MySQL 8.0.13 or newer. Checked against the server's own answer to `ALGORITHM=` in the tests: it
 * may be too careful, but never calls instant what is not.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html
 */
export function classifyClause(clause: Clause, context: ClassifyContext): Verdict {
  switch (clause.kind) {
    case "add-column":
      return classifyAddColumn(clause, context);
    case "drop-column":
      return classifyDropColumn(clause, context);
    case "modify-column":
      return classifyColumn(clause, context);
    case "add-key":
      return classifyAddKey(clause, context);
    case "drop-key":
      if (clause.key.kind !== "primary") return { algorithm: "inplace", why: "a key is dropped" };
      return context.clauses.some((other) => other.kind === "add-key" && other.key.kind === "primary")
        ? { algorithm: "inplace-rebuild", why: "the primary key changes" }
        : { algorithm: "copy", why: "the primary key is dropped" };
    case "rename-key":
    case "key-visibility":
      return { algorithm: "inplace", why: "only the key's description changes" };
    case "add-foreign-key":
      return { algorithm: "copy", why: "a foreign key is added with checking" };
    case "drop-foreign-key":
      return { algorithm: "inplace", why: "a foreign key is dropped" };
    case "add-check":
    case "check-enforcement":
      return clause.check.enforced
        ? { algorithm: "copy", why: `every row is checked against ${quoteName(clause.check.name)}` }
        : { algorithm: "instant", why: "a check is not enforced" };
    case "drop-check":
      return { algorithm: "instant", why: "a check is dropped" };
    case "set-option":
      return classifyOption(clause.option, context);
  }
}

function classifyAddColumn(clause: Extract<Clause, { kind: "add-column" }>, context: ClassifyContext): Verdict {
  const { column } = clause;
  const name = quoteName(column.name);
  const isLast = !/ (FIRST|AFTER `(?:[^`]|``)+`)$/.test(clause.sql);
  if (column.autoIncrement) return { algorithm: "inplace-rebuild", why: `${name} numbers the rows` };
  if (column.generated?.kind === "STORED") return { algorithm: "copy", why: `${name} is computed and stored` };
  if (column.default?.kind === "expression") return { algorithm: "copy", why: `${name} has an expression as default` };
  if (column.generated !== undefined) {
    return isLast
      ? { algorithm: "instant", why: "a virtual column is added" }
      : { algorithm: "copy", why: `the virtual column ${name} is added between others` };
  }
  const blocker = instantBlocker(context);
  if (blocker !== undefined) return blocker;
  const { instantAddColumn } = context.facts;
  if (instantAddColumn === "anywhere" || (instantAddColumn === "last" && isLast)) {
    return { algorithm: "instant", why: "a column is added" };
  }
  return { algorithm: "inplace-rebuild", why: "a column is added" };
}

function classifyDropColumn(clause: Extract<Clause, { kind: "drop-column" }>, context: ClassifyContext): Verdict {
  if (clause.column.generated?.kind === "VIRTUAL") return { algorithm: "instant", why: "a virtual column is dropped" };
  const blocker = instantBlocker(context);
  if (blocker !== undefined) return blocker;
  return context.facts.instantAddColumn === "anywhere"
    ? { algorithm: "instant", why: "a column is dropped" }
    : { algorithm: "inplace-rebuild", why: "a column is dropped" };
}

/** FULLTEXT forbids online rebuilds altogether, COMPRESSED forbids instant changes. */
function instantBlocker(context: ClassifyContext): Verdict | undefined {
  if (hasFulltext(context)) return { algorithm: "copy", why: "the table has a FULLTEXT key" };
  if (optionOf(context.from, "ROW_FORMAT") === "COMPRESSED" || optionOf(context.from, "KEY_BLOCK_SIZE") !== undefined) {
    return { algorithm: "inplace-rebuild", why: "the table is compressed" };
  }
  return undefined;
}

function classifyAddKey(clause: Extract<Clause, { kind: "add-key" }>, context: ClassifyContext): Verdict {
  if (clause.key.kind === "primary") return rebuild("the primary key changes", context);
  if (clause.key.kind === "fulltext" && !hasFulltext(context)) {
    return { algorithm: "inplace-rebuild", why: "the first FULLTEXT key adds a hidden column" };
  }
  return { algorithm: "inplace", why: `key ${quoteName(clause.key.name)} is built` };
}

const REBUILDING_OPTIONS = new Set(["ROW_FORMAT", "KEY_BLOCK_SIZE"]);

function classifyOption(option: string, context: ClassifyContext): Verdict {
  if (option === "ENGINE" || option === "ENCRYPTION" || option === "TABLESPACE") {
    return { algorithm: "copy", why: `the table gets another ${option}` };
  }
  return REBUILDING_OPTIONS.has(option)
    ? rebuild(`the table gets another ${option}`, context)
    : { algorithm: "inplace", why: `table option ${option} changes` };
}

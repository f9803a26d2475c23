import { brokenMention } from "./broken-mention.ts";
import { dropColumn } from "./drop-column.ts";
import { dropTable } from "./drop-table.ts";
import { floatMoney } from "./float-money.ts";
import { keyCapacity } from "./key-capacity.ts";
import { longName } from "./long-name.ts";
import { narrowedCharset, narrowedType, newNotNull } from "./lossy-conversion.ts";
import { newCheck } from "./new-check.ts";
import { newUniqueKey } from "./new-unique-key.ts";
import { noPrimaryKey } from "./no-primary-key.ts";
import { notNullWithoutDefault } from "./not-null-without-default.ts";
import { possibleRename } from "./possible-rename.ts";
import { redundantKey } from "./redundant-key.ts";
import { renamedColumn } from "./renamed-column.ts";
import type { LintContext, LintFinding, LintRule } from "./rule.ts";
import { zeroDate } from "./zero-date.ts";

/** Every rule there is. A new one is a file, a line here and a test. */
const LINT_RULES: readonly LintRule[] = [
  noPrimaryKey,
  dropTable,
  dropColumn,
  possibleRename,
  renamedColumn,
  brokenMention,
  narrowedType,
  narrowedCharset,
  newNotNull,
  notNullWithoutDefault,
  newUniqueKey,
  newCheck,
  floatMoney,
  keyCapacity,
  redundantKey,
  zeroDate,
  longName,
];

const RANK = { error: 0, warning: 1, notice: 2 } as const;

/** What a reviewer should know about the changes, the gravest first. */
export function lint(context: LintContext): readonly LintFinding[] {
  return LINT_RULES.flatMap((rule) => rule.check(context)).toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
}

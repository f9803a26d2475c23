import { charsetOf } from "../charset.ts";
import { conversionOf, type ConversionNote } from "../diff/conversion.ts";
import { quoteName } from "../text/quote.ts";
import { finding } from "./finding.ts";
import type { LintContext, LintFinding, LintRule } from "./rule.ts";

const HINTS: Readonly<Record<ConversionNote["concern"], string>> = {
  type: "Values that do not fit stop the copy; nothing is cut silently.",
  null: "Rows that hold NULL stop the copy; fill them first.",
  charset: "Rows with such characters stop the copy.",
  srid: "Rows with another SRID stop the copy.",
  computed: "Deploy first what no longer writes it.",
};

function lossyConversion(name: string, concerns: readonly ConversionNote["concern"][]): LintRule {
  const check = (context: LintContext): readonly LintFinding[] =>
    context.changes.flatMap((change) => {
      if (change.kind !== "alter-table" || !context.mayHaveRows(change.name)) return [];
      return change.clauses.flatMap((clause) => {
        if (clause.kind !== "modify-column") return [];
        const { notes } = conversionOf(
          clause.from,
          clause.to,
          charsetOf(change.from, clause.from),
          charsetOf(change.to, clause.to),
        );
        return notes
          .filter((note) => concerns.includes(note.concern))
          .map((note) =>
            finding(
              context,
              {
                rule: name,
                severity: "warning",
                message: `${quoteName(change.name)}.${quoteName(clause.to.name)}: ${note.text}`,
                hint: HINTS[note.concern],
              },
              change.name,
              clause.to.name,
            ),
          );
      });
    });
  return { name, check };
}

/** The new type cannot hold every value of the old one. */
export const narrowedType = lossyConversion("narrowed-type", ["type", "srid", "computed"]);
/** A column that could be NULL no longer may. */
export const newNotNull = lossyConversion("new-not-null", ["null"]);
/** The new charset does not know every character of the old one. */
export const narrowedCharset = lossyConversion("narrowed-charset", ["charset"]);

import {
  charsetOf,
  columnOf,
  conversionOf,
  quoteName,
  sameName,
  type AlterTable,
  type Clause,
  type Column,
} from "#schema";
import type { RevertForecast } from "./plan.ts";

/**
 * What `/revert` can promise for a copied table within its window. No row written since the seal is lost in any case;
 * a value of a column that the old shape lacks is kept aside, and what the old shape does not accept blocks the revert
 * until the data is mended.
 */
export function forecastRevert(change: AlterTable): RevertForecast {
  const conditions: string[] = [];
  const losses: string[] = [];
  for (const clause of change.clauses) {
    conditions.push(...conditionsOf(clause, change));
    const loss = lossOf(clause);
    if (loss !== undefined) losses.push(loss);
  }
  const remarks = change.clauses.flatMap((clause) => remarkOf(clause) ?? []);
  const notes = [...new Set([...conditions, ...losses, ...remarks])];
  if (conditions.length > 0) return { class: "conditional", notes };
  return { class: losses.length > 0 ? "loses-new-values" : "clean", notes };
}

export function forecastCreateRevert(table: string): RevertForecast {
  return {
    class: "loses-new-values",
    notes: [`${quoteName(table)} is renamed away with the rows written to it, and kept for the retention time.`],
  };
}

export function forecastDropRevert(table: string): RevertForecast {
  return { class: "clean", notes: [`${quoteName(table)} comes back as it was at the seal.`] };
}

function conditionsOf(clause: Clause, change: AlterTable): readonly string[] {
  switch (clause.kind) {
    case "modify-column":
      return conversionOf(
        clause.to,
        clause.from,
        charsetOf(change.to, clause.to),
        charsetOf(change.from, clause.from),
      ).notes.map((note) => `${quoteName(clause.from.name)}: a newly written value may not go back (${note.text}).`);
    case "drop-column": {
      if (!needsValue(clause.column)) return [];
      return [`${quoteName(clause.column.name)} has no default: rows inserted after the seal have no value for it.`];
    }
    case "drop-key":
      return isUnique(clause) && !keptElsewhere(clause, change)
        ? [`${quoteName(clause.key.name)} was unique: duplicates written after the seal do not go back.`]
        : [];
    case "drop-check":
      return clause.check.enforced
        ? [`Check ${quoteName(clause.check.name)} holds again in the old table: rows that break it do not go back.`]
        : [];
    case "check-enforcement":
      return clause.check.enforced
        ? []
        : [`Check ${quoteName(clause.check.name)} is enforced in the old table: rows that break it do not go back.`];
    case "drop-foreign-key":
      return [
        `Foreign key ${quoteName(clause.foreignKey.name)} holds again in the old table: rows without a parent do not go back.`,
      ];
    case "add-column":
    case "add-key":
    case "rename-key":
    case "key-visibility":
    case "add-foreign-key":
    case "add-check":
    case "set-option":
      return [];
  }
}

function lossOf(clause: Clause): string | undefined {
  if (clause.kind !== "add-column" || clause.column.generated !== undefined) return undefined;
  return `Values written to ${quoteName(clause.column.name)} are not in the old table; they are kept aside for the retention time.`;
}

function remarkOf(clause: Clause): string | undefined {
  if (clause.kind !== "drop-column" || clause.column.generated !== undefined || needsValue(clause.column))
    return undefined;
  return `Rows inserted after the seal get the default of ${quoteName(clause.column.name)}; older rows keep their values.`;
}

function needsValue(column: Column): boolean {
  return (
    column.nullability === "not-null" &&
    column.default === undefined &&
    column.generated === undefined &&
    !column.autoIncrement
  );
}

function isUnique(clause: Extract<Clause, { kind: "drop-key" }>): boolean {
  return clause.key.kind === "primary" || clause.key.kind === "unique";
}

/** Whether the new table is unique on the same columns under another name or kind. */
function keptElsewhere(clause: Extract<Clause, { kind: "drop-key" }>, change: AlterTable): boolean {
  const columns = (parts: (typeof clause.key)["parts"]): string =>
    parts
      .map((part) =>
        part.kind === "column" && part.prefix === undefined && columnOf(change.to, part.column) !== undefined
          ? part.column.toLowerCase()
          : "?",
      )
      .toSorted()
      .join(",");
  const wanted = columns(clause.key.parts);
  if (wanted.includes("?")) return false;
  return change.to.keys.some(
    (key) =>
      (key.kind === "primary" || key.kind === "unique") && !sameName(key.name, "?") && columns(key.parts) === wanted,
  );
}
